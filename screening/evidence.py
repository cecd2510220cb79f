"""On what an allow rests, so that it can be shown later what the answer was given on (Art. 5(2)).

What the registers say is read once for a question; an answer adds the person's own act.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.text import iso
from consents.models import ConsentWording
from processing.choices import Basis
from processing.models import ChannelRule
from screening.question import Question
from screening.verdict import Verdict, check_valid_until


@dataclass(frozen=True, slots=True)
class Rule:
    """A channel rule in force for the addressee: the law, and whether it asks for consent."""

    slug: str
    regime: str
    consent_required: bool
    provision_pl: str
    provision_en: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """On what an allow rests. Instants are aware; empty or None where nothing is needed.

    ``basis`` is a code of Basis, empty for a company without personal data; ``wording`` reads
    ``purpose/channel/language/version``, ``notice`` ``slug/version``, ``balance_test``
    ``purpose/version``, ``source`` is a key.
    """

    basis: str
    basis_law: str
    rules: tuple[Rule, ...]
    event: UUID | None
    since: datetime | None
    wording: str
    source: str
    balance_test: str
    notice: str
    as_of: datetime
    known_at: datetime
    valid_until: datetime

    @property
    def article(self) -> str:
        """The basis as lawyers cite it, in the active language."""
        return str(Basis(self.basis).label) if self.basis else ""

    def as_text(self) -> str:
        """One line for a column of a file: ``key=value``, apart by spaces, without empty ones."""
        since = iso(self.since) if self.since else ""
        named = {
            "rules": ",".join(rule.slug for rule in self.rules),
            "event": self.event,
            "since": since,
            "wording": self.wording,
            "source": self.source,
            "test": self.balance_test,
            "notice": self.notice,
        }
        return " ".join(f"{key}={value}" for key, value in named.items() if value)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: every key always there, None where nothing is needed, instants in UTC."""
        return {
            "basis": self.basis or None,
            "basis_law": self.basis_law or None,
            "rules": [
                {name: getattr(rule, name) for name in Rule.__slots__} for rule in self.rules
            ],
            "event": str(self.event) if self.event else None,
            "since": iso(self.since) if self.since else None,
            "wording": self.wording or None,
            "source": self.source or None,
            "balance_test": self.balance_test or None,
            "notice": self.notice or None,
            "as_of": iso(self.as_of),
            "known_at": iso(self.known_at),
            "valid_until": iso(self.valid_until),
        }


def evidence(
    question: Question, verdicts: Iterable[Verdict], *, valid_until: datetime | None = None
) -> list[Evidence | None]:
    """The evidence of each allow, in order, and None for each denial; no query for a contact.

    ``valid_until`` is that of a single check by default; lists have their own.
    """
    whole = _of_the_registers(question, valid_until or check_valid_until(question))
    wordings = _references(question)
    return [_of_one(whole, verdict, wordings) for verdict in verdicts]


def _of_one(
    whole: dict[bool, Evidence], verdict: Verdict, wordings: dict[int | None, str]
) -> Evidence | None:
    if not verdict.is_allowed:
        return None
    common = whole[verdict.is_company]
    if verdict.event is None:
        return common
    return replace(
        common,
        event=verdict.event,
        since=verdict.since,
        wording=wordings.get(verdict.wording_id, ""),
        source=verdict.source,
    )


def _of_the_registers(question: Question, valid_until: datetime) -> dict[bool, Evidence]:
    """What is the same for every person, and for every company."""
    test, told, purpose = question.balance_test, question.notice, question.purpose
    return {
        is_company: Evidence(
            basis="" if is_company else purpose.basis,
            basis_law="" if is_company else purpose.basis_law,
            rules=tuple(map(_rule, question.protecting(natural=not is_company))),
            event=None,
            since=None,
            wording="",
            source="",
            balance_test=test.reference if test and not is_company else "",
            notice=f"{told.notice.slug}/{told.number}" if told else "",
            as_of=question.at,
            known_at=question.known_at,
            valid_until=valid_until,
        )
        for is_company in (False, True)
    }


def _rule(rule: ChannelRule) -> Rule:
    return Rule(*(getattr(rule, name) for name in Rule.__slots__))


def _references(question: Question) -> dict[int | None, str]:
    place = (question.purpose.pk, question.channel)
    wordings = question.registers.wordings.get(place, ())
    return {wording.pk: reference(question, wording) for wording in wordings}


def reference(question: Question, wording: ConsentWording) -> str:
    """A wording by the names that people and machines type."""
    purpose, channel = question.purpose.slug, wording.channel
    return f"{purpose}/{channel}/{wording.language}/{wording.version}"
