"""A job's way: ordered, claimed, done or given back, and taken from a worker that was killed."""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from audit.act import acting
from audit.choices import JobState, Way
from audit.jobs.kinds import is_known, kind_of
from audit.jobs.pulse import Pulse
from audit.jobs.work import Cancelled, Failed, Interrupted, Lost, Work
from audit.models import UNFINISHED, WAITING, Job

log = logging.getLogger(__name__)
STALE = timedelta(seconds=3 * settings.LOCK_TIMEOUT_SECONDS)
# A bell that nobody heard after this long is rung again.
UNHEARD = timedelta(seconds=30)
# What may pass by itself: a database that restarts, a disk or a mail server that is away.
PASSING = (OperationalError, InterfaceError, OSError)
FIRST_WAIT, LONGEST_WAIT, GROWTH = timedelta(seconds=15), timedelta(hours=1), 4


def wait_after(attempts: int) -> timedelta:
    """How long a job rests after its ``attempts``-th attempt: 15 seconds, 1 minute, 4 minutes."""
    return min(FIRST_WAIT * GROWTH ** (attempts - 1), LONGEST_WAIT)


@task()
def ring(job_uuid: str) -> None:
    """The doorbell: do this job if nobody else does."""
    perform(Job.objects.get(uuid=job_uuid))


@transaction.atomic
def enqueue(kind: str, *, label: str, owner: Any, params: dict[str, Any] | None = None) -> Job:
    """Put work into the queue; ``params`` hold no contact value. KeyError for an unknown kind.

    What it changes is one batch of the trail, which begins with its order.
    """
    if not is_known(kind):
        raise KeyError(kind)
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
    language = getattr(job.owner, "language", None) or settings.LANGUAGE_CODE
    with acting(by=job.owner, way=way, batch=job.uuid), translation.override(language):
        _do(job)
    return True


def _do(job: Job) -> None:
    work = Work(job)
    try:
        with Pulse(work):
            result = kind_of(job).does(work) or {}
    except Cancelled:
        _finish(job, JobState.CANCELLED)
    except Interrupted:
        _give_back(job)
    except Lost:
        log.warning("Job %s was taken over by another worker", job.uuid)
    except Failed as failure:
        _finish(job, JobState.FAILED, error=str(failure))
    except PASSING:
        log.exception("Job %s failed for now", job.uuid)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        _put_off(job)
    except Exception:
        log.exception("Job %s failed", job.uuid)
        _finish(job, JobState.FAILED, error=_unexpected())
    else:
        _finish(job, JobState.DONE, result=result, **work.told)


def _unexpected() -> str:
    return _("Something unexpected happened. The work up to the last step is kept.")


def due(now: datetime) -> Any:
    """Jobs that wait and may begin at the instant ``now``."""
    rested = Q(not_before=None) | Q(not_before__lte=now)
    return Job.objects.filter(WAITING, rested)


def _claim(job: Job) -> bool:
    now = timezone.now()
    return bool(
        due(now)
        .filter(pk=job.pk)
        .update(
            state=JobState.RUNNING,
            claimed_by=uuid.uuid4(),
            heartbeat_at=now,
            started_at=now,
            attempts=F("attempts") + 1,
            done_at_start=F("done"),
            error="",
        )
    )


def _give_back(job: Job) -> None:
    held = Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by, state=JobState.RUNNING)
    if held.update(state=JobState.QUEUED, claimed_by=None, attempts=F("attempts") - 1):
        _ring(job)


def _finish(job: Job, state: str, **changes: Any) -> None:
    held = Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by, state=JobState.RUNNING)
    held.update(state=state, finished_at=timezone.now(), **changes)


def _put_off(job: Job) -> None:
    """Try again after a rest, or give it up after the last attempt."""
    if job.attempts >= job.max_attempts:
        _finish(job, JobState.FAILED, error=_unexpected())
        return
    until = timezone.now() + wait_after(job.attempts)
    held = Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by, state=JobState.RUNNING)
    held.update(state=JobState.QUEUED, claimed_by=None, not_before=until)


def reap() -> int:
    """Put jobs whose worker fell silent back into the queue, or end them; returns how many."""
    now = timezone.now()
    silent = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now - STALE)
    unwanted = silent.filter(cancel_requested_at__isnull=False)
    ended = unwanted.update(state=JobState.CANCELLED, finished_at=now)
    ended += silent.filter(attempts__gte=F("max_attempts")).update(
        state=JobState.FAILED,
        finished_at=now,
        error=_("The work stopped several times without a reason. Ask your administrator."),
    )
    waiting = [job for job in silent if _requeue(job)]
    ring_again()
    return ended + len(waiting)


def ring_again() -> int:
    """Ring for jobs that wait in silence: a process may die between the row and its bell."""
    now = timezone.now()
    unheard = due(now).filter(Q(created_at__lt=now - UNHEARD) | Q(not_before__isnull=False))
    rung = {task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()}
    silent = [job for job in unheard if str(job.uuid) not in rung]
    for job in silent:
        _ring(job)
    return len(silent)


def _requeue(job: Job) -> bool:
    """Put a silent job back. The wait is counted from its last sign of life."""
    until = job.heartbeat_at + wait_after(job.attempts) if job.heartbeat_at else None
    same_claim = Job.objects.filter(
        pk=job.pk, claimed_by=job.claimed_by, heartbeat_at=job.heartbeat_at
    )
    back = {"state": JobState.QUEUED, "claimed_by": None, "not_before": until}
    return bool(same_claim.filter(state=JobState.RUNNING).update(**back))


def cancel(job: Job) -> None:
    """Ask a job to stop: at once if it waits, after the present chunk if it runs."""
    now = timezone.now()
    # Asked first: whatever puts it back into the queue meanwhile, its next attempt ends at once.
    Job.objects.filter(UNFINISHED, pk=job.pk).update(cancel_requested_at=now)
    waiting = Job.objects.filter(WAITING, pk=job.pk)
    waiting.update(state=JobState.CANCELLED, finished_at=now)


@transaction.atomic
def retry(job: Job) -> None:
    """Put a failed or cancelled job back into the queue; it goes on where it stood."""
    ended = Job.objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.CANCELLED))
    changes = {"state": JobState.QUEUED, "attempts": 0, "error": "", "cancel_requested_at": None}
    if ended.update(claimed_by=None, finished_at=None, not_before=None, **changes):
        transaction.on_commit(lambda: _ring(job))
