"""Several registers in one workbook, a sheet each: out as they stand, in as a whole or not at all.

What goes out reads back as it was. The sheets come in in the order in which they build on each
other, whatever their order in the file, in one transaction and as one entry of the trail.
"""

import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.act import acting, new_batch
from audit.choices import Way
from audit.incoming import MOST_CHARACTERS, MOST_ROWS, Rows
from audit.preview import Preview
from audit.reading.errors import Refused, nearest
from audit.reading.rows import RawRow
from audit.reading.spreadsheets import book_rows
from audit.resources import AuditedResource, write_cell

ZIP = b"PK\x03\x04"
# The sheet that says what a workbook is, where it isn't the register as it stands.
COVER = "as_of"
LONGEST_HEADER = 250  # characters, less than Excel's 255


@dataclass(frozen=True)
class Sheet:
    """One register in a book, by the ``name`` of its sheet."""

    name: str
    resource: type[AuditedResource]

    @property
    def label(self) -> str:
        """The register as screens call it."""
        return str(self.resource._meta.model._meta.verbose_name_plural)


@dataclass(frozen=True)
class SheetPreview:
    """What one sheet would change."""

    sheet: Sheet
    preview: Preview


class BookPreview:
    """What a book would change, sheet by sheet."""

    def __init__(self, sheets: list[SheetPreview]) -> None:
        self.sheets = sheets

    @property
    def new(self) -> int:
        return sum(each.preview.new for each in self.sheets)

    @property
    def changed(self) -> int:
        return sum(each.preview.changed for each in self.sheets)

    @property
    def unchanged(self) -> int:
        return sum(each.preview.unchanged for each in self.sheets)

    @property
    def is_clean(self) -> bool:
        return all(each.preview.is_clean for each in self.sheets)

    @cached_property
    def digest(self) -> str:
        """What the person saw: a confirmation that would do anything else is refused."""
        return " ".join(f"{each.sheet.name}:{each.preview.digest}" for each in self.sheets)


def write(
    sheets: Sequence[tuple[Sheet, QuerySet]], *, told: Sequence[str] = ()
) -> tuple[bytes, int]:
    """A workbook of strings alone, and how many rows it holds. ValueError for an overlong text.

    What has to be ``told`` about it stands on a first sheet and at the head of each printed page;
    such a workbook does not come back in.
    """
    out, rows = io.BytesIO(), 0
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        if told:
            _write_cover(book, told, bold)
        for sheet, records in sheets:
            table = sheet.resource().export(records)
            page = book.add_worksheet(sheet.name)
            page.set_header(_header(told))
            page.freeze_panes(1, 0)
            page.set_column(0, len(table.headers) - 1, 24)
            page.set_row(0, None, bold)
            for number, row in enumerate([table.headers, *table]):
                for column, value in enumerate(row):
                    write_cell(page, number, column, value)
            rows += len(table)
    return out.getvalue(), rows


def _write_cover(book: Any, told: Sequence[str], bold: Any) -> None:
    book.set_properties({"title": told[0], "comments": " ".join(told[1:])})
    page = book.add_worksheet(COVER)
    page.set_column(0, 0, 90)
    page.set_row(0, None, bold)
    for number, text in enumerate(told):
        write_cell(page, number, 0, text)


def _header(told: Sequence[str]) -> str:
    """Of a printed page; an ampersand of ours is none of Excel's codes."""
    text = " · ".join(filter(None, told)).replace("&", "&&")
    return f"&L{text[:LONGEST_HEADER]}" if told else ""


def read(content: bytes, sheets: Sequence[Sheet]) -> dict[str, Rows]:
    """The tables of an XLSX by the names of their sheets. Refused with the reason."""
    if not content.startswith(ZIP):
        raise Refused(_("This is no XLSX workbook. Begin with an export of this record."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(content)
        with closing(book_rows(str(path))) as rows:
            return _tables(rows, [sheet.name for sheet in sheets])


def _tables(rows: Iterator[tuple[str, RawRow]], known: list[str]) -> dict[str, Rows]:
    tables: dict[str, Rows] = {}
    for name, row in _within_limits(rows):
        if not any(map(str.strip, row.cells)):
            continue
        if name == COVER:
            raise Refused(_("This workbook is of the past, to read alone: import one of today."))
        if name not in known:
            text = _("The record has no sheet {name}.")
            raise Refused(text.format(name=nearest(name, known)))
        if name in tables:
            _append(tables[name], name, row)
        else:
            tables[name] = _begun(row)
    if not tables:
        raise Refused(_("The file is empty."))
    return tables


def _begun(header: RawRow) -> Rows:
    names = [cell.strip() for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    table = Rows(headers=names)
    table.lines = []
    return table


def _append(table: Rows, name: str, row: RawRow) -> None:
    width = len(table.headers)
    if "".join(row.cells[width:]).strip():
        text = _("Sheet “{sheet}”, row {line}: there is a cell outside of the columns.")
        raise Refused(text.format(sheet=name, line=row.line))
    table.append([*row.cells[:width], *[""] * (width - len(row.cells))])
    table.lines.append(row.line)


def _within_limits(rows: Iterator[tuple[str, RawRow]]) -> Iterator[tuple[str, RawRow]]:
    size = 0
    for number, (name, row) in enumerate(rows):
        size += sum(map(len, row.cells))
        if number > MOST_ROWS or size > MOST_CHARACTERS:
            raise Refused(_("This is more than a register can hold. Split the file."))
        yield name, row


def previewed(content: bytes, sheets: Sequence[Sheet]) -> BookPreview:
    """What the workbook would change; nothing is kept. Refused with the reason."""
    tables = read(content, sheets)
    with transaction.atomic():
        preview = _imported(tables, sheets)
        transaction.set_rollback(True)
    return preview


def confirmed(content: bytes, sheets: Sequence[Sheet], *, seen: str) -> bool:
    """Keep what the preview with the digest ``seen`` showed; False, and nothing kept, if not that.

    One batch. Raises Refused with the reason.
    """
    tables = read(content, sheets)
    with transaction.atomic():
        preview = _imported(tables, sheets)
        same = preview.is_clean and preview.digest == seen
        transaction.set_rollback(not same)
    return same


def _imported(tables: dict[str, Rows], sheets: Sequence[Sheet]) -> BookPreview:
    with acting(way=Way.IMPORT, batch=new_batch()):
        done = [_sheet(each, tables[each.name]) for each in sheets if each.name in tables]
    return BookPreview(done)


def _sheet(sheet: Sheet, table: Rows) -> SheetPreview:
    preview = sheet.resource().import_data(table, dry_run=False, raise_errors=False).preview
    # Read while the rows still stand: names of records that are new come from the database.
    preview.rows  # noqa: B018 (kept by cached_property)
    return SheetPreview(sheet, preview)
