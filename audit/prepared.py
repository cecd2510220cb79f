"""Statements that a connection parses and plans once (performance.md, traps).

Django merges parameters into the text, so PostgreSQL parses and plans each anew: for the verdict
that takes fifty times as long as the answer. Here the text is always the same.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import count
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from psycopg import Connection, errors
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.json import Jsonb

from audit.sql import is_postgresql

NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
ANSWERED = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_numbers = count(1)


class Prepared:
    """A statement with ``:names`` for its values, bound by the database itself.

    Their types follow from where they stand; a cast says it where nothing else does.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.names = tuple(dict.fromkeys(NAME.findall(sql)))
        places = {name: f"${n}" for n, name in enumerate(self.names, 1)}
        self.numbered = NAME.sub(lambda found: places[found[1]], sql).encode()
        self.called = f"prepared_{next(_numbers)}".encode()

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows; in the transaction that is open, if one is."""
        # Each look at the proxy finds the thread's own connection anew.
        own: Any = connections[DEFAULT_DB_ALIAS]
        own.validate_no_broken_transaction()
        own.ensure_connection()
        started = perf_counter()
        with own.wrap_database_errors:
            run = self._numbered if is_postgresql(own) else self._named
            rows = run(own.connection, values)
        if own.queries_logged:
            own.queries_log.append({"sql": self.sql, "time": f"{perf_counter() - started:.3f}"})
        return rows

    def _named(self, raw: Any, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return raw.execute(self.sql, values).fetchall()

    def _numbered(self, raw: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """By the driver's own calls: its cursors take longer than such a statement does."""
        server = raw.pgconn
        if not raw.autocommit and server.transaction_status == TransactionStatus.IDLE:
            raw.execute("")  # begins the transaction that Django has opened
        known = vars(raw).setdefault("prepared_statements", set())
        if self.called not in known:
            _answered(raw, server.prepare(self.called, self.numbered))
            known.add(self.called)
        bound = [_text(values[name]) for name in self.names]
        return _loaded(_answered(raw, server.exec_prepared(self.called, bound)))


def _answered(raw: Connection, result: Any) -> Any:
    if result.status not in ANSWERED:
        raise errors.error_from_result(result, encoding=raw.info.encoding)
    return result


def _text(value: Any) -> bytes | None:
    """A value as the server reads it."""
    if value is None:
        return None
    if isinstance(value, Jsonb):
        return (value.dumps or json.dumps)(value.obj).encode()
    if isinstance(value, str | int | UUID | date | datetime):
        return str(value).encode()
    raise TypeError(f"A prepared statement takes no {type(value).__name__}")


def _loaded(result: Any) -> list[tuple[Any, ...]]:
    columns = [(place, LOADERS[result.ftype(place)]) for place in range(result.nfields)]
    get = result.get_value
    return [
        tuple(
            None if (value := get(row, place)) is None else load(value) for place, load in columns
        )
        for row in range(result.ntuples)
    ]


# What such statements are answered with, by the server's numbers of types.
LOADERS: dict[int, Callable[[bytes], Any]] = {
    16: b"t".__eq__,  # boolean
    **dict.fromkeys((20, 21, 23), int),  # bigint, smallint, integer
    **dict.fromkeys((25, 1043), bytes.decode),  # text, varchar
    1184: lambda value: datetime.fromisoformat(value.decode()),  # timestamptz, in UTC
    2950: lambda value: UUID(value.decode()),  # uuid
}


def blanked(sql: str, params: Any, blanks: Mapping[Any, str]) -> str:
    """Compiled ``sql`` with ``blanks`` (values, each with its name) left open, all else filled in.

    What is filled in are constants of the code: keys of enums and numbers.
    """
    values = iter(params)

    def put(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        value = next(values)
        name = blanks.get(key_of(value))
        return name if name else literal(value)

    return re.sub("%s|%%", put, sql)


def key_of(value: Any) -> Any:
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


def sql_of(rows: QuerySet, blanks: Mapping[Any, str], *, aliased: bool = False) -> str:
    """``rows`` as a statement with ``blanks`` left open; ``aliased``: its columns have the names
    that ``values_list`` was given.
    """
    compiler = rows.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql(with_col_aliases=aliased)
    return blanked(sql, params, blanks)


class PreparedRecords:
    """The records of ``rows``, with what it selects beside, by a statement that is prepared.

    Django compiles a queryset anew each time, which takes longer than a look-up by a key.
    """

    def __init__(self, rows: QuerySet, blanks: Mapping[Any, str]) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        self.statement = Prepared(blanked(sql, params, blanks))
        self.compiler, self.model, info = compiler, rows.model, compiler.klass_info
        self.converters = compiler.get_converters([column for column, _, _ in compiler.select])
        self.own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self.names = [column.target.attname for column, _, _ in compiler.select[self.own]]
        self.beside = get_related_populators(info, compiler.select, rows.db)

    def all(self, **values: Any) -> list[Any]:
        rows: Any = self.statement.rows(values)
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self._record(row) for row in rows]

    def _record(self, row: Any) -> Any:
        record = self.model.from_db(connection.alias, self.names, row[self.own])
        for populator in self.beside:
            populator.populate(row, record)
        return record
