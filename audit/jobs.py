"""Long work: the Job row decides who does it; a task in the queue only rings the bell.

A doubled, lost or late task does no harm: whoever claims the row by a conditional update works, and
a worker that was killed is told by its silent heartbeat and replaced.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from audit.act import acting
from audit.choices import JobState, Way
from audit.models import WAITING, Job

log = logging.getLogger(__name__)
STALE = timedelta(seconds=3 * settings.LOCK_TIMEOUT_SECONDS)

# A worker that is told to stop sets it; jobs then end at their next step.
stopping = threading.Event()
# A bell that nobody heard after this long is rung again.
UNHEARD = timedelta(seconds=30)

_kinds: dict[str, Callable[["Work"], dict[str, Any] | None]] = {}
_sweeps: list[Callable[[], None]] = []


class Cancelled(Exception):
    """The owner asked to stop; what was committed stays."""


class Failed(Exception):
    """The job cannot be done; its message is for the owner and holds no personal data."""


class Lost(Exception):
    """Another worker holds the job now."""


class Interrupted(Exception):
    """The worker was told to stop: the job goes back into the queue, for the next one."""


def job_kind(name: str) -> Callable[[Callable], Callable]:
    """Register what does the work of jobs of kind ``name``; it gets a ``Work``."""

    def register(function: Callable) -> Callable:
        _kinds[name] = function
        return function

    return register


def sweep(function: Callable[[], None]) -> Callable[[], None]:
    """Register something that the worker does every few minutes, such as erasing what expired."""
    _sweeps.append(function)
    return function


def run_sweeps() -> None:
    for function in _sweeps:
        function()


class Work:
    """A claimed job, as the function that does it sees it."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far it got; also the heartbeat, once per chunk and in the chunk's transaction.

        Raises Cancelled where the owner asked to stop, Lost where another worker took over, and
        Interrupted where this one shall stop.
        """
        changes: dict[str, Any] = {"done": done, "heartbeat_at": timezone.now()}
        if total is not None:
            changes["total"] = total
        held = Job.objects.filter(pk=self.job.pk, claimed_by=self.job.claimed_by)
        if not held.filter(state=JobState.RUNNING).update(**changes):
            raise Lost
        if held.filter(cancel_requested_at__isnull=False).exists():
            raise Cancelled
        if stopping.is_set():
            raise Interrupted


@task()
def ring(job_uuid: str) -> None:
    """The doorbell: do this job if nobody else does."""
    perform(Job.objects.get(uuid=job_uuid))


@transaction.atomic
def enqueue(kind: str, *, label: str, owner: Any, params: dict[str, Any] | None = None) -> Job:
    """Put work into the queue; ``params`` hold ids only. Raises KeyError for an unknown kind.

    What it changes is one batch of the trail, which begins with its order.
    """
    _kinds[kind]
    job = Job.objects.create(kind=kind, label=label, owner=owner, params=params or {})
    transaction.on_commit(lambda: _ring(job))
    return job


def _ring(job: Job) -> None:
    ring.enqueue(str(job.uuid))


def perform(job: Job) -> bool:
    """Claim ``job`` and do it; False where it is not waiting or somebody was faster."""
    claimed = _claim(job)
    if not claimed:
        return False
    job.refresh_from_db()
    way = Way.ADMIN if job.owner else Way.COMMAND
    with acting(by=job.owner, way=way, batch=job.uuid):
        try:
            result = _kinds[job.kind](Work(job)) or {}
        except Cancelled:
            _finish(job, JobState.CANCELLED)
        except Interrupted:
            _give_back(job)
        except Lost:
            log.warning("Job %s was taken over by another worker", job.uuid)
        except Failed as failure:
            _finish(job, JobState.FAILED, error=str(failure))
        except Exception:
            log.exception("Job %s failed", job.uuid)
            _finish(
                job,
                JobState.FAILED,
                error=_("Something unexpected happened. The work up to the last step is kept."),
            )
        else:
            _finish(job, JobState.DONE, result=result)
    return True


def _claim(job: Job) -> bool:
    now = timezone.now()
    return bool(
        Job.objects.filter(WAITING, pk=job.pk).update(
            state=JobState.RUNNING,
            claimed_by=uuid.uuid4(),
            heartbeat_at=now,
            started_at=now,
            attempts=F("attempts") + 1,
        )
    )


def _give_back(job: Job) -> None:
    held = Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by, state=JobState.RUNNING)
    if held.update(state=JobState.QUEUED, claimed_by=None, attempts=F("attempts") - 1):
        _ring(job)


def _finish(job: Job, state: str, **changes: Any) -> None:
    held = Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by, state=JobState.RUNNING)
    held.update(state=state, finished_at=timezone.now(), **changes)


def reap() -> int:
    """Put jobs whose worker fell silent back into the queue, or give them up; returns how many."""
    silent = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - STALE)
    given_up = silent.filter(attempts__gte=F("max_attempts")).update(
        state=JobState.FAILED,
        finished_at=timezone.now(),
        error=_("The work stopped several times without a reason. Ask your administrator."),
    )
    waiting = [job for job in silent if _requeue(job)]
    ring_again()
    return given_up + len(waiting)


def ring_again() -> int:
    """Ring for jobs that wait in silence: a process may die between the row and its bell."""
    unheard = Job.objects.filter(WAITING, created_at__lt=timezone.now() - UNHEARD)
    rung = {task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()}
    silent = [job for job in unheard if str(job.uuid) not in rung]
    for job in silent:
        _ring(job)
    return len(silent)


def _requeue(job: Job) -> bool:
    same_claim = Job.objects.filter(
        pk=job.pk, claimed_by=job.claimed_by, heartbeat_at=job.heartbeat_at
    )
    if not same_claim.update(state=JobState.QUEUED, claimed_by=None):
        return False
    _ring(job)
    return True


def cancel(job: Job) -> None:
    """Ask a job to stop: at once if it waits, after the present chunk if it runs."""
    now = timezone.now()
    waiting = Job.objects.filter(WAITING, pk=job.pk)
    if not waiting.update(state=JobState.CANCELLED, finished_at=now):
        running = Job.objects.filter(Q(state=JobState.RUNNING), pk=job.pk)
        running.update(cancel_requested_at=now)


@transaction.atomic
def retry(job: Job) -> None:
    """Put a failed or cancelled job back into the queue; it goes on where it stood."""
    ended = Job.objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.CANCELLED))
    changes = {"state": JobState.QUEUED, "attempts": 0, "error": "", "cancel_requested_at": None}
    if ended.update(claimed_by=None, finished_at=None, **changes):
        transaction.on_commit(lambda: _ring(job))
