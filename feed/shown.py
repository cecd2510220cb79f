"""How followers and their delays read on screen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.conf import settings
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit import display
from audit.plots import Plot, Series, above_and_below
from feed.following import DAYS, Heard, Latency
from feed.models import Follower

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
# The scale of the plot: the finest in which the longest wait is no longer than so much.
SCALES: tuple[tuple[timedelta, timedelta, str | Promise], ...] = (
    # Translators: "Najdłuższe oczekiwanie danego dnia, w sekundach"
    (2 * MINUTE, SECOND, gettext_lazy("Longest wait of each day, in seconds")),
    (4 * HOUR, MINUTE, gettext_lazy("Longest wait of each day, in minutes")),
    (timedelta.max, HOUR, gettext_lazy("Longest wait of each day, in hours")),
)


def limit() -> timedelta:
    return timedelta(minutes=settings.FEED_LAG_MINUTES)


def state(follower: Follower, lags: bool, behind: int) -> SafeString:
    """``behind`` counts what ends contact and is not acknowledged."""
    if not follower.client.is_active:
        return display.badge(_("Closed with its client"), "off", "lock")
    if lags:
        # Translators: "Spóźnia się"
        return display.badge(_("Lags"), "bad")
    # Translators: "W toku", "Na bieżąco"
    return (
        display.badge(_("On its way"), "info") if behind else display.badge(_("Up to date"), "ok")
    )


def wait(delay: timedelta) -> str:
    """``delay`` in its two largest units, such as "2 h 5 min"; below a minute in seconds."""
    seconds = ceil(delay.total_seconds())
    minutes, hours = seconds // 60, seconds // 3600
    if seconds < 60:
        return _("{n} s").format(n=seconds)
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    if hours < 48:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes % 60)
    return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)


@dataclass(frozen=True)
class Waits:
    """What a follower heard in thirty days: the plot, and its numbers beside it."""

    plot: Plot
    latency: Latency
    late: int

    @property
    def median(self) -> str:
        return wait(self.latency.median)

    @property
    def worst(self) -> str:
        return wait(self.latency.worst)


def waits(heard: Iterable[Heard]) -> Waits | None:
    """None where nothing was heard."""
    longest: dict[date, timedelta] = defaultdict(timedelta)
    delays = []
    for each in heard:
        longest[each.day] = max(longest[each.day], each.delay)
        delays.append(each.delay)
    latency = Latency.of(delays)
    if latency is None:
        return None
    return Waits(_plot(longest), latency, sum(delay > limit() for delay in delays))


def _plot(longest: dict[date, timedelta]) -> Plot:
    today = timezone.localdate()
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    worst = max(longest.values())
    unit, title = next((unit, title) for most, unit, title in SCALES if worst <= most)
    shown = [ceil(longest.get(day, timedelta()) / unit) for day in days]
    labels = [formats.date_format(day, "d.m") for day in days]
    return above_and_below([Series(title, shown, [0] * len(days))], labels)
