"""What each wording is worth to a question: named, reviewed, shown where and when.

Registers of texts are small: they are judged here once, and go into the statement as relations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from consents.choices import ReviewOutcome, SourceKind
from consents.models import NEVER, ConsentWording, SourceWording
from screening.question import Question

EVER = datetime(1, 1, 1, tzinfo=UTC)
OWN_SOURCES = (SourceKind.OWN_FORM, SourceKind.PHONE)
OK, PENDING, DEFECTIVE = 0, 1, 2
WORTH = {
    ReviewOutcome.OK: OK,
    ReviewOutcome.PENDING: PENDING,
    ReviewOutcome.DEFECTIVE: DEFECTIVE,
}


@dataclass(frozen=True)
class Showing:
    """What a source showed from an instant until before another: one wording, or none."""

    source_id: int
    slug: str
    own: int
    shown_from: datetime
    shown_until: datetime
    wording_id: int | None


@dataclass(frozen=True)
class Judged:
    """What a wording is worth; ``own`` = 1 where the house itself showed it."""

    wording_id: int
    version: int
    own: int
    named: int
    person: int
    company: int


def showings(question: Question) -> list[Showing]:
    """What each source of the controller showed when, from ever to ever, without overlaps."""
    return [
        Showing(source.pk, source.slug, int(source.kind in OWN_SOURCES), *period)
        for source in question.registers.sources.get(question.controller_id, ())
        for period in _periods(_shown(question, source.pk))
    ]


def _shown(question: Question, source: int) -> list[SourceWording]:
    place = (question.purpose.pk, question.channel)
    rows = question.registers.shown.get(source, ())
    return [row for row in rows if (row.wording.purpose_id, row.wording.channel) == place]


def _periods(shown: list[SourceWording]) -> Iterator[tuple[datetime, datetime, int | None]]:
    """Periods that follow each other, each with the first of ``shown`` that covers it, or None."""
    bounds = {EVER, NEVER, *(row.shown_from for row in shown)}
    bounds |= {row.shown_until for row in shown if row.shown_until}
    for start, end in pairwise(sorted(bounds)):
        covering = (row.wording_id for row in shown if _covers(row, start, end))
        yield start, end, next(covering, None)


def _covers(row: SourceWording, start: datetime, end: datetime) -> bool:
    return row.shown_from <= start and end <= (row.shown_until or NEVER)


def judged(question: Question) -> list[Judged]:
    """Every wording of the purpose × channel, shown by the house itself and by others."""
    registers = question.registers
    return [
        Judged(
            wording.pk,
            wording.version,
            own,
            int((wording.pk, question.controller_id) in registers.named),
            *(
                _worth(wording, own, question.regimes(natural=n), registers.outcomes)
                for n in (True, False)
            ),
        )
        for wording in registers.wordings.get((question.purpose.pk, question.channel), ())
        for own in (0, 1)
    ]


def _worth(
    wording: ConsentWording,
    own: int,
    regimes: tuple[str, ...],
    outcomes: dict[tuple[int, str], str],
) -> int:
    """The worst under ``regimes``: one that is defective under any is no better under another."""
    return max(_under(wording, own, regime, outcomes) for regime in regimes)


def _under(
    wording: ConsentWording, own: int, regime: str, outcomes: dict[tuple[int, str], str]
) -> int:
    found = outcomes.get((wording.pk, regime))
    if found:
        return WORTH[ReviewOutcome(found)]
    return OK if own and wording.regime == regime else PENDING
