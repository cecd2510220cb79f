"""A dial list as a table: its columns, and every one of its rows in its place."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from django.utils.translation import gettext as _

from audit.reading import places
from audit.reading.errors import Refused
from audit.reading.places import Rows
from audit.reading.tables import Member, members
from consents.contacts import normalise_all
from consents.importing.presets import folded
from processing.choices import ContactKind

# Rows that are looked at to tell what a column holds.
LOOKED_AT = 1000


@dataclass(frozen=True)
class Table:
    """A file whose columns are known. ``sample`` holds its first rows, without the header."""

    member: Member
    encoding: str
    has_header: bool
    names: list[str]
    sample: Rows

    @property
    def width(self) -> int:
        return len(self.names)

    def strides(self) -> Iterator[Rows]:
        """All rows without the header, some hundreds at once, blank ones in their places."""
        return _below_header(self.member, self.encoding, skipped=int(self.has_header))

    def lines(self) -> int:
        """About as many rows as there are: at least as many for a text, 0 for a spreadsheet."""
        return max(0, places.line_count(self.member) - self.has_header)


def opened(
    path: str | Path,
    name: str = "",
    *,
    encoding: str = "",
    has_header: bool | None = None,
    named: str = "",
) -> Table:
    """The table at ``path``, which was called ``name``; columns without a header are numbered.

    A first row is a header if it has a column called ``named``, else if it holds no contact.
    Raises Refused where the file can't be read, EncodingNeeded where it has to be said how.
    """
    member = _only(members(path, name))
    with closing(_below_header(member, encoding, skipped=0)) as strides:
        first = list(islice(chain.from_iterable(strides), LOOKED_AT + 1))
    if not first:
        raise Refused(_("The file is empty."))
    if has_header is None:
        is_named = bool(named) and folded(named) in map(folded, first[0])
        has_header = is_named or not _has_contact(first[0])
    names = first[0] if has_header else [str(n) for n, _cell in enumerate(first[0], 1)]
    return Table(member, encoding, has_header, names, first[has_header:])


def _only(found: list[Member]) -> Member:
    if len(found) != 1:
        raise Refused(_("The archive holds more than one file. Upload the one to screen."))
    return found[0]


def _below_header(member: Member, encoding: str, *, skipped: int) -> Iterator[Rows]:
    """From the first row on that is not blank; ``skipped`` is 1 where that is the header."""
    with closing(places.strides(member, encoding=encoding)) as strides:
        for stride in strides:
            begin = next((n for n, row in enumerate(stride) if any(map(str.strip, row))), None)
            if begin is not None:
                yield stride[begin + skipped :]
                yield from strides


def _has_contact(row: list[str]) -> bool:
    return any(any(normalise_all(kind, row)[0]) for kind in (ContactKind.PHONE, ContactKind.EMAIL))
