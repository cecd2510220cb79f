"""The verdict on a block of contacts: one array in, one text a row out (performance.md).

Purpose-wide gates are asked once for the list. Nothing is written: it runs on a hot standby.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from django.db import connection

from audit.sql import is_postgresql
from screening.dialect import copied, instant_text, uuid_text
from screening.question import Question
from screening.reasons import BIT
from screening.sql import Sql, statement

# Processes in parallel would each take in the whole array: another one has the next block to read.
ALONE = {"max_parallel_workers_per_gather": "0"}
# Rows that are handed over at once: to take them one by one costs more than to judge them.
TOGETHER = 1000
NOTHING = "-"
UNKNOWN, INVALID = str(BIT["unknown_contact"]), str(BIT["invalid_contact"])
# Answers in a row, and the contact points of those that are allowed.
Answers = tuple[list[str], Sequence[int]]
# Of one group of rows: its number, and of those that the register knows their places from 1 on.
Known = tuple[int, Sequence[int], Sequence[str], Sequence[int]]


def answers(question: Question, keys: Sequence[str | None]) -> Iterator[Answers]:
    """An answer on each of ``keys``, in order: the mask of its reasons, or what an allow rests on.

    An allow reads ``company uninformed wording source|event=… since=…``, as evidence is written;
    ``-`` where there is none. Reasons of the purpose itself are not among them. The connection is
    busy until the last one is taken.
    """
    sql, params = _answers(question, keys)
    done = 0
    for number, places, told, points in (_copied if is_postgresql() else _fetched)(sql, params):
        begin = number * TOGETHER
        yield from _strangers(keys, done, begin)
        group = _unknown(keys[begin : begin + TOGETHER])
        for place, answer in zip(places, told, strict=True):
            group[place - begin - 1] = answer
        yield group, points
        done = begin + TOGETHER
    yield from _strangers(keys, done, len(keys))


def _strangers(keys: Sequence[str | None], begin: int, end: int) -> Iterator[Answers]:
    """Groups of which the register knows nobody."""
    for first in range(begin, end, TOGETHER):
        yield _unknown(keys[first : first + TOGETHER]), ()


def _unknown(keys: Sequence[str | None]) -> list[str]:
    return [INVALID if key is None else UNKNOWN for key in keys]


def _fetched(sql: str, params: Sequence[Any]) -> Iterator[Known]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT n, answer, point FROM ({sql}) judged ORDER BY n", params)  # noqa: S608
        rows = chain.from_iterable(iter(lambda: cursor.fetchmany(TOGETHER), []))
        for number, group in groupby(rows, key=lambda row: (row[0] - 1) // TOGETHER):
            places, told, points = zip(*group, strict=True)
            yield number, places, told, [point for point in points if point]


def _copied(sql: str, params: Sequence[Any]) -> Iterator[Known]:
    group = f"(n - 1) / {TOGETHER}"
    together = (
        f"SELECT {group}, array_agg(n), string_agg(answer, ';'), "  # noqa: S608 (own names)
        f"array_agg(point) FILTER (WHERE point IS NOT NULL) FROM ({sql}) judged "
        "GROUP BY 1 ORDER BY 1"
    )
    rows = copied((together, params), ["int8", "int8[]", "text", "int8[]"], **ALONE)
    for number, places, text, points in rows:
        yield number, places, text.split(";"), points or ()


def _answers(question: Question, keys: Sequence[str | None]) -> Sql:
    """Rows of n, answer, and the point where it is an allow, of whom the register knows."""
    built = statement(question, keys, with_strangers=False)
    columns = {
        "n": "asked.n",
        "point": "p.id",
        # Most are allowed, and that is told sooner than all that is not the case.
        "mask": f"CASE WHEN {built.allowed()} THEN 0 ELSE {built.mask()} END",
        "company": "CASE WHEN d.kind = 'company' THEN 1 ELSE 0 END",
        "uninformed": "COALESCE(stops.uninformed, 0)",
        "wording": built.of_consent("j.wording_id", "bigint"),
        "source": built.of_consent("s.slug", "text"),
        "event": built.of_consent(uuid_text("e.uuid"), "text"),
        "since": built.of_consent(instant_text("st.since"), "text"),
    }
    # The offset keeps the mask from being worked out twice: planners would put it in both places.
    judged, params = built.select(
        ", ".join(f"{expression} AS {name}" for name, expression in columns.items()),
        tail=f"LIMIT {'ALL' if is_postgresql() else -1} OFFSET 0",
    )
    alike = " || ' ' || ".join(map(_text, ("company", "uninformed", "wording", "source")))
    own = f"COALESCE('event=' || event || ' since=' || since, '{NOTHING}')"
    answer = f"CASE WHEN mask > 0 THEN CAST(mask AS text) ELSE {alike} || '|' || {own} END"
    point = "CASE WHEN mask = 0 THEN point END"
    return f"SELECT n, {answer} AS answer, {point} AS point FROM ({judged}) row", params  # noqa: S608


def _text(column: str) -> str:
    return f"COALESCE(CAST({column} AS text), '{NOTHING}')"
