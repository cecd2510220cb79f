"""A file as rows of text, whatever it was: CSV, spreadsheet, or an archive of CSV files.

Rows are streamed. Limits are settings.IMPORT_LIMITS; what exceeds them is Refused.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from audit.reading.archives import (
    csv_members,
    is_spreadsheet,
    open_archive,
    refuse_document_types,
)
from audit.reading.encodings import ask_for_encoding, known_encoding
from audit.reading.errors import Refused
from audit.reading.rows import RawRow
from audit.reading.spreadsheets import sheet_rows

DELIMITERS = ",;\t|"
_HEAD = 1 << 16


@dataclass(frozen=True)
class Member:
    """One table: a file, or a file within an archive, that can be read again and again."""

    path: str
    name: str
    inside: str = ""
    spreadsheet: bool = False

    def rows(self, *, encoding: str = "", delimiter: str = "") -> Iterator[RawRow]:
        """Every record that is not blank. Close the iterator when leaving it early."""
        if self.spreadsheet:
            return sheet_rows(self.path)
        return _csv_rows(self, encoding, delimiter)

    def first(self, count: int, *, encoding: str = "", delimiter: str = "") -> list[RawRow]:
        with closing(self.rows(encoding=encoding, delimiter=delimiter)) as rows:
            return [row for row, _number in zip(rows, range(count), strict=False)]

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        if not self.inside:
            with open(self.path, "rb") as file:
                yield file
        else:
            with open_archive(self.path) as archive, archive.open(self.inside) as file:
                yield file


def members(path: str | Path, name: str = "") -> list[Member]:
    """The tables of the file at ``path``, which was called ``name``; by content, not by name."""
    path, name = str(path), name or Path(path).name
    with open(path, "rb") as file:
        magic = file.read(8)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_("This is an old or encrypted Excel file. Save it as .xlsx or CSV."))
    if not magic.startswith(b"PK"):
        return [Member(path, name)]
    with open_archive(path) as archive:
        if is_spreadsheet(archive):
            refuse_document_types(archive)
            return [Member(path, name, spreadsheet=True)]
        inside = csv_members(archive)
    if not inside:
        raise Refused(_("The archive holds no CSV file."))
    return [Member(path, PurePosixPath(each).name, inside=each) for each in inside]


class _Lines:
    """The lines of a text, with the size of the record they belong to held in bounds."""

    def __init__(self, text: IO[str], limit: int) -> None:
        self.read, self.limit = text.readline, limit
        self.number, self.size, self.begins, self.ended = 0, 0, 1, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.read(self.limit + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if self.size > self.limit // 4:
            self._measure(line)
        return line

    def _measure(self, line: str) -> None:
        self.size += len(line.encode(errors="replace")) - len(line)
        if self.size > self.limit:
            text = _("Line {line} begins a row of more than {limit} KiB: is a quote never closed?")
            raise Refused(text.format(line=self.begins, limit=self.limit // 1024))

    def record_read(self) -> None:
        self.begins, self.size = self.number + 1, 0


def _csv_rows(member: Member, encoding: str, delimiter: str) -> Iterator[RawRow]:
    with opened_text(member, encoding, delimiter) as (text, dialect):
        lines = _Lines(text, settings.IMPORT_LIMITS["row_bytes"])
        if dialect.is_declared:
            next(lines)
            lines.record_read()
        yield from _read(lines, dialect.delimiter)


class Dialect(NamedTuple):
    """How the records of a text are parted; ``is_declared`` if its first line says so."""

    delimiter: str
    is_declared: bool


@contextmanager
def opened_text(
    member: Member, encoding: str = "", delimiter: str = ""
) -> Iterator[tuple[IO[str], Dialect]]:
    """The text of a table that is no spreadsheet; what can't be decoded is Refused or asked for."""
    given = known_encoding(encoding) if encoding else ""
    codec = "utf-8-sig" if given in ("", "utf-8") else given
    head = _head(member, codec)
    declared = _declared_delimiter(head)
    dialect = Dialect(delimiter or declared or sniffed(head), bool(declared))
    try:
        with member.opened() as file, io.TextIOWrapper(file, encoding=codec, newline="") as text:
            yield text, dialect
    except UnicodeDecodeError as error:
        if given:
            refusal = _("The file is not in {encoding}.").format(encoding=given)
            raise Refused(refusal) from error
        raise ask_for_encoding(error.object[:_HEAD]) from error


def _head(member: Member, codec: str) -> str:
    with member.opened() as file:
        return file.read(_HEAD).decode(codec, "replace")


def _declared_delimiter(head: str) -> str:
    """Excel's own first line, ``sep=;``."""
    first = head[:6].split("\r")[0].split("\n")[0]
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") else ""


def _read(lines: _Lines, delimiter: str) -> Iterator[RawRow]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = lines.begins
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(_("Line {line} can't be read as CSV.").format(line=line)) from error
        lines.record_read()
        if not any(map(str.strip, cells)):
            continue
        # The text ended while a record was being read: a quote was still open.
        yield RawRow(line, cells, "unclosed_quote" if lines.ended else "")


def sniffed(text: str) -> str:
    """The delimiter that gives the first records most cells, and most evenly."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths = [len(cells) for cells, _n in zip(reader, range(20), strict=False) if cells]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] == 1:
        return (0, 0)
    alike = sum(1 for width in widths if width == widths[0])
    return (widths[0] if alike * 2 > len(widths) else 2, alike)
