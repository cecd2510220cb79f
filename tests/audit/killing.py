"""Kill -9 of a real worker in the middle of a job, for the tests of every job kind.

``outlived(job, moment)`` has one worker begin ``job`` and be killed at ``moment`` (see
``killed_worker.py``), and a second one, the house's own command, find it. The test then looks
whether anything is half there::

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("moment", ["write:2", "fsync:1"])
    def test_a_screening_outlives_its_worker(moment):
        job = enqueued()
        assert outlived(job, moment).state == JobState.DONE
        assert ...

``killed(moment)`` is the first half alone: what stands while nobody has found the job yet.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from audit.choices import JobState
from audit.jobs import queue
from audit.models import UNFINISHED, Job
from tests.process import HOUSE, environment, start

KILLED = Path(__file__).with_name("killed_worker.py")
SECONDS = 120


def outlived(job: Job, moment: str) -> Job:
    """``job``, whose worker was killed at ``moment``, as the next worker leaves it."""
    assert killed(moment) == -signal.SIGKILL, f"the job ended before {moment}"
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    fallen_silent(job)
    return finished(job)


def killed(moment: str) -> int:
    """How a worker ended that was to be killed at ``moment`` of the job that waits."""
    command = [sys.executable, str(KILLED), moment]
    env = environment() | {"PYTHONPATH": str(HOUSE)}
    return subprocess.run(
        command, cwd=HOUSE, env=env, capture_output=True, check=False, timeout=SECONDS
    ).returncode


def fallen_silent(job: Job) -> None:
    """Let the minute pass after which a worker that says nothing is taken for dead."""
    past = timezone.now() - queue.STALE - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=past)


def finished(job: Job, *, workers: int = 1) -> Job:
    """``job`` after real workers have ended it."""
    running = [
        start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _number in range(workers)
    ]
    try:
        until(lambda: not Job.objects.filter(UNFINISHED, pk=job.pk).exists())
    finally:
        for worker in running:
            worker.terminate()
            worker.wait(timeout=SECONDS)
    job.refresh_from_db()
    return job


def until(holds: Callable[[], bool]) -> None:
    """Wait for what ``holds``; AssertionError after two minutes."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.2)
