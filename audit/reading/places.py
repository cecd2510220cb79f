"""Every record of a table in its place, blank ones too, millions of them at little cost.

For lists whose order is their owner's: nothing is dropped, and nothing is said of a single row.
What exceeds settings.IMPORT_LIMITS is Refused.
"""

import csv
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, islice
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from audit.reading.errors import Refused
from audit.reading.spreadsheets import every_sheet_row
from audit.reading.tables import Member, opened_text

Rows = list[list[str]]
# Records that are read at once, and characters of lines that are.
STRIDE, HINT = 500, 1 << 18
# A record of its own after the last one: within it, a quote was never closed.
END = "\0end of the file\0"


def strides(member: Member, *, encoding: str = "", delimiter: str = "") -> Iterator[Rows]:
    """The records, up to ``STRIDE`` at once. Close the iterator when leaving it early."""
    if member.spreadsheet:
        return _of_sheet(member.path)
    return _of_text(member, encoding, delimiter)


def line_count(member: Member) -> int:
    """Lines of the text, or 0 for a spreadsheet: at least as many as there are records.

    Refused where a line is longer than a row may be: reading it would need it in memory.
    """
    if member.spreadsheet:
        return 0
    count, limit = 0, settings.IMPORT_LIMITS["row_bytes"]
    with member.opened() as file:
        while chunk := file.read(limit):
            ends = chunk.count(b"\n") or chunk.count(b"\r")
            if not ends and len(chunk) == limit:
                raise _too_long(count + 1)
            count += ends
    return count


def _of_sheet(path: str) -> Iterator[Rows]:
    with closing(every_sheet_row(path)) as rows:
        while stride := list(islice(rows, STRIDE)):
            yield stride


def _of_text(member: Member, encoding: str, delimiter: str) -> Iterator[Rows]:
    line_count(member)
    with opened_text(member, encoding, delimiter) as (text, dialect):
        lines = _Lines(text)
        records = csv.reader(chain(lines, [END]), delimiter=dialect.delimiter)
        try:
            if dialect.is_declared:
                next(records)
            yield from _read(records, lines)
        except csv.Error as error:
            line = records.line_num
            raise Refused(_("Line {line} can't be read as CSV.").format(line=line)) from error


def _read(records: Iterator[list[str]], lines: "_Lines") -> Iterator[Rows]:
    last: list[str] = []
    while stride := list(islice(records, STRIDE)):
        lines.since = 0
        last = stride[-1]
        if last and last[-1].endswith(END):
            stride.pop()
        if max(map(len, stride), default=0) > settings.IMPORT_LIMITS["columns"]:
            raise Refused(_("The file has too many columns."))
        yield stride
    if last != [END]:
        raise Refused(_("The file ends within quotes: a quote is never closed."))


class _Lines:
    """The lines of a text; Refused where those of one stride are more than rows may hold."""

    def __init__(self, text: IO[str]) -> None:
        self.text, self.since, self.number = text, 0, 0

    def __iter__(self) -> Iterator[str]:
        most = STRIDE * settings.IMPORT_LIMITS["row_bytes"]
        while batch := self.text.readlines(HINT):
            self.since += sum(map(len, batch))
            if self.since > most:
                raise _too_long(self.number)
            self.number += len(batch)
            yield from batch


def _too_long(line: int) -> Refused:
    text = _("Line {line} begins a row of more than {limit} KiB: is a quote never closed?")
    limit = settings.IMPORT_LIMITS["row_bytes"] // 1024
    return Refused(text.format(line=line, limit=limit))
