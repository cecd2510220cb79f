"""Reads one spreadsheet in a process of its own and writes its rows to stdout as CSV.

Run as a script by ``spreadsheets``, without Django: a hostile file can exhaust this process only,
which lives under the limits given on the command line (security.md 28). Of the sheets that are
visible it writes the only one that holds rows, or each: then every row begins with the sheet's
name, and a row of the name alone begins a sheet.
"""

import csv
import resource
import sys
from datetime import date, datetime

OK, UNUSABLE = 0, 3
ONLY, EACH = "only", "each"


def main(path: str, which: str, memory: int, cpu: int, max_rows: int, max_columns: int) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    try:
        sheets = _visible_sheets(path)
        chosen = [_only(sheets)] if which == ONLY else sheets
        if any(each.total_height > max_rows or each.total_width > max_columns for each in chosen):
            raise ValueError("too_large")
        _write(chosen, named=which == EACH)
    except MemoryError:
        return _unusable("too_large")
    except ValueError as error:
        return _unusable(str(error))
    return OK


def _visible_sheets(path: str) -> list:
    import python_calamine as calamine  # only now: within the limits

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        visible = calamine.SheetVisibleEnum.Visible
        names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == visible]
        return [book.get_sheet_by_name(name) for name in names]
    except calamine.PasswordError as error:
        raise ValueError("encrypted") from error
    except (calamine.CalamineError, OSError) as error:
        raise ValueError("unreadable") from error


def _only(sheets: list):
    filled = [sheet for sheet in sheets if sheet.total_height]
    if len(filled) != 1:
        raise ValueError("several_sheets" if filled else "empty")
    return filled[0]


def _write(sheets: list, named: bool) -> None:
    out = open(1, "w", encoding="utf-8", newline="", closefd=False, buffering=1 << 16)  # noqa: SIM115
    # Quotes whatever holds a character of the line's end, so a lone CR splits no row.
    write = csv.writer(out, lineterminator="\r\n").writerow
    for sheet in sheets:
        before = [sheet.name] if named else []
        if named:
            write(before)
        for row in sheet.iter_rows():
            write(before + [cell if type(cell) is str else _text(cell) for cell in row])
    out.flush()


def _text(cell: object) -> str:
    """A cell as a CSV of the same sheet would hold it; dates in ISO form."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _unusable(code: str) -> int:
    sys.stderr.write(code)
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3], *map(int, sys.argv[3:])))
