"""The verdict: may these contacts be contacted for a purpose on a channel at a moment?

One implementation, set-based; a single check is a batch of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from consents.contacts import Unusable, normalise
from screening.narrowing import Narrowing
from screening.question import Question
from screening.reasons import CODES, reasons_in
from screening.sql import Statement, statement


@dataclass(frozen=True)
class Verdict:
    """The answer about one contact. Keys are row keys; None where nothing is known or needed."""

    reasons: tuple[str, ...]
    obligations: tuple[str, ...] = ()
    point_id: int | None = None
    event_id: int | None = None
    wording_id: int | None = None
    since: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        return not self.reasons


def judge(question: Question, values: Iterable[str]) -> list[Verdict]:
    """A verdict on each of ``values``, in any spelling, in their order."""
    keys = [_key(question, value) for value in values]
    built = statement(question, keys)
    sql, params = built.select(_columns(built), tail="ORDER BY asked.n")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [_verdict(question, *row) for row in cursor.fetchall()]


def judge_one(question: Question, value: str) -> Verdict:
    return judge(question, [value])[0]


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


def _key(question: Question, value: str) -> str | None:
    try:
        return normalise(question.contact_kind, value).key
    except Unusable:
        return None


def _columns(built: Statement) -> str:
    consent = ", ".join(map(built.of_consent, ("st.event_id", "j.wording_id", "st.since")))
    return f"{built.mask()}, COALESCE(stops.uninformed, 0), p.id, {consent}"


def _verdict(
    question: Question,
    mask: int,
    uninformed: int,
    point_id: int | None,
    event_id: int | None,
    wording_id: int | None,
    since: Any,
) -> Verdict:
    reasons = (*question.reasons, *reasons_in(mask))
    obligations = () if reasons else obligations_of(question, uninformed=bool(uninformed))
    return Verdict(reasons, obligations, point_id, event_id, wording_id, aware(since))


def obligations_of(question: Question, *, uninformed: bool) -> tuple[str, ...]:
    first = ("give_art14_notice",) if uninformed else ()
    return (*first, *question.obligations)


def aware(value: Any) -> datetime | None:
    """An instant as raw SQL gives it: SQLite answers with the stored text, in UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment else None
