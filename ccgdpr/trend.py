"""Findings over time: a bar a week for each severity, from the daily counts."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils import formats, timezone

from accounts.models import User
from audit.choices import Severity
from audit.models import FindingCount
from audit.plots import Plot, Series, above_and_below
from ccgdpr.findings import seen_rules

WEEKS = 12
Counts = dict[tuple[date, str], int]


@dataclass(frozen=True)
class Trend:
    """The plot, and as rows: severity, four weeks ago, a week ago, at the last count."""

    plot: Plot
    rows: list[tuple[Severity, list[int | None]]]
    last: date


def trend(user: User) -> Trend | None:
    """The last twelve weeks over registers that ``user`` may view; None before a second count."""
    today = timezone.localdate()
    counts = _counts(user, today - timedelta(weeks=WEEKS) + timedelta(days=1))
    days = sorted({day for day, _severity in counts})
    if len(days) < 2:
        return None
    ends = [today - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    shown = [_last(days, end) for end in ends]
    series = [
        Series(s.label, [_open(counts, day, s) for day in shown], [0] * WEEKS) for s in Severity
    ]
    return Trend(
        plot=above_and_below(series, _labels(ends)),
        rows=[(s, [_told(counts, shown[n], s) for n in (-5, -2, -1)]) for s in Severity],
        last=days[-1],
    )


def _labels(ends: list[date]) -> list[str]:
    """The last one is left out: it would reach into the next panel, and the head says it."""
    return [*(formats.date_format(end, "d.m") for end in ends[:-1]), ""]


def _counts(user: User, since: date) -> Counts:
    registers = {rule.model._meta.label_lower for rule in seen_rules(user)}
    rows = FindingCount.objects.filter(day__gte=since, register__in=registers)
    sums = rows.order_by().values("day", "severity").annotate(n=Sum("open"))
    return {(row["day"], row["severity"]): row["n"] for row in sums}


def _last(days: list[date], end: date) -> date | None:
    """The last counted day of the week that ends with ``end``; None where nobody counted."""
    week = [day for day in days if end - timedelta(weeks=1) < day <= end]
    return week[-1] if week else None


def _open(counts: Counts, day: date | None, severity: Severity) -> int:
    return counts.get((day, severity.value), 0) if day else 0


def _told(counts: Counts, day: date | None, severity: Severity) -> int | None:
    return counts.get((day, severity.value), 0) if day else None
