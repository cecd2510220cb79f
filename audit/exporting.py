"""Registers as files, row by row: flat in memory, whatever their length."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import xlsxwriter

from audit import cells
from audit.jobs import Failed
from audit.resources import write_cell

CHUNK = 64 * 1024  # bytes
LINES = 500
SHEET_ROWS = 1_048_575  # what fits on a sheet under its header
Row = Sequence[Any]


def csv_chunks(headers: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """CSV whose cells no spreadsheet calculates, as ``audit.resources.GuardedCSV`` writes it."""
    lines = chain([headers], rows)
    while batch := list(islice(lines, LINES)):
        out = io.StringIO()
        csv.writer(out).writerows([cells.guarded(_text(value)) for value in row] for row in batch)
        yield out.getvalue().encode()


def xlsx_chunks(headers: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """XLSX of strings alone, with another sheet where one is full. Nothing leaves before the end.

    Raises Failed, which names the column, where a text is too long for a cell.
    """
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            left = iter(rows)
            _sheet(book, headers, left)
            while (row := next(left, None)) is not None:
                _sheet(book, headers, chain([row], left))
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _sheet(book: Any, headers: Row, rows: Iterator[Row]) -> None:
    sheet = book.add_worksheet()
    for number, row in enumerate(chain([headers], islice(rows, SHEET_ROWS))):
        for column, value in enumerate(row):
            try:
                write_cell(sheet, number, column, value)
            except ValueError as error:
                raise Failed(f"{headers[column]}: {error}") from error


def _text(value: Any) -> str:
    return "" if value is None else str(value)
