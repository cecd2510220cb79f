"""Spreadsheets, read by a process of their own (``sheet_child``) within settings.IMPORT_LIMITS."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from audit.reading import sheet_child
from audit.reading.errors import Refused
from audit.reading.rows import RawRow


def sheet_rows(path: str) -> Iterator[RawRow]:
    """The rows of the one sheet that holds any, without blank ones, as they are read."""
    for line, cells in enumerate(_said(path, sheet_child.ONLY), 1):
        if any(map(str.strip, cells)):
            yield RawRow(line, cells)


def every_sheet_row(path: str) -> Iterator[list[str]]:
    """The cells of each row of that sheet, blank ones too: every row keeps its place."""
    return _said(path, sheet_child.ONLY)


def book_rows(path: str) -> Iterator[tuple[str, RawRow]]:
    """Every visible sheet in its order: its name with each of its rows, without blank ones.

    A sheet without any cell is told once, by a row without cells on line 0.
    """
    line = 0
    for name, *cells in _said(path, sheet_child.EACH):
        line = line + 1 if cells else 0
        if not cells or any(map(str.strip, cells)):
            yield name, RawRow(line, cells)


def _said(path: str, sheets: str) -> Iterator[list[str]]:
    child = _child(path, sheets)
    try:
        text = io.TextIOWrapper(child.stdout, encoding="utf-8", newline="")
        yield from csv.reader(text)
        _refuse_unusable(child)
    finally:
        child.kill()
        child.communicate()


def _child(path: str, sheets: str) -> subprocess.Popen:
    limits = settings.IMPORT_LIMITS
    names = ("sheet_memory_bytes", "sheet_cpu_seconds", "sheet_rows", "columns")
    command = [sys.executable, "-E", "-s", "-B", sheet_child.__file__, path, sheets]
    command += [str(limits[name]) for name in names]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
    )


def _refuse_unusable(child: subprocess.Popen) -> None:
    said = child.stderr.read().decode(errors="replace")
    if child.wait() == sheet_child.OK:
        return
    reasons = _unusable_sheets()
    raise Refused(reasons.get(said, reasons["too_large"]))


def _unusable_sheets() -> dict[str, str]:
    return {
        "encrypted": _("The spreadsheet is protected by a password."),
        "unreadable": _("The spreadsheet is damaged."),
        "several_sheets": _("More than one sheet holds data. Leave the one to import."),
        "empty": _("The file is empty."),
        "too_large": _("The spreadsheet is too large to be read safely. Save it as CSV."),
    }
