"""Database triggers that keep append-only and history tables as they were written (Art. 5(2)).

They refuse UPDATE, DELETE, TRUNCATE and, on SQLite, INSERT OR REPLACE, with what Django reports as
IntegrityError on both databases. Each names its own table alone: one that named another would break
that table's rebuild on SQLite, hence the few that have to are lifted before every migrate. A guard
per unique index makes ``ON CONFLICT DO NOTHING`` raise on SQLite too, so writers leave out by an
anti-join what is already there.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, transaction
from django.db.models import UniqueConstraint
from django.db.models.sql import Query
from simple_history.models import HistoricalChanges

from audit import freezing
from audit.models import AppendOnlyModel, AuditedModel

# Django maps SQLSTATE 23514 (check_violation) to IntegrityError.
REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23514';
END $$
"""


def guarded_models() -> list[type[models.Model]]:
    """Models whose rows are written once: append-only ones and every history."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, AppendOnlyModel | HistoricalChanges) and model._meta.managed
    ]


def frozen_models() -> list[type[models.Model]]:
    """Registers part of which is final from one state on (``audit.freezing``)."""
    registers = [model for model in apps.get_models() if issubclass(model, AuditedModel)]
    return [model for model in registers if model.frozen_by]


def part_models() -> list[type[models.Model]]:
    """Registers whose rows are final with what they are a part of (``audit.freezing``)."""
    registers = [model for model in apps.get_models() if issubclass(model, AuditedModel)]
    return [model for model in registers if model.frozen_with]


def install(using: str = "default") -> None:
    """Create what is missing or out of date; tables not migrated yet are passed over."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        present = _present(connection)
        wanted = _wanted(connection)
        if connection.vendor == "postgresql" and wanted:
            cursor.execute(REFUSE)
            cursor.execute(freezing.REFUSE)
            cursor.execute(freezing.REFUSE_PART)
        for key in present.keys() - wanted.keys():
            cursor.execute(_drop_statement(connection, *key))
        for key, statement in wanted.items():
            if not _is_current(connection, present.get(key), statement):
                cursor.execute(_drop_statement(connection, *key))
                for part in statement.split(";;"):
                    cursor.execute(part)


def drop(using: str = "default") -> None:
    """Take every guard away. For the test flush alone: no setting and no command reaches it."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        for key in _present(connection):
            cursor.execute(_drop_statement(connection, *key))


def missing(using: str = "default") -> list[str]:
    """``table: trigger`` of every guard that is absent, switched off or out of date."""
    connection = connections[using]
    present = _present(connection)
    lacking = [
        f"{table}: {name}"
        for (table, name), statement in _wanted(connection, even_without_table=True).items()
        if not _is_current(connection, present.get((table, name)), statement)
    ]
    return lacking + _lacking_pragma(connection)


def assert_triggers(using: str = "default") -> None:
    """Raise ImproperlyConfigured that names each missing guard; for the web and the worker."""
    if lacking := missing(using):
        raise ImproperlyConfigured(
            "Append-only guards are missing in the database; `manage.py migrate` installs them. "
            f"Missing: {', '.join(lacking)}"
        )


def install_after_migrate(sender: Any, using: str = "default", **_: Any) -> None:
    """post_migrate, once, for the last app: a SQLite rebuild drops triggers silently."""
    if sender.label == _last_app_with_models():
        install(using)


def lift_before_migrate(sender: Any, using: str = "default", **_: Any) -> None:
    """pre_migrate: SQLite rebuilds no table that a trigger of another one names."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for key in _present(connection):
            if freezing.names_another(key[1]):
                cursor.execute(_drop_statement(connection, *key))


def _last_app_with_models() -> str:
    return [config.label for config in apps.get_app_configs() if config.models_module][-1]


def _wanted(connection: Any, *, even_without_table: bool = False) -> dict[tuple[str, str], str]:
    tables = set() if even_without_table else set(connection.introspection.table_names())
    return {
        (model._meta.db_table, name): statement
        for model, build in _guards(connection)
        if even_without_table or model._meta.db_table in tables
        for name, statement in build(model, connection)
    }


def _guards(connection: Any) -> Iterator[tuple[type[models.Model], Any]]:
    """Each guarded model with what writes its triggers."""
    is_postgresql = connection.vendor == "postgresql"
    for model in guarded_models():
        yield model, _postgresql if is_postgresql else _sqlite
    for model in frozen_models():
        yield model, freezing.postgresql if is_postgresql else freezing.sqlite
    for model in part_models():
        yield model, freezing.postgresql_part if is_postgresql else freezing.sqlite_part


def _present(connection: Any) -> dict[tuple[str, str], str]:
    """Our triggers in the database: on SQLite their text, on PostgreSQL whether always enabled."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t "
                "JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgname LIKE 'audit\\_%%' AND NOT t.tgisinternal "
                "AND c.relnamespace = current_schema()::regnamespace"
            )
        else:
            cursor.execute(
                "SELECT tbl_name, name, sql FROM sqlite_master "
                "WHERE type = 'trigger' AND name LIKE '%%\\_\\_audit\\_%%' ESCAPE '\\'"
            )
        return {(table, name): state for table, name, state in cursor.fetchall()}


def _lacking_pragma(connection: Any) -> list[str]:
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        on = cursor.execute("PRAGMA recursive_triggers").fetchone()[0]
    return [] if on else ["PRAGMA recursive_triggers=ON"]


def _is_current(connection: Any, state: str | None, statement: str) -> bool:
    if connection.vendor == "postgresql":
        return state == "A"
    return state == statement


def _drop_statement(connection: Any, table: str, name: str) -> str:
    quote = connection.ops.quote_name
    on = f" ON {quote(table)}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {quote(name)}{on}"


def _postgresql(model: type[models.Model], connection: Any) -> Iterator[tuple[str, str]]:
    table = connection.ops.quote_name(model._meta.db_table)
    events = {"audit_rows": ("UPDATE OR DELETE", "ROW"), "audit_table": ("TRUNCATE", "STATEMENT")}
    for name, (event, each) in events.items():
        # ALWAYS: session_replication_role would switch an ordinary trigger off.
        yield (
            name,
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} "
            f"EXECUTE FUNCTION audit_refuse();;"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        )


def _sqlite(model: type[models.Model], connection: Any) -> Iterator[tuple[str, str]]:
    table = model._meta.db_table
    for event in ("UPDATE", "DELETE"):
        yield _sqlite_trigger(table, event.lower(), f"BEFORE {event}", "")
    # Never entered, hence it executes nothing: it only spells SQL as the indexes do.
    editor = connection.SchemaEditorClass(connection, collect_sql=True)
    columns = [editor.quote_name(field.column) for field in model._meta.concrete_fields]
    for number, (keys, condition) in enumerate(_unique_indexes(model, editor)):
        same = " AND ".join([f"{key} = {_of_new(key, columns)}" for key in keys])
        if condition:
            same = f"{_of_new(condition, columns)} AND {same} AND {condition}"
        when = f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same}) '  # noqa: S608 (own names)
        yield _sqlite_trigger(table, f"replace_{number}", "BEFORE INSERT", when)


def _sqlite_trigger(table: str, name: str, moment: str, when: str) -> tuple[str, str]:
    full = f"{table}__audit_{name}"
    return full, (
        f'CREATE TRIGGER "{full}" {moment} ON "{table}" {when}'
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _of_new(expression: str, columns: list[str]) -> str:
    return re.sub(r'"[^"]+"', lambda m: f"NEW.{m[0]}" if m[0] in columns else m[0], expression)


def _unique_indexes(
    model: type[models.Model], editor: Any
) -> Iterator[tuple[list[str], str | None]]:
    """The keys of each unique index, as SQL that SQLite finds the index by, and its condition."""
    for field in model._meta.concrete_fields:
        if field.unique:
            yield [editor.quote_name(field.column)], None
    for names in model._meta.unique_together:
        yield [_column(model, name, editor) for name in names], None
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            keys = [_column(model, name, editor) for name in constraint.fields]
            keys += [_compiled(model, e, editor) for e in constraint.expressions]
            yield keys, constraint._get_condition_sql(model, editor)


def _column(model: type[models.Model], name: str, editor: Any) -> str:
    return editor.quote_name(model._meta.get_field(name).column)


def _compiled(model: type[models.Model], expression: Any, editor: Any) -> str:
    query = Query(model, alias_cols=False)
    compiler = query.get_compiler(connection=editor.connection)
    sql, params = compiler.compile(expression.resolve_expression(query))
    return sql % tuple(editor.quote_value(value) for value in params)
