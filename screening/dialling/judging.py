"""The verdict on a block of contacts: one array in, one text a row out (performance.md).

Purpose-wide gates are asked once for the list. Nothing is written: it runs on a hot standby.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from django.db import connection, transaction

from audit.sql import is_postgresql
from screening.export import READING
from screening.question import Question
from screening.sql import Sql, statement

# Rows that the database hands over as one text: to take them one by one costs more than to judge.
TOGETHER = 1000
NOTHING = "-"


def answers(question: Question, keys: Sequence[str | None]) -> Iterator[str]:
    """An answer on each of ``keys``, in order: the mask of its reasons, or what an allow rests on.

    An allow reads ``company uninformed wording source|point|event|since``, and ``-`` where there
    is none. Reasons of the purpose itself are not among them.
    """
    sql, params = _answers(question, keys)
    if is_postgresql():
        return chain.from_iterable(_copied(sql, params))
    return _fetched(sql, params)


def _fetched(sql: str, params: Sequence[object]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT answer FROM ({sql}) judged ORDER BY n", params)  # noqa: S608
        while batch := cursor.fetchmany(2000):
            yield from (answer for (answer,) in batch)


def _copied(sql: str, params: Sequence[object]) -> Iterator[list[str]]:
    together = (
        f"SELECT string_agg(answer, ';' ORDER BY n) FROM ({sql}) judged "  # noqa: S608
        f"GROUP BY (n - 1) / {TOGETHER} ORDER BY (n - 1) / {TOGETHER}"
    )
    with connection.cursor() as cursor, transaction.atomic():
        for name, value in READING.items():
            cursor.execute(f"SET LOCAL {name} = {value}")
        # The driver's own: Django's, while it keeps a log of queries, takes no parameters.
        with cursor.cursor.copy(f"COPY ({together}) TO STDOUT", params) as copy:
            for line in copy:
                yield bytes(line).decode().rstrip("\n").split(";")


def _answers(question: Question, keys: Sequence[str | None]) -> Sql:
    built = statement(question, keys)
    columns = {
        "n": "asked.n",
        "mask": built.mask(),
        "company": "CASE WHEN d.kind = 'company' THEN 1 ELSE 0 END",
        "uninformed": "COALESCE(stops.uninformed, 0)",
        "wording": built.of_consent("j.wording_id", "bigint"),
        "source": built.of_consent("s.slug", "text"),
        "point": "p.id",
        "event": built.of_consent("CAST(e.uuid AS text)", "text"),
        "since": built.of_consent(_iso("st.since"), "text"),
    }
    # The offset keeps the mask from being worked out twice: planners would put it in both places.
    judged, params = built.select(
        ", ".join(f"{expression} AS {name}" for name, expression in columns.items()),
        tail=f"LIMIT {'ALL' if is_postgresql() else -1} OFFSET 0",
    )
    alike, own = list(columns)[2:6], list(columns)[6:]
    told = " || '|' || ".join((" || ' ' || ".join(map(_text, alike)), *map(_text, own)))
    answer = f"CASE WHEN mask > 0 THEN CAST(mask AS text) ELSE {told} END"
    return f"SELECT n, {answer} AS answer FROM ({judged}) row", params  # noqa: S608 (own names)


def _text(column: str) -> str:
    return f"COALESCE(CAST({column} AS text), '{NOTHING}')"


def _iso(column: str) -> str:
    """A stored instant in ISO 8601. The connection's own zone is UTC."""
    end = ":00" if is_postgresql() else "+00:00"
    return f"replace(CAST({column} AS text), ' ', 'T') || '{end}'"
