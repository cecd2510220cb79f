"""What narrows a list beyond purpose and channel: where people came from, and their consent.

There is no region to narrow by: the register holds no addresses, and a mobile number has none.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db import connection

from audit.days import midnight
from audit.sql import instant, instant_literal
from consents.models import LeadSource
from screening.question import Question
from screening.sql import Sql, Statement, points, statement

# Of one source: who was acquired from it, or said something there.
FROM_SOURCE = """
p.id IN (
    SELECT contact_point_id FROM consents_acquisition
    WHERE source_id = %s AND obtained_on <= %s
    UNION ALL
    SELECT contact_point_id FROM consents_consentevent WHERE source_id = %s AND occurred_at <= {at}
)
"""
IN_LANGUAGE = """
COALESCE(e.wording_id, s.wording_id) IN (
    SELECT id FROM consents_consentwording WHERE purpose_id = %s AND channel = %s AND language = %s
)
"""


@dataclass(frozen=True)
class Narrowing:
    """A list is of those to whom all of it applies; days are local and both included.

    Language and days are of the consent: they apply only where one is needed.
    """

    source: LeadSource | None = None
    language: str = ""
    since_from: date | None = None
    since_until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.source or self.of_consent)

    @property
    def of_consent(self) -> bool:
        return bool(self.language or self.since_from or self.since_until)

    def as_dict(self) -> dict[str, str]:
        """In slugs and ISO days, as logs, manifests and jobs keep it."""
        told = {
            "source": self.source.slug if self.source else "",
            "language": self.language,
            "since_from": self.since_from.isoformat() if self.since_from else "",
            "since_until": self.since_until.isoformat() if self.since_until else "",
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Self:
        """The opposite of ``as_dict``. Raises LeadSource.DoesNotExist."""
        slug = told.get("source")
        days = (told.get(name) for name in ("since_from", "since_until"))
        source = LeadSource.objects.get(slug=slug) if slug else None
        return cls(source, told.get("language", ""), *(d and date.fromisoformat(d) for d in days))

    def condition(self, question: Question, built: Statement) -> Sql:
        """As a condition over ``built``; TRUE where nothing narrows."""
        tests, params = ["TRUE"], []
        if self.source:
            tests.append(FROM_SOURCE.format(at=instant_literal(question.at)))
            params += [self.source.pk, question.day, self.source.pk]
        if self.of_consent and built.needed:
            of_consent, bound = self._consent_tests(question)
            tests += of_consent
            params += bound
        return " AND ".join(tests), params

    def _consent_tests(self, question: Question) -> tuple[list[str], list[Any]]:
        tests: list[str] = []
        params: list[Any] = []
        if self.language:
            tests.append(IN_LANGUAGE)
            params += [question.purpose.pk, question.channel, self.language]
        if self.since_from:
            tests.append("st.since >= %s")
            params.append(instant(midnight(self.since_from)))
        if self.since_until:
            tests.append("st.since < %s")
            params.append(instant(midnight(self.since_until + timedelta(days=1))))
        return tests, params


def contacts_in(question: Question, narrowing: Narrowing) -> int:
    """How many live contacts of the register a list is chosen from, allowed or not."""
    built = statement(question)
    where, params = narrowing.condition(question, built)
    if narrowing.of_consent:
        sql, bound = built.select("COUNT(*)", where=where, params=params)
    else:
        live, bound = points(question)
        sql = f"SELECT COUNT(*) FROM ({live}) p WHERE {where}"  # noqa: S608 (own names)
        bound = [*bound, *params]
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return cursor.fetchone()[0]
