"""The few places where SQLite and PostgreSQL spell the same thing differently."""

import json
from collections.abc import Iterable
from datetime import datetime
from time import time_ns
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, Subquery
from django.db.models.lookups import IsNull


def is_postgresql(using: BaseDatabaseWrapper = connection) -> bool:
    return using.vendor == "postgresql"


def among(column: str) -> str:
    """Condition that ``column`` is one of a bound list: see ``listed`` for the parameter."""
    if is_postgresql():
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 (a column of ours)


def listed(values: Iterable[Any]) -> Any:
    """Parameter for ``among``: an array on PostgreSQL, JSON on SQLite."""
    return list(values) if is_postgresql() else json.dumps(list(values))


def instant(moment: datetime) -> Any:
    """``moment`` as the database stores it, so that raw SQL compares equal instants as equal."""
    return connection.ops.adapt_datetimefield_value(moment)


def instant_literal(moment: datetime) -> str:
    stored = connection.ops.adapt_datetimefield_value(moment)
    return f"CAST('{stored}' AS timestamptz)" if is_postgresql() else f"'{stored}'"


def new_uuid() -> str:
    """Expression that makes a uuid of this moment (UUIDv7) in the form Django stores.

    Those of one statement lie side by side in every index over them: random ones would each touch
    a page of their own, which is most of what a large import writes.
    """
    moment = f"{time_ns() // 1_000_000:012x}"
    if is_postgresql():
        begin = f"{moment[:8]}-{moment[8:]}-7"
        return f"CAST(overlay(CAST(gen_random_uuid() AS text) placing '{begin}' from 1) AS uuid)"
    bits = "lower(substr(hex(randomblob({})), 2))".format
    return f"'{moment}7' || {bits(2)} || '8' || {bits(8)}"


def greatest(*expressions: str) -> str:
    return f"{'GREATEST' if is_postgresql() else 'max'}({', '.join(expressions)})"


def bytewise(column: str) -> str:
    """``column`` ordered by its bytes, the same on every database and locale."""
    return f'{column} COLLATE "C"' if is_postgresql() else column


def interpret(cursor: Any) -> None:
    """Run the rest of the transaction without compiling its statements first (PostgreSQL).

    A statement over dozens of small look-ups is planned as a large one: compiling it took two
    minutes, running it takes seconds.
    """
    if is_postgresql():
        cursor.execute("SET LOCAL jit = off")


class Probed(IsNull):
    """That ``rows`` holds one, looked up by index for each outer row.

    PostgreSQL may answer ``Exists`` by reading a whole table once, which few outer rows are not
    worth; a scalar subquery with a limit leaves it no choice. ``order`` names the last columns of
    the index that is meant, or a value that is frequent elsewhere makes it read the table.
    """

    def __init__(self, rows: QuerySet, *order: str) -> None:
        super().__init__(Subquery(rows.order_by(*order).values("pk")[:1]), False)


def refresh_statistics(*models: type[Model]) -> None:
    """Tell the planner what the tables of ``models`` hold now.

    After a large write its picture is of before, and a join that suits ten rows is slow for many.
    """
    with connection.cursor() as cursor:
        if not is_postgresql():
            cursor.execute("PRAGMA analysis_limit = 1000")
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
