"""The rejects file: one line a rejected row, with what to do about it."""

import csv
import io
from collections.abc import Iterator
from typing import IO

from audit.cells import guarded
from consents.importing.errors import RowError
from consents.models import ConsentImport, StagedReject

HEADER = ("line", "column", "value", "reason", "hint")


def rejects(upload: ConsentImport) -> Iterator[RowError]:
    """Rejected rows in the order of the file."""
    rows = StagedReject.objects.filter(upload=upload).order_by("member", "line", "pk")
    for row in rows.iterator(chunk_size=5_000):
        yield RowError(row.line, row.column, row.value, row.reason, row.member)


def lines(upload: ConsentImport) -> Iterator[str]:
    """The file, line by line. Cells that a spreadsheet would calculate get a quote before them."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(HEADER)
    for row in rejects(upload):
        yield _taken(out)
        write((row.line, *map(guarded, (row.column, row.value, row.reason, row.hint))))
    yield _taken(out)


def write_rejects(upload: ConsentImport, file: IO[str]) -> None:
    file.writelines(lines(upload))


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
