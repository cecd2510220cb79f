import logging
import time
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from audit.jobs import Seconds, order_due, reap, run_sweeps, stopping
from audit.triggers import assert_triggers

REAP_EVERY = 10.0  # seconds
SWEEP_EVERY = 300.0
log = logging.getLogger(__name__)
# Finished doorbells say nothing that the Job row does not.
KEEP_RESULTS = timedelta(days=1)


class HouseWorker(Worker):
    """Answers the doorbells; between them looks after silent jobs and the schedule.

    What is due every second has threads of its own.
    """

    def __init__(self) -> None:
        super().__init__(
            queue_names=["*"],
            interval=0.5,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self.reaped_at = self.swept_at = float("-inf")

    def run(self) -> None:
        """Work until told to stop by SIGTERM or SIGINT; the job at hand ends at its next step."""
        self.batch = True  # the parent returns when the queue is empty
        with Seconds():
            while self.running:
                self._look_around()
                super().run()
                if self.running:
                    time.sleep(self.interval)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        stopping.set()
        super().shutdown(signum, frame)

    def _look_around(self) -> None:
        """A database that is away for a moment ends no worker: it looks again at the next turn."""
        try:
            self._look()
        except Error:
            log.exception("The worker could not look around")
            connection.close_if_unusable_or_obsolete()

    def _look(self) -> None:
        now = time.monotonic()
        if now - self.reaped_at >= REAP_EVERY:
            self.reaped_at = now
            reap()
            order_due()
        if now - self.swept_at >= SWEEP_EVERY:
            self.swept_at = now
            run_sweeps()
            old = DBTaskResult.objects.filter(finished_at__lt=timezone.now() - KEEP_RESULTS)
            old.delete()


class Command(BaseCommand):
    """Runs jobs, what is due each second, and the day's work; erases what expired."""

    help = (
        "Run background work until stopped: jobs, the reaper, what is due each second, the daily "
        "schedule, and the erasure of what expired. Several at once are safe."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        assert_triggers()
        worker = HouseWorker()
        worker.configure_signals()
        self.stdout.write("The worker is ready. Stop it with Ctrl-C.")
        worker.run()
