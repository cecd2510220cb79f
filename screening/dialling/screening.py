"""A dial list screened: every row in its place, with the answer beside it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO

from audit import access
from audit.choices import AccessAction
from audit.models import Job
from audit.sql import is_postgresql
from screening.choices import ListFormat, ListKind
from screening.dialling.blocks import Block, ahead, blocks
from screening.dialling.cells import lines
from screening.dialling.judging import answers
from screening.dialling.tables import Table
from screening.dialling.told import COLUMNS, Told
from screening.manifests import facts_of, remember, subject_of
from screening.members import Members
from screening.models import ContactList
from screening.question import Question

# Contacts in one statement. PostgreSQL reads the register anew for each, which costs least for a
# million of them; SQLite looks up row by row whatever the size.
SIZES = {True: 1_000_000, False: 20_000}


class Screening:
    """The answer to ``question`` on every row of ``table``, whose contact is in ``column``.

    ``dialled`` is a file for those allowed alone: the contact as it is dialled, and the own cells.
    """

    def __init__(
        self,
        question: Question,
        table: Table,
        column: int,
        *,
        reason: str = "",
        dialled: IO[bytes] | None = None,
        tell: Callable[[int], None] | None = None,
    ) -> None:
        self.question, self.table, self.column = question, table, column
        self.dialled, self.tell = dialled, tell
        self.rows = 0
        self.told = Told(question)
        self.members = Members()
        self.event = access.opened(
            AccessAction.SCREENING,
            subject_of(question),
            filters=facts_of(question, ListFormat.CSV, {}),
            columns=COLUMNS,
            reason=reason,
        )

    @property
    def allowed(self) -> int:
        return self.told.rows[""]

    @property
    def denied(self) -> int:
        return self.rows - self.allowed

    def chunks(self) -> Iterator[bytes]:
        """The whole list as CSV, flat in memory. Raises Refused where a row can't be read."""
        yield self._header((*self.table.names, *COLUMNS))
        if self.dialled:
            self.dialled.write(self._header((COLUMNS[0], *self.table.names)))
        read = blocks(self.question, self.table, self.column, SIZES[is_postgresql()])
        with closing(ahead(read)) as ready:
            for block in ready:
                yield from self._answered(block)

    def _header(self, names: tuple[str, ...]) -> bytes:
        return f"{lines([list(names)])[0]}\n".encode()

    def _answered(self, block: Block) -> Iterator[bytes]:
        begin = 0
        for group, points in answers(self.question, block.keys):
            if not self.told.is_closed:
                self.members.add(points)
            yield self._chunk(block, begin, self.told.tails(group))
            begin += len(group)
            self.rows += len(group)
            if self.tell:
                self.tell(self.rows)

    def _chunk(self, block: Block, begin: int, tails: list[str]) -> bytes:
        place = slice(begin, begin + len(tails))
        own, values = block.own[place], block.values[place]
        if self.dialled:
            self.dialled.write(_allowed(own, values, tails))
        text = [f"{o},{v},{t}\n" for o, v, t in zip(own, values, tails, strict=True)]
        for number, line in block.surplus.items():
            if begin <= number < place.stop:
                text[number - begin] = f"{text[number - begin][:-1]},{line}\n"
        return "".join(text).encode()

    def remember(self, sha256: str, job: Job | None = None) -> ContactList:
        """Write the manifest of a list whose last byte is written and has this hash."""
        return remember(
            self.question,
            self.event,
            self.members,
            kind=ListKind.SCREENING,
            format_=ListFormat.CSV,
            sha256=sha256,
            allowed=self.allowed,
            denied=self.denied,
            columns=COLUMNS,
            job=job,
        )


def _allowed(own: list[str], values: list[str], tails: list[str]) -> bytes:
    rows = zip(own, values, tails, strict=True)
    return "".join([f"{v},{o}\n" for o, v, t in rows if t.startswith("allow")]).encode()
