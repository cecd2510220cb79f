"""A register's file as it comes in: CSV or XLSX, known by its content, read within limits.

Spreadsheets are read by a process of their own (security.md 28). Registers are small: what would
be large is refused before it is held in memory.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import tablib
from django.utils.translation import gettext as _
from import_export.formats import base_formats

from audit import cells
from audit.reading.errors import EncodingNeeded, Refused
from audit.reading.rows import RawRow
from audit.reading.tables import Member, members

MOST_ROWS = 20_000
MOST_CHARACTERS = 16_000_000


class Rows(tablib.Dataset):
    """A table with the line of the file, or the row of the sheet, where each of its rows begins."""

    lines: list[int]


class RegisterFile(base_formats.Format):
    """CSV or XLSX, whichever it is: nobody has to say."""

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return "CSV, XLSX"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes, **options: Any) -> Rows:
        """Rows of text under the header; Refused with the reason."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table"
            path.write_bytes(in_stream)
            return _table(_only(members(path)))


def _only(found: list[Member]) -> Member:
    if len(found) != 1:
        raise Refused(_("The archive holds more than one file. Upload the one to import."))
    return found[0]


def _table(member: Member) -> Rows:
    try:
        with closing(_within_limits(member)) as rows:
            header = next(rows, None)
            if header is None:
                raise Refused(_("The file is empty."))
            return _filled(_names(header), rows, guarded=not member.spreadsheet)
    except EncodingNeeded as error:
        raise Refused(_("The file is not UTF-8. Save it as XLSX or as CSV UTF-8.")) from error


def _filled(names: list[str], rows: Iterator[RawRow], *, guarded: bool) -> Rows:
    table = Rows(headers=names)
    table.lines = []
    for row in rows:
        values = _even(row, len(names))
        # In a spreadsheet an apostrophe is the text's own: no guard was ever put before it.
        table.append([cells.unguarded(value) for value in values] if guarded else values)
        table.lines.append(row.line)
    return table


def _names(header: RawRow) -> list[str]:
    names = [cell.strip() for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    return names


def _even(row: RawRow, width: int) -> list[str]:
    beyond = "".join(row.cells[width:]).strip()
    if row.fault or beyond or len(row.cells) < width:
        text = _("Row {line} does not fit the header. Check delimiters and quotes in it.")
        raise Refused(text.format(line=row.line))
    return row.cells[:width]


def _within_limits(member: Member) -> Iterator[RawRow]:
    size = 0
    with closing(member.rows()) as rows:
        for number, row in enumerate(rows):
            size += sum(map(len, row.cells))
            if number > MOST_ROWS or size > MOST_CHARACTERS:
                raise Refused(_("This is more than a register can hold. Split the file."))
            yield row
