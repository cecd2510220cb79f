"""The rows of a dial list in blocks, their contacts read, and read ahead of who judges them."""

import contextvars
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from audit.reading.places import Rows
from processing.choices import ContactKind
from screening.dialling.cells import cell, guard, lines
from screening.dialling.tables import Table
from screening.question import Question
from screening.verdict import contacts_of

# Characters of own cells that a block holds at most, whatever its rows look like.
MOST_TEXT = 64 * 1024 * 1024
END = object()


@dataclass
class Block:
    """Rows in order: their own cells as a line, what stands after the answer, and the contact.

    ``values`` is the contact as cells show it, empty where there is none; ``keys`` what the
    register compares, None where there is none.
    """

    own: list[str] = field(default_factory=list)
    surplus: dict[int, str] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    text: int = 0

    def add(self, question: Question, rows: Rows, column: int, width: int) -> None:
        beyond = _fitted(rows, width)
        contacts = [row[column] for row in rows]
        for number in beyond:
            contacts[number] = ""  # no telling which cell is the contact
        values, keys = contacts_of(question, contacts)
        is_phone = question.contact_kind == ContactKind.PHONE
        guard(rows, column, values if is_phone else [None] * len(rows))
        first = len(self.own)
        self.surplus |= {first + number: line for number, line in beyond.items()}
        self.own += (added := lines(rows))
        self.values += _shown(question, values)
        self.keys += keys
        self.text += sum(map(len, added))

    def __len__(self) -> int:
        return len(self.own)


def _fitted(rows: Rows, width: int) -> dict[int, str]:
    """Make all rows as wide as the header; what is beyond it, as lines by the row's number.

    Cells that are missing at the end are empty ones; empty ones beyond it are none.
    """
    beyond: dict[int, str] = {}
    if set(map(len, rows)) <= {width}:
        return beyond
    for number, row in enumerate(rows):
        if len(row) == width:
            continue
        surplus = row[width:]
        row[width:] = []
        row += [""] * (width - len(row))
        if any(map(str.strip, surplus)):
            beyond[number] = ",".join(map(cell, surplus))
    return beyond


def _shown(question: Question, values: list[str | None]) -> list[str]:
    if question.contact_kind == ContactKind.PHONE:
        return [value or "" for value in values]
    return [cell(value) if value else "" for value in values]


def blocks(
    question: Question, table: Table, column: int, size: int
) -> Generator[Block, None, None]:
    """The rows in order, at least ``size`` a block but for the last; less where they are long."""
    block = Block()
    with closing(table.strides()) as strides:
        for rows in strides:
            block.add(question, rows, column, table.width)
            if len(block) >= size or block.text >= MOST_TEXT:
                yield block
                block = Block()
    if block:
        yield block


def ahead(items: Generator[Any, None, None]) -> Iterator[Any]:
    """``items``, the next of which is made while the present one is in use.

    In a thread that must not ask the database: its connection is not the caller's.
    """
    with closing(items), ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        context = contextvars.copy_context()  # the language of what is refused
        future = pool.submit(context.run, next, items, END)
        while (item := future.result()) is not END:
            future = pool.submit(context.run, next, items, END)
            yield item
