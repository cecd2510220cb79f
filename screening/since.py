"""Since when something stands against contacts: restrictions and suppressions, by their dates."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Min, Q, QuerySet

from consents.choices import OF_THE_PERSON, SuppressionScope
from consents.models import Restriction, Suppression
from screening.question import Question
from screening.stops import STOP_CODES

CODE_OF_KIND = {kind: code for code, kinds in STOP_CODES.items() for kind in kinds}


class Stops:
    """Of ``rows`` (``id``, ``subject_id``, ``hmac``), a thousand or so: the earliest date a code.

    A suppression counts from when it was recorded.
    """

    def __init__(self, question: Question, rows: Iterable[Any]) -> None:
        rows = list(rows)
        self.at_point: dict[tuple[int, str], datetime] = {}
        self.of_person: dict[tuple[int, str], datetime] = {}
        for point, subject, kind, channel, since in _restrictions(question, rows):
            code = CODE_OF_KIND[kind]
            _note(self.at_point, (point, code), since)
            if kind in OF_THE_PERSON and channel is None:
                _note(self.of_person, (subject, code), since)
        self.suppressed = dict(_suppressions(question, rows))

    def since(self, row: Any, code: str) -> datetime | None:
        if code == "suppressed":
            return self.suppressed.get(row.hmac)
        here, everywhere = (row.id, code), (row.subject_id, code)
        dated = [self.at_point.get(here), self.of_person.get(everywhere)]
        return min((moment for moment in dated if moment), default=None)


def _note(found: dict[tuple[int, str], datetime], key: tuple[int, str], since: datetime) -> None:
    found[key] = min(since, found.get(key, since))


def _restrictions(question: Question, rows: list[Any]) -> QuerySet:
    everywhere = Q(
        kind__in=OF_THE_PERSON,
        channel=None,
        contact_point__subject__in={row.subject_id for row in rows},
    )
    standing = Restriction.objects.standing(question.at, question.known_at).filter(
        everywhere | Q(contact_point__in={row.id for row in rows}),
        Q(channel=None) | Q(channel=question.channel),
        Q(purpose=None) | Q(purpose=question.purpose),
    )
    point = "contact_point"
    return standing.values_list(point, f"{point}__subject", "kind", "channel", "effective_at")


def _suppressions(question: Question, rows: list[Any]) -> QuerySet:
    standing = Suppression.objects.standing(question.at, question.known_at).filter(
        Q(channel=None) | Q(channel=question.channel),
        controller=question.controller_id,
        hmac__in={row.hmac for row in rows},
    )
    if not question.is_commercial:
        standing = standing.filter(scope=SuppressionScope.ALL)
    return standing.order_by().values_list("hmac").annotate(Min("recorded_at"))
