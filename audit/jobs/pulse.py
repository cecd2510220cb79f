"""The heartbeat of a job whose next step takes longer than a silent one is waited for."""

import threading
import time
from datetime import timedelta
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from audit.choices import JobState
from audit.jobs.work import Work
from audit.models import Job

EVERY = float(settings.LOCK_TIMEOUT_SECONDS)
# A step that takes longer hangs: the job falls silent, and another worker takes it.
LONGEST_STEP = timedelta(minutes=30)


class Pulse:
    """Tells within its block, from a thread of its own, that the process of ``work`` lives."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True, name="pulse")

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.thread.join()

    def _beat(self) -> None:
        try:
            while not self.over.wait(EVERY) and self._moves() and self._told():
                pass
        finally:
            connection.close()

    def _moves(self) -> bool:
        return time.monotonic() - self.work.moved_at < LONGEST_STEP.total_seconds()

    def _told(self) -> bool:
        """Whether the job is still this worker's."""
        job = self.work.job
        held = Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by, state=JobState.RUNNING)
        try:
            return bool(held.update(heartbeat_at=timezone.now()))
        except DatabaseError:  # the long step itself may hold the lock: next time
            return True
