"""Append-only tables and history refuse to be rewritten, in the database itself (security.md 5, 8).

UPDATE, DELETE and TRUNCATE raise; on SQLite so does INSERT OR REPLACE, which would delete silently:
a guard per unique index, so that it holds on connections without ``recursive_triggers`` too. A
trigger names its own table only, or a rebuild of the other table would break. Because of the guards
``ON CONFLICT DO NOTHING`` raises as well: writers leave known rows out with an anti-join.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.history import HistoryEntry
from audit.models import AppendOnlyModel

PREFIX = "append_only"
MESSAGE = "append-only: rows of {table} are written once"


def guarded_models() -> list[type[models.Model]]:
    """Every model whose rows are written once: append-only ones and all history."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel | HistoryEntry) and model._meta.managed
    ]


def install_after_migrate(sender: Any, using: str = "default", **_: Any) -> None:
    """post_migrate, once for the last app: a SQLite table rebuild drops triggers silently."""
    if sender.label == list(apps.app_configs)[-1]:
        install(using)


def install(using: str = "default") -> None:
    """Put the triggers on every guarded table that exists, replacing what stands there."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using), connection.cursor() as cursor:
        for statement in _function(connection):
            cursor.execute(statement)
        for model in guarded_models():
            if model._meta.db_table in existing:
                for name, statement in _triggers(connection, model._meta.db_table):
                    cursor.execute(_drop(connection, name, model._meta.db_table))
                    cursor.execute(statement)


def drop(using: str = "default") -> None:
    """Take the triggers off, for tests that empty their tables. Nothing in production calls it."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        for name, table in _installed(connection):
            cursor.execute(_drop(connection, name, table))


def missing(using: str = "default") -> list[str]:
    """Names of the triggers that should stand and do not."""
    connection = connections[using]
    standing = {name for name, _table in _installed(connection)}
    return [
        name
        for model in guarded_models()
        for name, _statement in _triggers(connection, model._meta.db_table)
        if name not in standing
    ]


def assert_triggers(using: str = "default") -> None:
    """Raise ImproperlyConfigured where a trigger is missing: the process must not start."""
    if names := missing(using):
        raise ImproperlyConfigured(
            f"{len(names)} append-only triggers are missing, {names[0]} among them. History could be "
            "rewritten unseen. Run manage.py migrate, which installs them."
        )


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    quote = connection.ops.quote_name
    on = f" ON {quote(table)}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {quote(name)}{on}"


def _installed(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    query = (
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger t "
        "WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgname LIKE %s"
        if connection.vendor == "postgresql"
        else "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{PREFIX}%"])
        return cursor.fetchall()


def _function(connection: BaseDatabaseWrapper) -> Iterator[str]:
    # 23514, check violation: Django reports it as IntegrityError, as it does RAISE(ABORT) on SQLite.
    if connection.vendor == "postgresql":
        message = MESSAGE.format(table="%")
        yield (
            f"CREATE OR REPLACE FUNCTION {PREFIX}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{message}', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
        )


def _triggers(connection: BaseDatabaseWrapper, table: str) -> Iterator[tuple[str, str]]:
    if connection.vendor == "postgresql":
        yield from _postgresql(table)
    else:
        yield from _sqlite(connection, table)


def _postgresql(table: str) -> Iterator[tuple[str, str]]:
    for events, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = _name(table, level.lower())
        yield (
            name,
            f'CREATE TRIGGER "{name}" BEFORE {events} ON "{table}" '
            f"FOR EACH {level} EXECUTE FUNCTION {PREFIX}()",
        )


def _name(table: str, kind: str) -> str:
    # PostgreSQL cuts identifiers at 63 bytes.
    return f"{PREFIX}_{table[-40:]}_{kind}"


def _sqlite(connection: BaseDatabaseWrapper, table: str) -> Iterator[tuple[str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE.format(table=table)}'); END"
    for event in ("UPDATE", "DELETE"):
        name = _name(table, event.lower())
        yield name, f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" {refuse}'
    for number, condition in enumerate(_unique_keys(connection, table)):
        name = _name(table, f"replace_{number}")
        yield (
            name,
            f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{table}" '
            f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {condition}) {refuse}',
        )


def _unique_keys(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """For each unique index of ``table``, the condition that a row equal to NEW stands there."""
    with connection.cursor() as cursor:
        cursor.execute(f'PRAGMA table_info("{table}")')
        columns = cursor.fetchall()
        cursor.execute(
            "SELECT name FROM pragma_index_list(%s) WHERE \"unique\" ORDER BY name", [table]
        )
        indexes = [row[0] for row in cursor.fetchall()]
        keys = [[f'"{column[1]}"' for column in columns if column[5]]]
        keys += [_terms(cursor, index) for index in indexes]
    return [" AND ".join(f"{term} = {_of_new(term)}" for term in terms) for terms in keys]


def _terms(cursor: Any, index: str) -> list[str]:
    """What a unique index is over: column names, or expressions as they were created."""
    cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [index])
    (sql,) = cursor.fetchone()
    if sql:
        return _split(sql[sql.index("(") + 1 : sql.rindex(")")])
    cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
    return [f'"{row[0]}"' for row in cursor.fetchall()]


def _split(terms: str) -> list[str]:
    """Split at the commas outside of brackets."""
    depth, parts = 0, [""]
    for letter in terms:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _of_new(term: str) -> str:
    return re.sub(r'("\w+")', r"NEW.\1", term)
