"""Where SQLite and PostgreSQL differ in how answers leave the database: a large read, and text."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from audit.sql import is_postgresql
from screening.sql import Sql

# For one large read: no time spent on compiling it or on spilling it to disk, and the few people
# against whom something stands found by index, so that all processes join and write in parallel.
READING = {"jit": "off", "work_mem": "'128MB'", "random_page_cost": "1.1"}


def copied(statement: Sql, types: Sequence[str], **settings: str) -> Iterator[tuple[Any, ...]]:
    """Rows of ``statement`` by COPY (PostgreSQL); the connection is busy until the last is taken.

    A message for each row takes the client longer than the database needs to find it: rows are
    best put together by some hundred.
    """
    sql, params = statement
    with connection.cursor() as cursor, transaction.atomic():
        for name, value in {**READING, **settings}.items():
            cursor.execute(f"SET LOCAL {name} = {value}")
        # The driver's own: Django's, while it keeps a log of queries, takes no parameters.
        with cursor.cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT binary)", params) as copy:
            copy.set_types(types)
            yield from copy.rows()


def uuid_text(column: str) -> str:
    """A stored uuid with its dashes."""
    if is_postgresql():
        return f"CAST({column} AS text)"
    return "||'-'||".join(
        f"substr({column}, {start}, {length})"
        for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    )


def instant_text(column: str) -> str:
    """A stored instant as ``evidence.iso`` writes it. The connection's own zone is UTC.

    A fraction of a second ends without its zeros on PostgreSQL, which is the same instant.
    """
    if is_postgresql():
        return f"replace(CAST({column} AS text), ' ', 'T') || ':00'"
    return f"replace({column}, ' ', 'T') || '+00:00'"
