"""Consents by channel and month, given against withdrawn: the plot of the first page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import formats, timezone

from audit.plots import Plot, Series, above_and_below
from consents.choices import EventKind
from consents.models import ConsentEvent
from processing.choices import Channel

MONTHS = 6
KINDS = (EventKind.GIVEN, EventKind.WITHDRAWN)
Counts = dict[tuple[str, str], list[int]]


@dataclass(frozen=True)
class Flow:
    """The plot, its numbers as rows of channel, given and withdrawn, and the months it spans."""

    plot: Plot
    rows: list[tuple[str, int, int]]
    period: str


def consent_flow() -> Flow | None:
    """The last six months by when the person acted, in local time; None where nothing happened."""
    bounds = _month_starts(timezone.localtime())
    series = _series(_counts(bounds))
    if not series:
        return None
    return Flow(
        plot=above_and_below(series, [formats.date_format(start, "M") for start in bounds[:-1]]),
        rows=[(str(one.name), sum(one.above), sum(one.below)) for one in series],
        period="–".join(formats.date_format(start, "m.Y") for start in (bounds[0], bounds[-2])),
    )


def _month_starts(now: datetime) -> list[datetime]:
    """First instants of the last six months and of the next one, in the zone of ``now``."""
    last = now.year * 12 + now.month
    return [
        datetime(n // 12, n % 12 + 1, 1, tzinfo=now.tzinfo) for n in range(last - MONTHS, last + 1)
    ]


def _counts(bounds: list[datetime]) -> Counts:
    # Comparisons, not TruncMonth: that one is a Python function per row on SQLite.
    months = {
        f"m{n}": Count("pk", filter=Q(occurred_at__gte=bounds[n], occurred_at__lt=bounds[n + 1]))
        for n in range(MONTHS)
    }
    events = ConsentEvent.objects.filter(
        kind__in=KINDS, occurred_at__gte=bounds[0], occurred_at__lt=bounds[-1]
    )
    rows = events.order_by().values("channel", "kind").annotate(**months)
    return {(row["channel"], row["kind"]): [row[month] for month in months] for row in rows}


def _series(counts: Counts) -> list[Series]:
    none = [0] * MONTHS
    return [
        Series(channel.label, *(counts.get((channel, kind), none) for kind in KINDS))
        for channel in Channel
        if any((channel, kind) in counts for kind in KINDS)
    ]
