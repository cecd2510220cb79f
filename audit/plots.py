"""Plots as plain SVG: geometry in whole units here, colours in the style sheet, no script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

WIDTH, LEFT, TOP, GAP = 480, 52, 22, 16
ABOVE = 80
LINE = TOP + ABOVE


@dataclass(frozen=True)
class Series:
    """One panel: a name and, for each month, how many above and how many below the line."""

    name: str | Promise
    above: Sequence[int]
    below: Sequence[int]


@dataclass(frozen=True)
class Bar:
    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: object


@dataclass(frozen=True)
class Plot:
    """What ``admin/plot.html`` draws."""

    bars: list[Bar]
    panels: list[Label]
    months: list[Label]
    ticks: list[Label]
    height: int
    width: int = WIDTH
    left: int = LEFT
    line: int = LINE


def above_and_below(series: Sequence[Series], months: Sequence[str]) -> Plot:
    """Panels side by side, one bar a month; ``months`` are the labels under each panel.

    All panels, and both sides of the line, have the same scale. At least one series.
    """
    top = round_up(max(n for one in series for n in (*one.above, *one.below)))
    bottom = LINE + max(_height(n, top) for one in series for n in one.below)
    panel = (WIDTH - LEFT - GAP * (len(series) - 1)) // len(series)
    placed = [(LEFT + n * (panel + GAP), one) for n, one in enumerate(series)]
    return Plot(
        bars=[bar for x, one in placed for bar in _bars(one, x, panel, top)],
        panels=[Label(x, TOP - 12, one.name) for x, one in placed],
        months=[label for x, _one in placed for label in _months(months, x, bottom, panel)],
        ticks=[Label(LEFT - 8, LINE - ABOVE * n // top, n) for n in sorted({0, top // 2, top})],
        height=bottom + 22,
    )


def round_up(value: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 …: an even top whose half is a round number too."""
    top = 2
    while top < value:
        top = top * 5 // 2 if str(top)[0] == "4" else top * 2
    return top


def _bars(one: Series, start: int, panel: int, top: int) -> Iterator[Bar]:
    step = panel // len(one.above)
    for number, (above, below) in enumerate(zip(one.above, one.below, strict=True)):
        x, width = start + number * step, max(step - 3, 2)
        if above:
            yield Bar("a", x, LINE - _height(above, top), width, _height(above, top))
        if below:
            yield Bar("b", x, LINE + 1, width, _height(below, top))


def _height(value: int, top: int) -> int:
    """Units on the common scale; something that is there is never invisible."""
    return max(round(value * ABOVE / top), 1) if value else 0


def _months(months: Sequence[str], start: int, bottom: int, panel: int) -> Iterator[Label]:
    last = len(months) - 1
    for number in sorted({0, last // 2, last} if panel >= 72 else {0, last}):
        yield Label(start + number * (panel // len(months)), bottom + 16, months[number])
