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
    """The list that answers ``question``; ``rows`` tells how many it held, once it is written."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.rows = 0

    def chunks(self, format_: str, *, bom: bool = False) -> Iterator[bytes]:
        """The file in pieces; ``bom`` makes spreadsheets read a CSV as UTF-8."""
        if format_ == "xlsx":
            return self._xlsx()
        return chain([BOM] if bom else [], self._csv())

    # CSV -----------------------------------------------------------------------------------------

    def _csv(self) -> Iterator[bytes]:
        yield _lines([COLUMNS])
        if self.question.reasons():
            return
        if is_postgresql():
            yield from _joined(self._copied())
        else:
            yield from self._written()

    def _copied(self) -> Iterator[bytes]:
        with connection.cursor() as cursor, transaction.atomic():
            # Large joins: compiling them costs more than it saves, spilling them to disk too.
            cursor.execute("SET LOCAL jit = off")
            cursor.execute("SET LOCAL work_mem = '64MB'")
            sql, params = list_sql(self.question, is_guarded=True)
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params) as copy:
                for row in copy:
                    self.rows += 1
                    yield bytes(row)

    def _written(self) -> Iterator[bytes]:
        rows = self._read()
        while batch := list(islice(rows, 500)):
            yield _lines(tuple(guarded(cell) for cell in row) for row in batch)

    def _read(self) -> Iterator[tuple[str, ...]]:
        """The rows as text, counted as they are read."""
        sql, params = list_sql(self.question, is_guarded=False)
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, params)
            while batch := cursor.fetchmany(2000):
                self.rows += len(batch)
                yield from (tuple("" if c is None else str(c) for c in row) for row in batch)

    # XLSX ----------------------------------------------------------------------------------------

    def _xlsx(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            self._fill(file)
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk

    def _fill(self, file: Any) -> None:
        options = {"constant_memory": True, "strings_to_urls": False}
        rows = iter(()) if self.question.reasons() else self._read()
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


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of a row each, put together to chunks that are worth sending."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


# The statement -----------------------------------------------------------------------------------


def list_sql(question: Question, *, is_guarded: bool) -> Sql:
    """The rows of the list, every cell as text, in the order in which the contacts were added."""
    built = statement(question)
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
    columns = ", ".join(
        (
            guard("p.value"),
            "CAST(%s AS text)",
            "CAST(%s AS text)",
            "CAST(%s AS text)",
            _dashed("d.uuid"),
            f"NULLIF({guard('d.external_id')}, '')",
            f"NULLIF({guard(NAME)}, '')",
            "CAST(%s AS text)",
            built.of_consent(_iso("st.since")),
            built.of_consent("j.version"),
            built.of_consent(guard("s.slug")),
            _obligations(question),
            "CAST(%s AS text)",
            "CAST(%s AS text)",
        )
    )
    return built.select(columns, where=built.allowed(), tail="ORDER BY p.id", params=params)


NAME = "COALESCE(NULLIF(TRIM(d.first_name || ' ' || d.last_name), ''), d.company_name)"


def _obligations(question: Question) -> str:
    informed, uninformed = (
        " ".join(obligations_of(question, uninformed=flag)) for flag in (False, True)
    )
    cell = f"CASE WHEN COALESCE(origin.uninformed, 0) = 1 THEN '{uninformed}' ELSE '{informed}' END"
    return f"NULLIF({cell}, '')"


def iso(moment: datetime) -> str:
    """An instant as the files write it: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat()


# Dialects ----------------------------------------------------------------------------------------


def _guarded(expression: str) -> str:
    """The guard of a cell, spared to what plainly needs none: letters, digits, Polish numbers."""
    plain = f"{expression} ~ '^([A-Za-z0-9]|[+]48[0-9]*$)'"
    return f"CASE WHEN {plain} THEN {expression} ELSE {guarded_sql(expression)} END"


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
