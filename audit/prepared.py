"""Statements that a connection parses and plans once (performance.md, traps).

Django merges parameters into the text, so PostgreSQL parses and plans each anew: for the verdict
that takes fifty times as long as the answer. Here the text is always the same.
"""

import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg import RawCursor

from audit.sql import is_postgresql

NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


class Prepared:
    """A statement with ``:names`` for its values, bound by the database itself.

    Their types follow from where they stand; a cast says it where nothing else does.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.names = tuple(dict.fromkeys(NAME.findall(sql)))
        places = {name: f"${n}" for n, name in enumerate(self.names, 1)}
        self.numbered = NAME.sub(lambda found: places[found[1]], sql).encode()

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, as the driver gives them; in the transaction that is open, if one is."""
        connection.validate_no_broken_transaction()
        connection.ensure_connection()
        started = perf_counter()
        with connection.wrap_database_errors:
            rows = (self._numbered if is_postgresql() else self._named)(values)
        if connection.queries_logged:
            took = f"{perf_counter() - started:.3f}"
            connection.queries_log.append({"sql": self.sql, "time": took})
        return rows

    def _named(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return connection.connection.execute(self.sql, values).fetchall()

    def _numbered(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        raw = connection.connection
        # Django's own statements stay unprepared: each has a text of its own.
        raw.prepare_threshold = 0
        try:
            with RawCursor(raw) as cursor:
                cursor.execute(self.numbered, [values[name] for name in self.names], prepare=True)
                return cursor.fetchall() if cursor.description else []
        finally:
            raw.prepare_threshold = None


def blanked(sql: str, params: Any, blanks: Mapping[Any, str]) -> str:
    """Compiled ``sql`` with ``blanks`` (values, each with its name) left open, all else filled in.

    What is filled in are constants of the code: keys of enums and numbers.
    """
    values = iter(params)

    def put(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        value = next(values)
        name = blanks.get(_key(value))
        return name if name else literal(value)

    return re.sub("%s|%%", put, sql)


def _key(value: Any) -> Any:
    """Lists are compared as they are written."""
    return repr(value) if isinstance(value, list) else value


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(int(value))
    return "'{}'".format(str(value).replace("'", "''"))


def sql_of(rows: QuerySet, blanks: Mapping[Any, str]) -> str:
    """``rows`` as a statement with ``blanks`` left open."""
    sql, params = rows.query.get_compiler(connection=connection).as_sql()
    return blanked(sql, params, blanks)
