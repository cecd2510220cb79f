"""A typed contact, asked about every purpose and channel that somebody may ask about."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import F
from django.utils import timezone

from consents.contacts import normalise
from consents.lookup import kind_of
from consents.models import ContactPoint
from processing.choices import KIND_OF_CHANNEL, Campaign, Channel
from processing.models import Purpose
from processors.models import AutomationTool
from screening.question import Question, Unanswerable, question_of
from screening.registers import Registers
from screening.verdict import Verdict, judge_all

# As people of the floor think of them: what is dialled comes first.
IN_ORDER = (
    Channel.VOICE,
    Channel.AUTOMATED_CALL,
    Channel.SMS,
    Channel.EMAIL,
    Channel.MESSENGER,
    Channel.PUSH,
    Channel.POST,
)


@dataclass(frozen=True)
class Answer:
    """One cell of the matrix: the verdict, or the gap in the law that leaves none."""

    purpose: Purpose
    channel: str
    value: str
    point: ContactPoint | None
    question: Question | None = None
    verdict: Verdict | None = None
    gap: str = ""

    @property
    def key(self) -> str:
        """What a click on the cell sends; it holds no contact value."""
        point = self.point.uuid.hex if self.point else ""
        return f"{self.purpose.slug}:{self.channel}:{point}"

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def is_allowed(self) -> bool:
        return bool(self.verdict and self.verdict.is_allowed)


@dataclass(frozen=True)
class Column:
    """A number or address and the channels it can be reached on; the typed one stands first."""

    value: str
    channels: Sequence[str]
    point: ContactPoint | None


@dataclass
class Holder:
    """What one controller knows of the typed contact, and the answers about it."""

    controller: Any
    columns: list[Column]
    rows: list[tuple[Purpose, list[Answer]]] = field(default_factory=list)

    @property
    def point(self) -> ContactPoint | None:
        return self.columns[0].point

    def answers(self) -> Iterator[Answer]:
        for _purpose, answers in self.rows:
            yield from answers


def check(
    text: str,
    purposes: Sequence[Purpose],
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    tool: AutomationTool | None = None,
    every_contact: bool = False,
) -> list[Holder]:
    """The answers about ``text``, by controller; ``every_contact`` adds the person's other ones.

    Controllers that do not know the contact are left out, unless none does: then the first answers
    for all. The registers are read once for the whole page, and a dozen cells are one statement.
    Raises contacts.Unusable where ``text`` is neither number nor address.
    """
    now = timezone.now()
    contacted = sorted((p for p in purposes if p.campaign != Campaign.INTERNAL), key=_place)
    registers = Registers(at or now, known_at or now, tuple(contacted))
    holders = _holders(text, contacted, registers, every_contact=every_contact)
    cells = [
        _asked(purpose, column, channel, registers, tool)
        for holder, own in holders
        for purpose in own
        for column in holder.columns
        for channel in column.channels
    ]
    answers = iter(_judged(cells))
    for holder, own in holders:
        width = sum(len(column.channels) for column in holder.columns)
        holder.rows = [(purpose, [next(answers) for _ in range(width)]) for purpose in own]
    return [holder for holder, _own in holders]


def _holders(
    text: str, purposes: list[Purpose], registers: Registers, *, every_contact: bool
) -> list[tuple[Holder, list[Purpose]]]:
    """Who knows the contact, with the purposes of each; nobody does: the first one alone."""
    kind = kind_of(text)
    by_controller = [
        (controller, list(own))
        for controller, own in groupby(purposes, key=lambda p: p.activity.controller)
    ]
    points = _points(kind, normalise(kind, text).key, registers)
    known = [(c, own) for c, own in by_controller if c.pk in points] or by_controller[:1]
    others = _others(points.values(), registers) if every_contact else {}
    return [(Holder(c, _columns(text, kind, points.get(c.pk), others)), own) for c, own in known]


def _points(kind: str, key: str, registers: Registers) -> dict[int, ContactPoint]:
    """Whose the contact was at the moment, by controller."""
    live = ContactPoint.objects.live_at(registers.at).select_related("subject")
    held = live.filter(kind=kind, key=key, controller__in=registers.controllers)
    found: dict[int, ContactPoint] = {}
    for point in held.order_by(F("retired_at").asc(nulls_last=True), "pk"):
        found.setdefault(point.controller_id, point)
    return found


def _others(points: Any, registers: Registers) -> dict[int, list[ContactPoint]]:
    """The other contacts of the same people."""
    live = ContactPoint.objects.live_at(registers.at)
    held = live.filter(subject__in=[point.subject_id for point in points])
    found: dict[int, list[ContactPoint]] = defaultdict(list)
    for other in held.exclude(pk__in=[point.pk for point in points]).order_by("kind", "pk"):
        found[other.subject_id].append(other)
    return found


def _place(purpose: Purpose) -> tuple:
    """Our own centre before its clients, and first what most often needs a consent."""
    controller = purpose.activity.controller
    return (not controller.is_own, controller.pk, not purpose.is_commercial)


def _columns(
    text: str,
    kind: str,
    point: ContactPoint | None,
    others: dict[int, list[ContactPoint]],
) -> list[Column]:
    typed = Column(text, _channels(kind), point)
    beside = others.get(point.subject_id, ()) if point else ()
    return [typed, *(Column(o.value, _channels(o.kind), o) for o in beside)]


def _channels(kind: str) -> list[str]:
    return [channel for channel in IN_ORDER if KIND_OF_CHANNEL[channel] == kind]


def _asked(
    purpose: Purpose,
    column: Column,
    channel: str,
    registers: Registers,
    tool: AutomationTool | None,
) -> Answer:
    """A cell that has yet to be judged, or the gap in the law that leaves it empty."""
    asked = Answer(purpose, channel, column.value, column.point)
    try:
        return replace(asked, question=question_of(purpose, channel, registers, tool))
    except Unanswerable as gap:
        return replace(asked, gap=str(gap))


def _judged(cells: list[Answer]) -> Iterator[Answer]:
    """The cells with their verdicts, in order."""
    verdicts = iter(judge_all([(c.question, [c.value]) for c in cells if c.question]))
    for cell in cells:
        yield replace(cell, verdict=next(verdicts)[0]) if cell.question else cell
