"""Recall: who on a list may no longer be contacted, judged now.

By the contact points that were on it: one that was retired since is recalled too, even where the
number lives on with somebody else. A purpose that closed recalls everybody.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import connection

from audit import access
from audit.cells import guarded
from audit.choices import AccessAction
from audit.days import midnight
from audit.models import AccessEvent
from audit.text import iso
from screening.export import BOM
from screening.manifests import subject_of
from screening.members import ids
from screening.models import ContactList
from screening.question import Question, ask
from screening.reasons import CODES, reasons_in
from screening.since import Stops
from screening.sql import Sql, statement
from screening.verdict import aware, tally

COLUMNS = ("contact_point", "subject_ref", "external_id", "reasons", "since")
# Contacts judged by one statement, and rows written at a time.
AT_ONCE, LINES = 200_000, 1000


@dataclass(frozen=True)
class Recalled:
    """One who must come off a list; ``since`` is the earliest instant that the register dates.

    None where the reason has no date of its own, such as a wording that was found defective.
    """

    point_id: int
    contact_point: str
    subject_ref: str
    external_id: str
    reasons: tuple[str, ...]
    since: datetime | None


class Recall:
    """The members of ``contact_list`` against the registers of the present moment.

    Raises Unanswerable where no channel rule is in force any more.
    """

    def __init__(self, contact_list: ContactList) -> None:
        self.contact_list = contact_list
        # By its key, so that what the purpose says now is read anew.
        self.question = ask(
            contact_list.purpose.slug,
            contact_list.channel,
            tool=contact_list.tool.slug if contact_list.tool else None,
        )

    def tally(self) -> dict[str, int]:
        """How many must come off, by the first reason, in the order of reasons."""
        counts: Counter[str] = Counter()
        for batch in _batches(ids(self.contact_list)):
            counts.update(tally(self.question, ids=batch))
        return {code: counts[code] for code in CODES if counts[code]}

    def __iter__(self) -> Iterator[Recalled]:
        """Those who must come off, in the order in which the contacts were added."""
        return self.among(ids(self.contact_list))

    def among(self, points: Iterable[int]) -> Iterator[Recalled]:
        """Those who must come off of ``points``, which are ids of members, in their order."""
        for batch in _batches(points):
            rows = iter(_denied(self.question, batch))
            while lines := list(islice(rows, LINES)):
                stops = Stops(self.question, lines)
                yield from (_recalled(self.question, row, stops) for row in lines)


def _batches(points: Iterable[int]) -> Iterator[list[int]]:
    members = iter(points)
    while batch := list(islice(members, AT_ONCE)):
        yield batch


# Judged ------------------------------------------------------------------------------------------

COLUMN_SQL = (
    "asked.id, {mask} AS mask, c.value, s2.uuid, s2.external_id, c.subject_id, c.hmac, "
    "c.retired_at, d.minor_since, {since} AS since, {until} AS until"
)
# Whoever is no live contact point any more has a row all the same.
WHOLE = (
    " LEFT JOIN consents_contactpoint c ON c.id = asked.id"
    " LEFT JOIN consents_datasubject s2 ON s2.id = c.subject_id"
)
FIELDS = (
    "id",
    "mask",
    "value",
    "uuid",
    "external_id",
    "subject_id",
    "hmac",
    "retired_at",
    "minor_since",
    "since",
    "until",
)


def _denied(question: Question, batch: list[int]) -> Iterator[SimpleNamespace]:
    sql, params = _sql(question, batch)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(2000):
            yield from (SimpleNamespace(**dict(zip(FIELDS, row, strict=True))) for row in rows)


def _sql(question: Question, batch: list[int]) -> Sql:
    built = statement(question, ids=batch)
    of_state = {"since": "st.since", "until": "st.valid_until"} if built.needed else {}
    columns = COLUMN_SQL.format(mask=built.mask(), **{"since": "NULL", "until": "NULL", **of_state})
    whole = replace(built, source=built.source + WHOLE)
    denied = "" if question.reasons else f"({built.mask()}) <> 0"
    return whole.select(columns, where=denied, tail="ORDER BY asked.id")


def _recalled(question: Question, row: Any, stops: Stops) -> Recalled:
    reasons = (*question.reasons, *reasons_in(row.mask))
    dated = [moment for moment in _since(question, row, reasons, stops) if moment]
    return Recalled(
        point_id=row.id,
        contact_point=row.value or "",
        subject_ref=str(UUID(str(row.uuid))) if row.uuid else "",
        external_id=row.external_id or "",
        reasons=reasons,
        since=min(dated, default=None),
    )


def _since(
    question: Question, row: Any, reasons: tuple[str, ...], stops: Stops
) -> Iterator[datetime | None]:
    own = {
        "purpose_inactive": question.purpose.active_until,
        "unknown_contact": aware(row.retired_at),
        "minor": _began(row.minor_since),
        "refused": aware(row.since),
        "withdrawn": aware(row.since),
        "expired": aware(row.until),
    }
    for code in reasons:
        yield own.get(code) or stops.since(row, code)


def _began(day: date | str | None) -> datetime | None:
    """The first instant of a local day, which SQLite gives as text."""
    if not day:
        return None
    return midnight(date.fromisoformat(day) if isinstance(day, str) else day)


# As a file ---------------------------------------------------------------------------------------


class RecallFile:
    """A recall as CSV; ``rows`` and ``reasons`` tell what it named, once it is written.

    Raises Unanswerable as ``Recall`` does.
    """

    def __init__(self, contact_list: ContactList) -> None:
        self.recall, self.rows = Recall(contact_list), 0
        self.reasons: Counter[str] = Counter()

    def chunks(self, *, bom: bool = False) -> Iterator[bytes]:
        """The file in pieces; ``bom`` makes spreadsheets read it as UTF-8."""
        yield (BOM if bom else b"") + _line(COLUMNS)
        recalled = iter(self.recall)
        while batch := list(islice(recalled, LINES)):
            self.rows += len(batch)
            self.reasons.update(each.reasons[0] for each in batch)
            yield b"".join(_line(_cells(each)) for each in batch)


def opened(file: RecallFile) -> AccessEvent:
    """Record that a recall is about to leave; ``list`` tells it from the list itself."""
    question = file.recall.question
    return access.opened(
        AccessAction.LIST,
        subject_of(question),
        filters={
            "list": str(file.recall.contact_list.uuid),
            "recall": True,
            "purpose": question.purpose.slug,
            "channel": question.channel,
            "as_of": iso(question.at),
        },
        columns=COLUMNS,
    )


def _cells(recalled: Recalled) -> tuple[str, ...]:
    return (
        recalled.contact_point,
        recalled.subject_ref,
        recalled.external_id,
        " ".join(recalled.reasons),
        iso(recalled.since) if recalled.since else "",
    )


def _line(cells: tuple[str, ...]) -> bytes:
    lines: list[str] = []
    csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n").writerow(
        guarded(cell) for cell in cells
    )
    return (lines[0][:-2] + "\n").encode()
