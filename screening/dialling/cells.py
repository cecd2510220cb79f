"""Cells of a list on their way out, guarded as in every file of the house (security.md 27).

A cell that a spreadsheet would calculate gets an apostrophe before it, as in our own lists. What
has been read as a phone number stays as it was written: +48 601-602-603. An address may be a
formula all the same: =1+1@b.pl.
"""

import csv
from collections.abc import Sequence
from types import SimpleNamespace

from audit.cells import STARTERS, guarded
from audit.reading.places import Rows

# What a cell begins with that may have to be guarded.
SUSPECT = {*STARTERS, *" \x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\"'"}
SUSPECT |= {chr(code) for code in (0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F)}
SUSPECT |= {"\u205f", "\u3000"}
QUOTED = ',"\r\n'


def cell(text: str) -> str:
    """``text`` as a cell of a CSV that may be opened in a spreadsheet."""
    if text[:1] in SUSPECT:
        text = guarded(text)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(c in text for c in QUOTED) else text


def guard(rows: Rows, column: int, numbers: Sequence[str | None]) -> None:
    """Guard the cells of ``rows``, all of one width, in place.

    ``numbers`` are what was read in ``column`` as phone numbers, None where that is no number.
    """
    for place, cells in enumerate(zip(*rows, strict=True)):
        if SUSPECT.isdisjoint({each[:1] for each in cells}):
            continue
        for row, number in zip(rows, numbers, strict=True):
            if row[place][:1] in SUSPECT and not (place == column and number is not None):
                row[place] = guarded(row[place])


def lines(rows: Rows) -> list[str]:
    """Rows of at least one cell as lines of a CSV, without their ends."""
    plain = "\n".join(map(",".join, rows))
    if not _needs_quotes(plain, rows):
        return plain.split("\n")
    written: list[str] = []
    # The writer quotes what holds a character of its own line's end: so no line breaks a row.
    csv.writer(SimpleNamespace(write=written.append), lineterminator="\r\n").writerows(rows)
    return [line[:-2] for line in written]


def _needs_quotes(text: str, rows: Rows) -> bool:
    """Whether a cell holds what parts cells or rows."""
    commas = sum(map(len, rows)) - len(rows)
    is_plain = text.count(",") == commas and text.count("\n") == len(rows) - 1
    return not is_plain or '"' in text or "\r" in text
