"""A consent list as a file: whom one purpose may contact on one channel, and nobody else.

Flat in memory whatever its length: PostgreSQL writes the file itself (COPY), SQLite is read row by
row. Every cell that a spreadsheet could calculate is guarded (security.md 27).
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from types import SimpleNamespace
from typing import Any

import xlsxwriter
from django.db import connection

from audit.cells import guarded, guarded_sql
from audit.sql import is_postgresql
from audit.text import iso
from screening.dialect import copied, instant_text, uuid_text
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
        lines = lines_sql(self.question, self.narrowing)
        yield from _joined(self._told(copied(lines, ["bytea", "int8[]"])))

    def _told(self, groups: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
        for lines, ids in groups:
            self.rows += len(ids)
            self._add(ids)
            yield lines

    def _add(self, ids: Iterable[int]) -> None:
        if self.members is not None:
            self.members.add(ids)

    def _written(self) -> Iterator[bytes]:
        rows = self._read()
        while batch := list(islice(rows, 500)):
            yield _lines(tuple(guarded(cell) for cell in row) for row in batch)

    def _read(self) -> Iterator[tuple[str, ...]]:
        """The rows as text, counted as they are read."""
        sql, params = list_sql(self.question, self.narrowing)
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


def list_sql(question: Question, narrowing: Narrowing) -> Sql:
    """The rows of the list: the contact's id, then its cells as text, in the order of the ids."""
    same = _same(question)
    rows, bound = _bare(question, narrowing)
    cells = ", ".join(cell for cell in _cells(question).values())
    sql = f"SELECT n, {cells} FROM ({rows}) bare ORDER BY n"  # noqa: S608 (own names)
    return sql, [*same.values(), *bound]


def lines_sql(question: Question, narrowing: Narrowing) -> Sql:
    """The rows as lines of a CSV file, guarded, some hundred at a time with their ids (PostgreSQL).

    A message for each row takes the client longer than the database needs to find it.
    """
    same = {name: guarded(cell) for name, cell in _same(question).items()}
    rows, bound = _bare(question, narrowing)
    cells = {name: _csv_cell(name, cell) for name, cell in _cells(question).items()}
    line = ", ',', ".join(cells.values())
    listed = f"SELECT n, n >> 9 AS part, concat({line}, E'\\n') AS line FROM ({rows}) bare"  # noqa: S608
    return (
        f"SELECT convert_to(string_agg(line, ''), 'UTF8'), array_agg(n) "  # noqa: S608 (own names)
        f"FROM ({listed} ORDER BY part, n) listed GROUP BY part ORDER BY part",
        [*same.values(), *bound],
    )


def _same(question: Question) -> dict[str, str]:
    """Cells that are the same in every row; they are bound as parameters."""
    return {
        "channel": question.channel,
        "purpose": question.purpose.slug,
        "controller": question.purpose.activity.controller.slug,
        "basis": question.purpose.basis,
        "as_of": iso(question.at),
        "valid_until": iso(list_valid_until(question)),
    }


def _cells(question: Question) -> dict[str, str]:
    """By column, an expression over the bare rows."""
    made = {
        "subject_ref": uuid_text("subject_ref"),
        "since": instant_text("since"),
        "wording_version": "version",
        "obligations": _obligations(question),
        **dict.fromkeys(_same(question), "CAST(%s AS text)"),
    }
    return {column: made.get(column, column) for column in COLUMNS}


def _bare(question: Question, narrowing: Narrowing) -> Sql:
    built = statement(question)
    narrowed, params = narrowing.condition(question, built)
    bare = ", ".join((*BARE, *(f"{built.of_consent(e)} AS {name}" for name, e in BASIS.items())))
    where = f"{built.allowed()} AND {narrowed}" if narrowing else built.allowed()
    return built.select(bare, where=where, params=params)


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
    return f"CASE WHEN uninformed = 1 THEN '{uninformed}' ELSE '{informed}' END"


# Dialects ----------------------------------------------------------------------------------------


# What people and files brought in; the rest is made of slugs, codes and moments of ours.
TYPED = ("contact_point", "external_id", "name")
QUOTABLE = ("'\"'", "','", "E'\\n'", "E'\\r'")


def _csv_cell(column: str, cell: str) -> str:
    """A cell as a line of a CSV file holds it: guarded, and quoted where it must be."""
    if column not in TYPED:
        return cell
    is_plain = " AND ".join(f"strpos({cell}, {character}) = 0" for character in QUOTABLE)
    safe = _guarded(cell)
    quoted = f"""'"' || replace({safe}, '"', '""') || '"'"""
    return f"CASE WHEN {is_plain} THEN {safe} ELSE {quoted} END"


def _guarded(cell: str) -> str:
    """The guard of a cell, spared to numbers and to what begins with a digit or a Latin letter."""
    first = f"ascii({cell})"
    plain = (
        f"{first} BETWEEN 48 AND 57 OR {first} BETWEEN 65 AND 122 OR {first} BETWEEN 192 AND 591 "
        f"OR length({cell}) BETWEEN 8 AND 16 AND {cell} ~ '^[+][1-9][0-9]*$'"
    )
    return f"CASE WHEN {plain} THEN {cell} ELSE {guarded_sql(cell)} END"
