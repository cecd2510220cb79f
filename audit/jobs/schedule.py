"""The daily schedule: work that is ordered once per local day, however many workers there are.

A row per day decides who orders it; done it is as any other job. A worker that starts late orders
what is due of its day; a day on which none ran is not made up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.jobs.kinds import job_kind
from audit.jobs.queue import enqueue
from audit.models import DailyRun, Job

WEEKDAYS = range(5)  # Monday to Friday
EVERY_DAY = range(7)


@dataclass(frozen=True)
class Daily:
    """Work of kind ``name``, due from the local hour ``hour`` on; never where that is None."""

    name: str
    label: Any
    hour: int | None
    days: range

    def is_due(self, moment: datetime) -> bool:
        """Whether it is due on the day of the local ``moment`` already."""
        if self.hour is None or moment.weekday() not in self.days:
            return False
        return moment.hour >= self.hour


_daily: dict[str, Daily] = {}


def daily(
    name: str, *, hour_local: int | None, label: Any, days: range = EVERY_DAY
) -> Callable[[Callable], Callable]:
    """Register a job kind ``name`` that the worker orders once a day, from an hour of 0–23 on.

    The hour is of ``TIME_ZONE``; None switches it off.
    """

    def register(function: Callable) -> Callable:
        _daily[name] = Daily(name, label, hour_local, days)
        return job_kind(name, label=label, counts_rows=False)(function)

    return register


def order_due(now: datetime | None = None) -> list[Job]:
    """Order what is due today and nobody ordered yet; returns the jobs that this call made."""
    moment = timezone.localtime(now)
    due = [each for each in _daily.values() if each.is_due(moment)]
    if not due:
        return []
    ordered = set(DailyRun.objects.filter(day=moment.date()).values_list("name", flat=True))
    made = (_order(each, moment.date()) for each in due if each.name not in ordered)
    return [job for job in made if job]


def _order(work: Daily, day: date) -> Job | None:
    """The job; None where another worker was faster."""
    try:
        with transaction.atomic():
            job = enqueue(work.name, label=str(work.label), owner=None)
            DailyRun.objects.create(name=work.name, day=day, job=job)
    except IntegrityError:
        return None
    return job
