"""The verdict: may these contacts be contacted for a purpose on a channel at a moment?

One implementation, set-based; a single check is a batch of one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from consents.contacts import Spellings, Unusable, normalise, normalise_all
from processing.choices import ContactKind
from screening import ready
from screening.narrowing import Narrowing
from screening.question import Question
from screening.reasons import CODES, reasons_in
from screening.sql import Sql, Statement, statement

# Questions put into one statement: planners take longer than linear over more.
TOGETHER = 12


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one contact. Keys are row keys; None where nothing is known or needed.

    ``uninformed``: the person has yet to be told where the data came from (Art. 14).
    """

    reasons: tuple[str, ...]
    obligations: tuple[str, ...] = ()
    point_id: int | None = None
    event_id: int | None = None
    wording_id: int | None = None
    since: datetime | None = None
    event: UUID | None = None
    source: str = ""
    is_company: bool = False
    uninformed: bool = False

    @property
    def is_allowed(self) -> bool:
        return not self.reasons


def judge(question: Question, values: Iterable[str]) -> list[Verdict]:
    """A verdict on each of ``values``, in any spelling, in their order."""
    values = list(values)
    told = ready.rows(question, contacts_of(question, values)[1], _columns)
    if told is None:
        return judge_all([(question, values)])[0]
    return [_verdict(question, *row) for row in told]


def judge_one(question: Question, value: str) -> Verdict:
    return judge(question, [value])[0]


def judge_all(asked: Sequence[tuple[Question, Sequence[str]]]) -> list[list[Verdict]]:
    """``judge`` for several questions at once: a statement for every dozen of them."""
    found: list[list[Verdict]] = [[] for _each in asked]
    numbered = iter(enumerate(asked))
    while batch := list(islice(numbered, TOGETHER)):
        for number, row in _answered(batch):
            found[number].append(_verdict(asked[number][0], *row))
    return found


def _answered(
    batch: list[tuple[int, tuple[Question, Sequence[str]]]],
) -> Iterator[tuple[int, tuple]]:
    """Which question, and what the database says to each of its values, in order."""
    parts = [_asked(number, question, values) for number, (question, values) in batch]
    sql = " UNION ALL ".join(f"SELECT * FROM ({part}) q" for part, _params in parts)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1, 2", [p for _sql, params in parts for p in params])
        for number, _n, *row in cursor.fetchall():
            yield number, tuple(row)


def _asked(number: int, question: Question, values: Sequence[str]) -> Sql:
    built = statement(question, contacts_of(question, values)[1])
    return built.select(f"{number} AS question, asked.n, {_columns(built)}")


def tally(
    question: Question,
    narrowing: Narrowing | None = None,
    *,
    ids: Sequence[int] | None = None,
) -> dict[str, int]:
    """Contacts by their first reason, in order; those allowed under ``""``.

    Of the register's live ones, those that ``narrowing`` leaves; or of ``ids`` of contact points.
    """
    built = statement(question, ids=ids)
    where, bound = narrowing.condition(question, built) if narrowing else ("", [])
    columns = f"{built.first_reason()}, COUNT(*)"
    sql, params = built.select(columns, where=where, tail="GROUP BY 1", params=bound)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        counts = {(reasons_in(bit) or ("",))[0]: count for bit, count in cursor.fetchall()}
    if closed := question.reasons:
        counts = {closed[0]: sum(counts.values())}
    return {code: counts[code] for code in ("", *CODES) if code in counts}


def check_valid_until(question: Question) -> datetime:
    """How long a single answer may be relied on."""
    return _from(question) + timedelta(minutes=settings.CHECK_VALID_MINUTES)


def list_valid_until(question: Question) -> datetime:
    """How long a list may be contacted from."""
    return _from(question) + timedelta(hours=settings.LIST_VALID_HOURS)


def _from(question: Question) -> datetime:
    """An answer about the past is past; one about the future grows old from when it was given."""
    return min(question.at, question.known_at)


def contacts_of(question: Question, texts: Sequence[str]) -> Spellings:
    """What is shown and what is compared of each, in order; None where the channel can't use it."""
    kind = question.contact_kind
    if kind == ContactKind.POSTAL:
        texts = ["" if _is_dialled_or_mailed(text) else text for text in texts]
    return normalise_all(kind, texts)


def _is_dialled_or_mailed(value: str) -> bool:
    """A postal address is any text but a number or an e-mail address."""
    kind = ContactKind.EMAIL if "@" in value else ContactKind.PHONE
    try:
        normalise(kind, value)
    except Unusable:
        return False
    return True


def _columns(built: Statement) -> str:
    consent = (
        built.of_consent("st.event_id", "bigint"),
        built.of_consent("j.wording_id", "bigint"),
        built.of_consent("CAST(st.since AS text)", "text"),
        built.of_consent("CAST(e.uuid AS text)", "text"),
        built.of_consent("s.slug", "text"),
    )
    company = "CASE WHEN d.kind = 'company' THEN 1 ELSE 0 END"
    return ", ".join(
        (built.mask(), "COALESCE(stops.uninformed, 0)", company, "p.id", *consent),
    )


def _verdict(
    question: Question,
    mask: int,
    uninformed: int,
    company: int,
    point_id: int | None,
    event_id: int | None,
    wording_id: int | None,
    since: str | None,
    event: str | None,
    source: str | None,
) -> Verdict:
    reasons = (*question.reasons, *reasons_in(mask))
    obligations = () if reasons else obligations_of(question, uninformed=bool(uninformed))
    return Verdict(
        reasons,
        obligations,
        point_id,
        event_id,
        wording_id,
        aware(since),
        UUID(event) if event else None,
        source or "",
        bool(company),
        bool(uninformed),
    )


def obligations_of(question: Question, *, uninformed: bool) -> tuple[str, ...]:
    first = ("give_art14_notice",) if uninformed else ()
    return (*first, *question.obligations)


def aware(value: Any) -> datetime | None:
    """An instant as raw SQL gives it, or its text: in UTC, whether or not it says so."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment else None
