"""One record of a file, before anybody knows what it means."""

from typing import NamedTuple


class RawRow(NamedTuple):
    """The cells of one record and the line on which it begins; ``fault`` if it can't be read."""

    line: int
    cells: list[str]
    fault: str = ""
