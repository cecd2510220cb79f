"""What a client asked in the last thirty days, against its quota."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import ApiClient, ApiUsage
from audit.jobs import sweep
from audit.plots import Plot, Series, above_and_below

DAYS = 30
WEEK = 7
# As long as anybody looks back; a working table.
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Usage:
    """The plot of contacts asked about each local day, and its numbers beside it."""

    plot: Plot
    today: int
    week: int
    total: int
    quota: int
    # Days on which a call was refused because the quota was spent, the newest first.
    spent_on: list[date]


def usage_of(client: ApiClient) -> Usage | None:
    """The last thirty days of ``client``; None where it asked nothing in them."""
    today = timezone.localdate()
    rows = list(ApiUsage.objects.filter(client=client).within(DAYS, today))
    if not rows:
        return None
    counts = {row.day: row.contacts for row in rows}
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    asked = [counts.get(day, 0) for day in days]
    return Usage(
        plot=_plot(days, asked),
        today=asked[-1],
        week=sum(asked[-WEEK:]),
        total=sum(asked),
        quota=client.daily_contacts,
        spent_on=[row.day for row in rows if row.refused_at],
    )


def _plot(days: list[date], asked: list[int]) -> Plot:
    labels = [formats.date_format(day, "d.m") for day in days]
    return above_and_below([Series(_("Contacts a day"), asked, [0] * len(days))], labels)


@sweep
def forget_old_usage() -> None:
    """Erase the counts that nobody looks back to."""
    ApiUsage.objects.filter(day__lt=timezone.localdate() - KEPT).delete()
