"""A consent list as a file: whom one purpose may contact on one channel, and nobody else.

Flat in memory whatever its length: PostgreSQL writes the file itself (COPY), SQLite is read row by
row. Every cell that a spreadsheet could calculate is guarded (security.md 27).
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from types import SimpleNamespace
from typing import Any

import xlsxwriter
from django.db import connection, transaction

from audit.cells import guarded, guarded_sql
from audit.sql import is_postgresql
from processing.choices import ContactKind
from screening.members import Members
from screening.narrowing import Narrowing
from screening.question import Question
from screening.sql import Sql, statement
from screening.verdict import list_valid_until, obligations_of

COLUMNS = (
    "contact_point",
    "channel",
    "purpose",
    "controller",
    "subject_ref",
    "external_id",
    "name",
    "basis",
    "since",
    "wording_version",
    "source",
    "obligations",
    "as_of",
    "valid_until",
)
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
CHUNK = 64 * 1024
# For one large read: no time spent on compiling it or on spilling it to disk, and the few people
# against whom something stands found by index, so that all processes join and write in parallel.
READING = {"jit": "off", "work_mem": "'128MB'", "random_page_cost": "1.1"}
# What fits on a sheet under its header.
SHEET_ROWS = 1_048_575
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Export:
    """The list that answers ``question``, narrowed if asked for.

    ``rows`` tells how many it held, once it is written; ``members`` gets the ids of their contact
    points (by ``add``).
    """

    def __init__(
        self,
        question: Question,
        narrowing: Narrowing | None = None,
        members: Members | None = None,
    ) -> None:
        self.question = question
        self.narrowing = narrowing or Narrowing()
        self.members = members
        self.rows = 0

    def chunks(self, format_: str, *, bom: bool = False) -> Iterator[bytes]:
        """The file in pieces; ``bom`` makes spreadsheets read a CSV as UTF-8."""
        if format_ == "xlsx":
            return self._xlsx()
        return chain([BOM] if bom else [], self._csv())

    # CSV -----------------------------------------------------------------------------------------

    def _csv(self) -> Iterator[bytes]:
        yield _lines([COLUMNS])
        if self.question.reasons:
            return
        if is_postgresql():
            yield from self._copied()
        else:
            yield from self._written()

    def _copied(self) -> Iterator[bytes]:
        with connection.cursor() as cursor, transaction.atomic():
            for name, value in READING.items():
                cursor.execute(f"SET LOCAL {name} = {value}")
            sql, params = list_sql(self.question, self.narrowing, is_guarded=True)
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params) as copy:
                yield from _joined(self._told(copy))
            self.rows = cursor.rowcount

    def _told(self, lines: Iterable[Any]) -> Iterator[bytes]:
        """The lines without the id that each begins with."""
        lines = iter(lines)
        while batch := [bytes(line).partition(b",") for line in islice(lines, 2000)]:
            self.rows += len(batch)
            self._add(int(head) for head, _comma, _line in batch)
            yield from (line for _head, _comma, line in batch)

    def _add(self, ids: Iterable[int]) -> None:
        if self.members is not None:
            self.members.add(ids)

    def _written(self) -> Iterator[bytes]:
        rows = self._read()
        while batch := list(islice(rows, 500)):
            yield _lines(tuple(guarded(cell) for cell in row) for row in batch)

    def _read(self) -> Iterator[tuple[str, ...]]:
        """The rows as text, counted as they are read."""
        sql, params = list_sql(self.question, self.narrowing, is_guarded=False)
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, params)
            while batch := cursor.fetchmany(2000):
                self.rows += len(batch)
                self._add(row[0] for row in batch)
                yield from (tuple("" if c is None else str(c) for c in row[1:]) for row in batch)

    # XLSX ----------------------------------------------------------------------------------------

    def _xlsx(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            self._fill(file)
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk

    def _fill(self, file: Any) -> None:
        options = {"constant_memory": True, "strings_to_urls": False}
        rows = iter(()) if self.question.reasons else self._read()
        with xlsxwriter.Workbook(file, options) as workbook:
            bold = workbook.add_format({"bold": True})
            _sheet(workbook, bold, rows)
            while next_row := next(rows, None):
                _sheet(workbook, bold, chain([next_row], rows))


def _sheet(workbook: Any, bold: Any, rows: Iterator[tuple[str, ...]]) -> None:
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(islice(rows, SHEET_ROWS), start=1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(number, column, cell)


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    lines: list[str] = []
    # The writer quotes a carriage return only if its own lines end with one; COPY's do not.
    csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n").writerows(rows)
    return "".join(line[:-2] + "\n" for line in lines).encode()


def _joined(rows: Iterable[Any]) -> Iterator[bytes]:
    """Rows that come one by one, put together to chunks that are worth sending."""
    held = bytearray()
    for row in rows:
        held += row
        if len(held) >= CHUNK:
            yield bytes(held)
            held.clear()
    yield bytes(held)


# The statement -----------------------------------------------------------------------------------


def list_sql(question: Question, narrowing: Narrowing, *, is_guarded: bool) -> Sql:
    """The rows of the list: the contact's id, then its cells as text, in the order of the ids."""
    built = statement(question)
    narrowed, narrowing_params = narrowing.condition(question, built)
    guard = _guarded if is_guarded else str
    text = guarded if is_guarded else str
    params = [
        question.channel,
        text(question.purpose.slug),
        text(question.purpose.activity.controller.slug),
        question.purpose.basis,
        iso(question.at),
        iso(list_valid_until(question)),
    ]
    contact = _guarded_phone if is_guarded and _is_phoned(question) else guard
    written = (
        "n",
        f"{contact('contact_point')} AS contact_point",
        f"{_dashed('subject_ref')} AS subject_ref",
        f"NULLIF({guard('external_id')}, '') AS external_id",
        f"NULLIF({guard('name')}, '') AS name",
        f"{_iso('since')} AS since",
        "version",
        f"{guard('source')} AS source",
        f"{_obligations(question)} AS obligations",
    )
    bare = ", ".join((*BARE, *(f"{built.of_consent(e)} AS {name}" for name, e in BASIS.items())))
    where = f"{built.allowed()} AND {narrowed}" if narrowing else built.allowed()
    rows, bound = built.select(bare, where=where, params=narrowing_params)
    # What is the same in every row is put in last: what is sorted stays small.
    listed = f"SELECT {', '.join(written)} FROM ({rows}) bare ORDER BY n"  # noqa: S608
    return f"SELECT {LINE} FROM ({listed}) listed", [*params, *bound]  # noqa: S608 (own names)


SAME = "CAST(%s AS text)"
LINE = (
    f"n, contact_point, {SAME}, {SAME}, {SAME}, subject_ref, external_id, name, {SAME}, "
    f"since, version, source, obligations, {SAME}, {SAME}"
)
BARE = (
    "p.id AS n",
    "p.value AS contact_point",
    "d.uuid AS subject_ref",
    "d.external_id",
    "CASE WHEN d.first_name <> '' AND d.last_name <> '' THEN d.first_name || ' ' || d.last_name "
    "ELSE COALESCE(NULLIF(d.first_name || d.last_name, ''), d.company_name) END AS name",
    "COALESCE(stops.uninformed, 0) AS uninformed",
)
BASIS = {"since": "st.since", "version": "j.version", "source": "s.slug"}


def _obligations(question: Question) -> str:
    informed, uninformed = (
        " ".join(obligations_of(question, uninformed=flag)) for flag in (False, True)
    )
    cell = f"CASE WHEN uninformed = 1 THEN '{uninformed}' ELSE '{informed}' END"
    return f"NULLIF({cell}, '')"


def _is_phoned(question: Question) -> bool:
    return question.contact_kind == ContactKind.PHONE


def iso(moment: datetime) -> str:
    """An instant as the files write it: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat()


# Dialects ----------------------------------------------------------------------------------------


def _guarded(expression: str) -> str:
    """The guard of a cell, spared to what begins with a digit or a Latin letter."""
    first = f"ascii({expression})"
    plain = (
        f"{first} BETWEEN 48 AND 57 OR {first} BETWEEN 65 AND 122 OR {first} BETWEEN 192 AND 591"
    )
    return f"CASE WHEN {plain} THEN {expression} ELSE {guarded_sql(expression)} END"


def _guarded_phone(expression: str) -> str:
    """The guard of a number: E.164 as audit.cells has it, in a way that takes less long."""
    is_e164 = f"length({expression}) BETWEEN 8 AND 16 AND {expression} ~ '^[+][1-9][0-9]*$'"
    return f"CASE WHEN {is_e164} THEN {expression} ELSE {_guarded(expression)} END"


def _dashed(column: str) -> str:
    if is_postgresql():
        return f"CAST({column} AS text)"
    return "||'-'||".join(
        f"substr({column}, {start}, {length})"
        for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    )


def _iso(column: str) -> str:
    """A stored instant as ``iso`` writes it. The connection's own zone is UTC."""
    if is_postgresql():
        return f"replace(CAST({column} AS text), ' ', 'T') || ':00'"
    return f"replace({column}, ' ', 'T') || '+00:00'"
