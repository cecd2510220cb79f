"""The heartbeat of a job whose next step takes longer than a silent one is waited for.

Also writes what ``Work.tell`` said, while the job's own connection is busy with reading.
"""

import threading
import time
from datetime import timedelta
from types import TracebackType

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from audit.jobs.work import Work

EVERY = float(settings.LOCK_TIMEOUT_SECONDS)  # seconds
LOOK = 2.0  # seconds
# A step that takes longer hangs: the job falls silent, and another worker takes it.
LONGEST_STEP = timedelta(minutes=30)


class Pulse:
    """Tells within its block, from a thread of its own, that the process of ``work`` lives."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.written: dict[str, int] = {}
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
        beaten_at = time.monotonic()
        try:
            while not self.over.wait(LOOK) and self._moves() and not self.work.heard:
                told, due = dict(self.work.told), time.monotonic() - beaten_at >= EVERY
                if told != self.written or due:
                    beaten_at = time.monotonic()
                    self._write(told)
        finally:
            connection.close()

    def _moves(self) -> bool:
        return time.monotonic() - self.work.moved_at < LONGEST_STEP.total_seconds()

    def _write(self, told: dict[str, int]) -> None:
        try:
            self.work.heard = self.work.written(heartbeat_at=timezone.now(), **told)
        except Error:  # the long step may hold the lock, or the server was away: next time, anew
            connection.close()
            return
        self.written = told
