"""The verdict's statement made ready once, and only filled in for each question (performance.md).

Its text is that of ``screening.sql``, written for a question whose values are blanks: there is no
second one. First it asks as if nothing were recorded against a contact, then those again of whom
that is not so. States are taken as they are stored; where one has to be folded again, for a moment
that is past or because something has just been recorded, nothing is said: the whole one is asked.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

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
    retired_since,
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
# Of an array whose length it does not know PostgreSQL expects ten keys, which suits a few: many it
# would join row by row. Of the elements of a JSON array it expects a hundred.
FEW = 20
ARRAY, ROWS = "unnest(CAST(:keys AS text[]))", "json_array_elements_text(CAST(:keys AS json))"
# Of an older moment states are seldom as they are stored.
RECENT = timedelta(minutes=1)
KIND = "?kind"
Columns = Callable[[Statement], str]


class Shape(NamedTuple):
    """What the text of a statement depends on.

    Whether a person and a company need consent, whether the purpose is commercial, whether it asks
    as if nothing were recorded against a contact, and whether it asks about many.
    """

    person: bool
    company: bool
    commercial: bool
    untouched: bool
    many: bool


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
    """``columns`` for each of ``keys``, in order; None where it is not for these statements."""
    if len(keys) > MOST or not _is_recent(question):
        return None
    values = _values(question)
    found = _asked(question, values, keys, columns, untouched=True)
    again = [place for place, row in enumerate(found) if not row[-1]]
    if again:
        touched = [keys[place] for place in again]
        for place, row in zip(again, _asked(question, values, touched, columns), strict=True):
            found[place] = row
    return [row[:-1] for row in found] if all(row[-1] for row in found) else None


def _asked(
    question: Question,
    values: dict[str, Any],
    keys: Sequence[str | None],
    columns: Columns,
    *,
    untouched: bool = False,
) -> list[tuple[Any, ...]]:
    """``columns``, and whether they can be relied on."""
    person, company = (question.needs_consent(natural=natural) for natural in (True, False))
    shape = Shape(person, company, question.is_commercial, untouched, len(keys) > FEW)
    bound = json.dumps(list(keys)) if shape.many else keys_bound(keys)
    return _ready(connection.vendor, shape, columns).rows({**values, "keys": bound})


def _is_recent(question: Question) -> bool:
    since = timezone.now() - RECENT
    return question.at >= since and question.known_at >= since


def _values(question: Question) -> dict[str, Any]:
    others, unproven = sources_of(question)
    return {
        "at": str(instant(question.at)),
        "known_at": str(instant(question.known_at)),
        "day": question.day.isoformat(),
        "purpose": question.purpose.pk,
        "controller": question.controller_id,
        "channel": str(question.channel),
        "kind": str(question.contact_kind),
        "shown": _once(question, _shown),
        "judged": _once(question, _judged),
        "others": _bound(others),
        "unproven": _bound(unproven),
    }


def _shown(question: Question) -> str:
    return relation(SHOWN, showings(question))[1][0]


def _judged(question: Question) -> str:
    return relation(dict.fromkeys(JUDGED, "bigint"), judged(question))[1][0]


def _once(question: Question, make: Callable[[Question], str]) -> str:
    """What ``make`` makes of rows of the registers, once for the same rows."""
    told = question.registers.told
    if told is None:
        return make(question)
    key = (make, question.channel, question.is_commercial)
    if key not in told.made:
        told.made[key] = make(question)
    return told.made[key]


def _bound(keys: Any) -> str:
    """A list of keys as text, which either database reads as what it needs."""
    return keys if isinstance(keys, str) else f"{{{','.join(map(str, keys))}}}"


# The text ----------------------------------------------------------------------------------------


@cache
def _ready(vendor: str, shape: Shape, columns: Columns) -> Prepared:
    blank, untouched = _blank(shape), shape.untouched
    built = statement(blank, [CHANNEL], settled=True, untouched=untouched)
    holds = [built.of_consent("COALESCE(st.settled, TRUE)", "boolean")] if built.needed else []
    retired, whose_points = retired_since(blank) if untouched else ("", [])
    holds += ["NOT stops.touched", f"NOT {retired}"] if untouched else []
    told = " AND ".join(f"COALESCE({each}, TRUE)" for each in holds) or "TRUE"
    sql, params = built.select(
        f"{columns(built)}, {told}", tail="ORDER BY asked.n", params=whose_points
    )
    text = blanked(sql, params, _blanks(blank))
    for literal, name in _literals(blank):
        text = text.replace(literal, name)
    return Prepared(text.replace(ARRAY, ROWS) if shape.many else text)


def _blank(shape: Shape) -> Blank:
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
    return Blank(purpose, CHANNEL, registers, None, *shape[:3])


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
