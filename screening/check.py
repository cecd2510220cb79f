"""A typed contact, asked about every purpose and channel that somebody may ask about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from consents.contacts import normalise
from consents.lookup import kind_of
from consents.models import ContactPoint
from processing.choices import KIND_OF_CHANNEL, Campaign, Channel
from processing.models import Purpose
from processors.models import AutomationTool
from screening.question import Question, Unanswerable, ask
from screening.verdict import Verdict, judge

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
    tool: AutomationTool | None = None,
    every_contact: bool = False,
) -> list[Holder]:
    """The answers about ``text``, by controller; ``every_contact`` adds the person's other ones.

    Controllers that do not know the contact are left out, unless none does: then the first answers
    for all. Raises contacts.Unusable where ``text`` is neither number nor address.
    """
    kind, moment = kind_of(text), at or timezone.now()
    key = normalise(kind, text).key
    contacted = [p for p in purposes if p.campaign != Campaign.INTERNAL]
    contacted.sort(key=_place)
    holders = []
    for controller, own in groupby(contacted, key=lambda p: p.activity.controller):
        point = ContactPoint.objects.holding(controller, kind, key, moment)
        columns = _columns(text, kind, point, moment, every_contact=every_contact)
        holders.append((Holder(controller, columns), list(own)))
    known = [pair for pair in holders if pair[0].point] or holders[:1]
    for holder, own in known:
        holder.rows = _rows(own, holder.columns, moment, tool)
    return [holder for holder, _own in known]


def _place(purpose: Purpose) -> tuple:
    """Our own centre before its clients, and first what most often needs a consent."""
    controller = purpose.activity.controller
    return (not controller.is_own, controller.pk, not purpose.is_commercial)


def _columns(
    text: str, kind: str, point: ContactPoint | None, at: datetime, *, every_contact: bool
) -> list[Column]:
    typed = Column(text, _channels(kind), point)
    if not (point and every_contact):
        return [typed]
    others = ContactPoint.objects.live_at(at).filter(subject=point.subject_id).exclude(pk=point.pk)
    return [
        typed,
        *(Column(o.value, _channels(o.kind), o) for o in others.order_by("kind", "pk")),
    ]


def _channels(kind: str) -> list[str]:
    return [channel for channel in IN_ORDER if KIND_OF_CHANNEL[channel] == kind]


def _rows(
    purposes: Sequence[Purpose],
    columns: Sequence[Column],
    at: datetime,
    tool: AutomationTool | None,
) -> list[tuple[Purpose, list[Answer]]]:
    return [
        (purpose, [a for column in columns for a in _answers(purpose, column, at, tool)])
        for purpose in purposes
    ]


def _answers(
    purpose: Purpose, column: Column, at: datetime, tool: AutomationTool | None
) -> Iterator[Answer]:
    for channel in column.channels:
        place = (purpose, channel, column.value, column.point)
        try:
            question = ask(purpose, channel, at=at, tool=tool)
        except Unanswerable as gap:
            yield Answer(*place, gap=str(gap))
        else:
            yield Answer(*place, question, judge(question, [column.value])[0])
