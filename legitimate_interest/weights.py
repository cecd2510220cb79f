"""Likelihood by severity: how grave an impact is, and the picture of all of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from legitimate_interest.choices import Likelihood, Weight

LOW, MEDIUM, HIGH = "low", "medium", "high"
NAMES = {LOW: _("low"), MEDIUM: _("medium"), HIGH: _("high")}
# On paper; on screen the style sheet decides.
FILLS = {LOW: "#e5f3ea", MEDIUM: "#fcf0da", HIGH: "#fcebe9"}
TONES = {LOW: "ok", MEDIUM: "warn", HIGH: "bad"}

# In whole units: room for the words of both scales, then four cells by four.
LEFT, TOP, WIDE, TALL = 118, 8, 96, 60
SLOTS_WIDE, SLOTS_TALL, RADIUS = 4, 2, 10
HEAD = 46  # below the cells: the scale's words and its name


def level(likelihood: int, severity: int) -> str:
    """LOW to 3, MEDIUM to 8, HIGH from 9 of the product of two scales from 1 to 4."""
    score = likelihood * severity
    if score <= 3:
        return LOW
    return MEDIUM if score <= 8 else HIGH


class Weighed(Protocol):
    likelihood: int
    severity: int
    likelihood_after: int | None
    severity_after: int | None


@dataclass(frozen=True)
class Cell:
    x: int
    y: int
    level: str

    @property
    def fill(self) -> str:
        return FILLS[self.level]


@dataclass(frozen=True)
class Mark:
    """An impact by its number: hollow as it is without safeguards, filled with them."""

    x: int
    y: int
    text: str
    is_after: bool


@dataclass(frozen=True)
class Move:
    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True)
class Word:
    x: int
    y: int
    text: Any


@dataclass(frozen=True)
class Matrix:
    """What ``legitimate_interest/matrix.svg`` draws."""

    cells: list[Cell]
    marks: list[Mark]
    moves: list[Move]
    rows: list[Word]
    columns: list[Word]
    width: int = LEFT + 4 * WIDE + 2
    height: int = TOP + 4 * TALL + HEAD
    cell_width: int = WIDE - 2
    cell_height: int = TALL - 2
    radius: int = RADIUS
    middle_x: int = LEFT + 2 * WIDE
    middle_y: int = TOP + 2 * TALL
    bottom: int = TOP + 4 * TALL + HEAD - 6


def matrix(impacts: Sequence[Weighed]) -> Matrix:
    """The impacts on a grid, severity to the right and likelihood upwards, numbered from 1."""
    before = [(n, i.likelihood, i.severity) for n, i in enumerate(impacts, start=1)]
    after = [
        (n, i.likelihood_after, i.severity_after)
        for n, i in enumerate(impacts, start=1)
        if i.likelihood_after and i.severity_after
    ]
    marks = list(_marks(before, after))
    return Matrix(
        cells=[_cell(likely, severe) for likely in Likelihood for severe in Weight],
        marks=marks,
        moves=list(_moves(marks)),
        rows=[Word(LEFT - 8, _y(each) + TALL // 2, each.label) for each in Likelihood],
        columns=[Word(_x(each) + WIDE // 2, TOP + 4 * TALL + 16, each.label) for each in Weight],
    )


def _x(severity: int) -> int:
    return LEFT + (severity - 1) * WIDE


def _y(likelihood: int) -> int:
    return TOP + (4 - likelihood) * TALL


def _cell(likelihood: int, severity: int) -> Cell:
    return Cell(_x(severity), _y(likelihood), level(likelihood, severity))


def _marks(before: list[tuple[int, int, int]], after: list[tuple[int, int, int]]) -> Iterator[Mark]:
    """Side by side within their cell; what finds no room there is counted in the last place."""
    placed: dict[tuple[int, int], list[tuple[str, bool]]] = defaultdict(list)
    for rows, is_after in ((before, False), (after, True)):
        for number, likelihood, severity in rows:
            placed[likelihood, severity].append((str(number), is_after))
    room = SLOTS_WIDE * SLOTS_TALL
    for (likelihood, severity), texts in placed.items():
        shown = texts if len(texts) <= room else texts[: room - 1]
        for slot, (text, is_after) in enumerate(shown):
            yield Mark(*_slot(likelihood, severity, slot), text, is_after)
        if len(texts) > room:
            more = f"+{len(texts) - len(shown)}"
            yield Mark(*_slot(likelihood, severity, room - 1), more, True)


def _slot(likelihood: int, severity: int, slot: int) -> tuple[int, int]:
    row, column = divmod(slot, SLOTS_WIDE)
    x = _x(severity) + WIDE * (2 * column + 1) // (2 * SLOTS_WIDE)
    y = _y(likelihood) + TALL * (2 * row + 1) // (2 * SLOTS_TALL)
    return x, y


def _moves(marks: list[Mark]) -> Iterator[Move]:
    """A line for each impact that the safeguards moved into another cell."""
    hollow = {mark.text: mark for mark in marks if not mark.is_after}
    for mark in marks:
        start = hollow.get(mark.text) if mark.is_after else None
        if start and _place(start) != _place(mark):
            yield Move(start.x, start.y, mark.x, mark.y)


def _place(mark: Mark) -> tuple[int, int]:
    return (mark.x - LEFT) // WIDE, (mark.y - TOP) // TALL
