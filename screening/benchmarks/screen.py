"""How fast a dial list is screened, against loading it, joining it and reading the answer back.

Clean numbers are E.164; messy ones are spelled as people spell them, one in ten is no number. Both
are read from a file, judged with all reasons, and written with evidence beside their own cells.
"""

import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from audit.sql import is_postgresql
from screening.benchmarks.house import DEFAULT_ROWS, Say, house
from screening.benchmarks.measuring import memory, timed
from screening.dialling import tables
from screening.dialling.screening import Screening
from screening.question import Question

# Of a list some are strangers; of the register many are not on it.
KNOWN = 2 / 3
HELD = {"postgresql": 400_000, "sqlite": 100_000}
TURNS = 3


def measure_screen(rows: int | None, say: Say) -> None:
    """Clean, messy and the limit by turns, best of three each."""
    rows = rows or DEFAULT_ROWS[connection.vendor]
    question = house(min(rows, HELD[connection.vendor]))
    with TemporaryDirectory() as folder, open(os.devnull, "wb") as sink:
        lists = _lists(Path(folder), rows, question)
        best: dict[str, list[float]] = {name: [] for name in ("limit", *lists)}
        growth = dict.fromkeys(lists, 0)
        for _turn in range(TURNS):
            best["limit"].append(timed(lambda: _limit(question, lists["clean"], sink)))
            for name, path in lists.items():
                with memory() as peak:
                    best[name].append(timed(partial(_screen, question, path, sink)))
                growth[name] = max(growth[name], peak())
    limit = min(best["limit"])
    say(f"limit (load, join, read back): {limit:.2f} s, {rows / limit:,.0f} rows/s")
    for name in lists:
        took = min(best[name])
        say(f"screening of {rows} {name} numbers: {took:.2f} s, {rows / took:,.0f} rows/s")
        say(f"ratio to the limit: {took / limit:.2f}")
        say(f"peak memory over the idle process: {growth[name] / 1024 / 1024:.0f} MB")


def _screen(question: Question, path: Path, sink: Any) -> None:
    screening = Screening(question, tables.opened(path), 0)
    for chunk in screening.chunks():
        sink.write(chunk)


# The limit ---------------------------------------------------------------------------------------

JOINED = (
    "SELECT l.value, l.value, p.id, c.state, e.uuid, c.since, c.valid_until FROM dialled l "
    "LEFT JOIN consents_contactpoint p ON p.key = l.value AND p.kind = 'phone' "
    "LEFT JOIN consents_consent c ON c.contact_point_id = p.id AND c.purpose_id = {purpose} "
    "LEFT JOIN consents_consentevent e ON e.id = c.event_id ORDER BY l.n"
)


def _limit(question: Question, path: Path, sink: Any) -> None:
    """The clean list in, joined to its consents, and out again in its order; no verdict."""
    sql = JOINED.format(purpose=question.purpose.pk)
    with connection.cursor() as cursor:
        if is_postgresql():
            _copied(cursor, sql, path, sink)
        else:
            _inserted(cursor, sql, path, sink)
        cursor.execute("DROP TABLE dialled")


def _copied(cursor: Any, sql: str, path: Path, sink: Any) -> None:
    cursor.execute("CREATE TEMP TABLE dialled (n bigserial, value text)")
    with (
        open(path, "rb") as file,
        cursor.copy("COPY dialled (value) FROM STDIN (FORMAT csv, HEADER)") as copy,
    ):
        while chunk := file.read(1 << 18):
            copy.write(chunk)
    cursor.execute("ANALYZE dialled")
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
        for row in copy:
            sink.write(row)


def _inserted(cursor: Any, sql: str, path: Path, sink: Any) -> None:
    cursor.execute("CREATE TEMP TABLE dialled (n integer PRIMARY KEY, value text)")
    lines = path.read_text().splitlines()[1:]
    cursor.executemany("INSERT INTO dialled (value) VALUES (%s)", [(line,) for line in lines])
    cursor.execute(sql)
    while batch := cursor.fetchmany(2000):
        sink.write("".join(f"{row}\n" for row in batch).encode())


# Lists -------------------------------------------------------------------------------------------


def _lists(folder: Path, rows: int, question: Question) -> dict[str, Path]:
    """Written once, before anything is measured."""
    spellings: dict[str, Callable[[random.Random, str], str]] = {
        "clean": lambda _dice, number: f"+48{number}",
        "messy": _spelled,
    }
    held = min(rows, HELD[connection.vendor])
    paths = {name: folder / f"{name}.csv" for name in spellings}
    for name, path in paths.items():
        with path.open("w", encoding="utf-8") as file:
            file.write("telefon\n")
            file.writelines(f"{text}\n" for text in _numbers(rows, held, spellings[name]))
    return paths


def _numbers(rows: int, held: int, spelling: Callable[[random.Random, str], str]) -> Iterator[str]:
    dice = random.Random(9)
    for _row in range(rows):
        first = 600_000_000 if dice.random() < KNOWN else 500_000_000
        yield spelling(dice, str(first + dice.randint(1, held)))


def _spelled(dice: random.Random, number: str) -> str:
    a, b, c = number[:3], number[3:6], number[6:]
    return dice.choice(
        [
            number,
            number,
            f"+48{number}",
            f"48{number}",
            f"0048{number}",
            f"+48 {a} {b} {c}",
            f"{a} {b} {c}",
            f"{a}-{b}-{c}",
            f"(+48) {a}{b}{c}",
            dice.choice(["", "brak", number[:7], "6,01603E+08"]),
        ]
    )
