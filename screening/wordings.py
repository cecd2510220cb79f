"""What each wording is worth to a question: named, reviewed, shown where and when.

Registers of texts are small: they are judged here once, and go into the statement as relations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from consents.choices import ReviewOutcome
from consents.models import NEVER, ConsentWording, SourceWording, WordingReview
from screening.question import Question

OK, PENDING, DEFECTIVE = 0, 1, 2
WORTH = {
    ReviewOutcome.OK: OK,
    ReviewOutcome.PENDING: PENDING,
    ReviewOutcome.DEFECTIVE: DEFECTIVE,
}


@dataclass(frozen=True)
class Showing:
    """The one wording that a source showed from an instant until before another."""

    source_id: int
    shown_from: datetime
    shown_until: datetime
    wording_id: int


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
    """Which wording each source showed when, without overlaps: in Polish where several were."""
    rows = SourceWording.objects.filter(
        wording__purpose=question.purpose, wording__channel=question.channel
    ).order_by("source_id", "-wording__language", "pk")
    return [
        showing
        for source_id, shown in groupby(rows, key=lambda row: row.source_id)
        for showing in _without_overlaps(source_id, list(shown))
    ]


def _without_overlaps(source_id: int, shown: list[SourceWording]) -> Iterator[Showing]:
    bounds = {row.shown_from for row in shown} | {row.shown_until or NEVER for row in shown}
    for start, end in pairwise(sorted(bounds)):
        for row in shown:
            if row.shown_from <= start and end <= (row.shown_until or NEVER):
                yield Showing(source_id, start, end, row.wording_id)
                break


def judged(question: Question) -> list[Judged]:
    """Every wording of the purpose × channel, shown by the house itself and by others."""
    wordings = list(
        ConsentWording.objects.filter(purpose=question.purpose, channel=question.channel)
    )
    named = set(
        ConsentWording.objects.filter(
            purpose=question.purpose, named__organisation=question.controller_id
        ).values_list("pk", flat=True)
    )
    outcomes = _outcomes(question)
    return [
        Judged(
            wording.pk,
            wording.version,
            own,
            int(wording.pk in named),
            *(_worth(wording, own, question.regimes(natural=n), outcomes) for n in (True, False)),
        )
        for wording in wordings
        for own in (0, 1)
    ]


def _outcomes(question: Question) -> dict[tuple[int, str], str]:
    """The latest review of each wording under each regime."""
    reviews = WordingReview.objects.known(question.at, question.known_at).filter(
        wording__purpose=question.purpose, wording__channel=question.channel
    )
    latest: dict[tuple[int, str], str] = {}
    for review in reviews:
        latest.setdefault((review.wording_id, review.regime), review.outcome)
    return latest


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
