"""How far a job is, how fast it goes, and how long it will take, for people who wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import display
from audit.choices import JobState
from audit.jobs import kind_of
from audit.models import Job

MINUTE, HOUR = 60, 3600
TONES = {
    JobState.QUEUED: ("off", "clock"),
    JobState.RUNNING: ("info", "clock"),
    JobState.DONE: ("ok", ""),
    JobState.FAILED: ("bad", ""),
    JobState.CANCELLED: ("off", ""),
}


def badge(job: Job) -> Any:
    tone, icon = TONES[JobState(job.state)]
    return display.badge(job.get_state_display(), tone, icon)


@dataclass(frozen=True)
class Progress:
    """A job at one moment, as ``admin/progress.html`` shows it."""

    job: Job
    moment: datetime

    @property
    def seconds(self) -> float:
        """Seconds at work so far; 0 before it began."""
        if self.job.started_at is None:
            return 0.0
        return ((self.job.finished_at or self.moment) - self.job.started_at).total_seconds()

    @property
    def rate(self) -> int:
        """Rows per second of the present attempt."""
        done = max(0, self.job.done - self.job.done_at_start)
        return round(done / self.seconds) if self.seconds >= 1 else 0

    @property
    def counts_rows(self) -> bool:
        """Whether what is done are rows: documents and letters are told by their number alone."""
        return kind_of(self.job).counts_rows

    @property
    def percent(self) -> int:
        return min(100, self.job.done * 100 // self.job.total) if self.job.total else 0

    @property
    def left(self) -> str:
        """Time left in words; empty where nobody can tell yet."""
        if self.job.state != JobState.RUNNING or not self.rate or not self.job.total:
            return ""
        return about((self.job.total - self.job.done) / self.rate)

    @property
    def is_over(self) -> bool:
        return self.job.state not in (JobState.QUEUED, JobState.RUNNING)


def of(job: Job) -> Progress:
    return Progress(job, timezone.now())


def about(seconds: float) -> str:
    """A stretch of time in words, rounded up as one who waits counts it."""
    if seconds < MINUTE:
        return _("less than a minute")
    if seconds < HOUR:
        minutes = -int(-seconds // MINUTE)
        # Translators: "około %(n)s min"
        return ngettext("about %(n)s minute", "about %(n)s minutes", minutes) % {"n": minutes}
    hours = -int(-seconds // HOUR)
    return ngettext("about %(n)s hour", "about %(n)s hours", hours) % {"n": hours}
