"""The verdict's statement made ready once, and only filled in for each question (performance.md).

Its text is that of ``screening.sql``, written for a question whose values are blanks: there is no
second one. It takes states as they are stored; where one has to be folded again, for a moment that
is past or because something has just been recorded, nothing is said, and the whole one is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from audit.prepared import Prepared, blanked, key_of
from audit.sql import instant, instant_literal, is_postgresql
from consents.choices import SourceKind
from consents.models import ConsentWording, LeadSource, SourceWording
from processing.choices import Regime
from processing.models import ProcessingActivity, Purpose
from screening.question import Question
from screening.registers import Registers
from screening.sql import (
    JUDGED,
    SHOWN,
    Statement,
    keys_bound,
    relation,
    statement,
)
from screening.stops import (
    AT,
    CHANNEL,
    CONTROLLER,
    KNOWN_AT,
    PURPOSE,
    day_literal,
    sources_of,
)
from screening.wordings import judged, showings

MOST = 1000
# Of an older moment states are seldom as they are stored.
RECENT = timedelta(minutes=1)
KIND = "?kind"
Columns = Callable[[Statement], str]


@dataclass(frozen=True)
class Blank(Question):
    """A question about nobody and nothing; ``person``, ``company``: who needs consent."""

    person: bool = False
    company: bool = False
    commercial: bool = False

    @property
    def contact_kind(self) -> str:
        return KIND

    @property
    def is_commercial(self) -> bool:  # type: ignore[override]
        return self.commercial

    def needs_consent(self, *, natural: bool) -> bool:
        return self.person if natural else self.company

    def regimes(self, *, natural: bool) -> tuple[str, ...]:
        return (Regime.GDPR,)


def rows(
    question: Question, keys: Sequence[str | None], columns: Columns
) -> list[tuple[Any, ...]] | None:
    """``columns`` for each of ``keys``, in order; None where it is not for this statement."""
    if len(keys) > MOST or not _is_recent(question):
        return None
    person, company = (question.needs_consent(natural=natural) for natural in (True, False))
    ready = _ready(connection.vendor, person, company, question.is_commercial, columns)
    found = ready.rows(_values(question, keys))
    return [row for *row, _n, _settled in found] if all(row[-1] for row in found) else None


def _is_recent(question: Question) -> bool:
    since = timezone.now() - RECENT
    return question.at >= since and question.known_at >= since


def _values(question: Question, keys: Sequence[str | None]) -> dict[str, Any]:
    others, unproven = sources_of(question)
    return {
        "at": str(instant(question.at)),
        "known_at": str(instant(question.known_at)),
        "day": question.day.isoformat(),
        "purpose": question.purpose.pk,
        "controller": question.controller_id,
        "channel": str(question.channel),
        "kind": str(question.contact_kind),
        "keys": keys_bound(keys),
        "shown": _shown(question),
        "judged": _judged(question),
        "others": _bound(others),
        "unproven": _bound(unproven),
    }


def _shown(question: Question) -> str:
    return relation(SHOWN, showings(question))[1][0]


def _judged(question: Question) -> str:
    return relation(dict.fromkeys(JUDGED, "bigint"), judged(question))[1][0]


def _bound(keys: Any) -> str:
    """A list of keys as text, which either database reads as what it needs."""
    return keys if isinstance(keys, str) else f"{{{','.join(map(str, keys))}}}"


# The text ----------------------------------------------------------------------------------------


@cache
def _ready(
    vendor: str, person: bool, company: bool, commercial: bool, columns: Columns
) -> Prepared:
    blank = _blank(person, company, commercial)
    built = statement(blank, [CHANNEL], settled=True)
    settled = built.of_consent("COALESCE(st.settled, TRUE)", "boolean") if built.needed else "TRUE"
    told = f"{columns(built)}, asked.n, COALESCE({settled}, TRUE)"
    sql, params = built.select(told, tail="ORDER BY asked.n")
    text = blanked(sql, params, _blanks(blank))
    for literal, name in _literals(blank):
        text = text.replace(literal, name)
    return Prepared(text)


def _blank(person: bool, company: bool, commercial: bool) -> Blank:
    activity = ProcessingActivity(pk=-3, controller_id=CONTROLLER)
    purpose = Purpose(pk=PURPOSE, activity=activity)
    registers = Registers(AT, KNOWN_AT, (purpose,))
    wording = ConsentWording(pk=-4, purpose=purpose, channel=CHANNEL, version=0)
    bought = LeadSource(pk=-5, slug="?", kind=SourceKind.PURCHASED)
    proven = LeadSource(pk=-6, slug="?", kind=SourceKind.PARTNER)
    vars(registers).update(
        sources={CONTROLLER: [bought, proven]},
        shown={-5: [SourceWording(source=bought, wording=wording, shown_from=AT)]},
        wordings={(PURPOSE, CHANNEL): [wording]},
        named=set(),
        outcomes={},
    )
    return Blank(purpose, CHANNEL, registers, None, person, company, commercial)


def _blanks(blank: Blank) -> dict[Any, str]:
    others, unproven = sources_of(blank)
    return {
        key_of(value): name
        for value, name in (
            (instant(AT), ":at"),
            (instant(KNOWN_AT), ":known_at"),
            (PURPOSE, ":purpose"),
            (CONTROLLER, ":controller"),
            (CHANNEL, ":channel"),
            (KIND, ":kind"),
            (keys_bound([CHANNEL]), ":keys"),
            (_shown(blank), ":shown"),
            (_judged(blank), ":judged"),
            (others, ":others"),
            (unproven, ":unproven"),
        )
    }


def _literals(blank: Blank) -> list[tuple[str, str]]:
    if not is_postgresql():
        return [(instant_literal(AT), ":at"), (day_literal(blank.day), ":day")]
    return [
        (instant_literal(AT), "CAST(:at AS timestamptz)"),
        (day_literal(blank.day), "CAST(:day AS date)"),
    ]
