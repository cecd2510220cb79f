"""A job as the function that does it sees it, and the ways in which it may end early."""

import threading
import time
from typing import Any

from django.utils import timezone

from audit.choices import JobState
from audit.models import Job

# A worker that is told to stop sets it; jobs then end at their next step.
stopping = threading.Event()


class Cancelled(Exception):
    """The owner asked to stop; what was committed stays."""


class Failed(Exception):
    """The job cannot be done; its message is for the owner and holds no personal data."""


class Lost(Exception):
    """Another worker holds the job now."""


class Interrupted(Exception):
    """The worker was told to stop: the job goes back into the queue, for the next one."""


def hold(job: Job) -> None:
    """Keep others from taking ``job`` over until the transaction ends.

    Raises Lost where another worker has done so already.
    """
    held = Job.objects.select_for_update().filter(pk=job.pk, claimed_by=job.claimed_by)
    if not held.exists():
        raise Lost


class Work:
    """A claimed job, as the function that does it sees it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.moved_at = time.monotonic()
        self.told: dict[str, int] = {}
        self.heard: Exception | None = None

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far it got; also the heartbeat, once per chunk and in the chunk's transaction.

        Raises Cancelled where the owner asked to stop, Lost where another worker took over, and
        Interrupted where this one shall stop.
        """
        changes: dict[str, Any] = {"done": done, "heartbeat_at": timezone.now()}
        if total is not None:
            changes["total"] = total
        if done < self.job.done_at_start:  # it began anew, not where the last attempt stood
            self.job.done_at_start = changes["done_at_start"] = done
        self.told, self.moved_at = {}, time.monotonic()
        if ended := self.written(**changes):
            raise ended
        if stopping.is_set():
            raise Interrupted

    def tell(self, done: int, total: int | None = None) -> None:
        """As ``progress``, for a step that must not write: it reads by an open cursor or COPY.

        Costs nothing: within two seconds the pulse writes it, by a connection of its own, and
        brings back who asked to stop.
        """
        self.told["done"] = done
        if total is not None:
            self.told["total"] = total
        if done < self.job.done_at_start:
            self.job.done_at_start = self.told["done_at_start"] = done
        self.moved_at = time.monotonic()
        if self.heard:
            raise self.heard
        if stopping.is_set():
            raise Interrupted

    def written(self, **changes: Any) -> Exception | None:
        """Write ``changes`` into the row; why the job shall end, or None."""
        held = Job.objects.filter(pk=self.job.pk, claimed_by=self.job.claimed_by)
        if not held.filter(state=JobState.RUNNING).update(**changes):
            return Lost()
        return Cancelled() if held.filter(cancel_requested_at__isnull=False).exists() else None
