"""Registers part of which is final from one state on: a published text, a submitted assessment.

A model says so by ``frozen_by = Frozen("state", ("published",), ("text_pl", …))``. The database
then refuses to change those fields, to leave those states and to delete the row, whoever asks;
``audit.triggers`` installs the guard beside the others. What the model leaves out may still change,
such as the date on which a published text ends.

Its parts say ``frozen_with = "version"``, the key to it: once it is final, none is added, changed
or taken out. That guard has to look at another table, see ``names_another``.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import models


class Frozen(NamedTuple):
    """From any of ``values`` of ``state`` on, ``fields`` stay as they are."""

    state: str
    values: tuple[str, ...]
    fields: tuple[str, ...]


# By names, read from JSON: a trigger that names columns would keep PostgreSQL from altering them.
REFUSE = """
CREATE OR REPLACE FUNCTION audit_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    is_now jsonb;
    name text;
BEGIN
    IF NOT was->>TG_ARGV[0] = ANY (string_to_array(TG_ARGV[1], ',')) THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% is final: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23514';
    END IF;
    is_now := to_jsonb(NEW);
    FOREACH name IN ARRAY string_to_array(TG_ARGV[2], ',') LOOP
        IF was->name IS DISTINCT FROM is_now->name THEN
            RAISE EXCEPTION '% is final: change of % refused', TG_TABLE_NAME, name
                USING ERRCODE = '23514';
        END IF;
    END LOOP;
    IF NOT is_now->>TG_ARGV[0] = ANY (string_to_array(TG_ARGV[1], ',')) THEN
        RAISE EXCEPTION '% is final: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
"""


# SHARE waits for whoever is just making the record final.
REFUSE_PART = """
CREATE OR REPLACE FUNCTION audit_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb;
    state text;
BEGIN
    FOREACH part IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
        CONTINUE WHEN part->>TG_ARGV[0] IS NULL;
        EXECUTE format('SELECT %I FROM %I WHERE id = $1 FOR SHARE', TG_ARGV[2], TG_ARGV[1])
            INTO state USING (part->>TG_ARGV[0])::bigint;
        IF state = ANY (string_to_array(TG_ARGV[3], ',')) THEN
            RAISE EXCEPTION '% is final with its %: % refused',
                TG_TABLE_NAME, TG_ARGV[1], TG_OP USING ERRCODE = '23514';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def postgresql(model: type[models.Model], connection: Any) -> Iterator[tuple[str, str]]:
    frozen, columns = _frozen(model), ",".join(_columns(model))
    values = ",".join(frozen.values)
    # PostgreSQL is not asked for the text of a trigger: another list is another name.
    mark = hashlib.sha256(f"{frozen.state}:{values}:{columns}".encode()).hexdigest()[:8]
    name, table = f"audit_frozen_{mark}", connection.ops.quote_name(model._meta.db_table)
    yield (
        name,
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION audit_frozen('{_state(model)}', '{values}', '{columns}');;"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    )


def sqlite(model: type[models.Model], connection: Any) -> Iterator[tuple[str, str]]:
    table, state = model._meta.db_table, _state(model)
    values = ", ".join(f"'{value}'" for value in _frozen(model).values)
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in _columns(model))
    was = f'OLD."{state}" IN ({values})'
    left = f'NEW."{state}" NOT IN ({values})'
    yield _sqlite(table, "frozen_update", "UPDATE", f"{was} AND ({left} OR {changed})")
    yield _sqlite(table, "frozen_delete", "DELETE", was)


def postgresql_part(model: type[models.Model], connection: Any) -> Iterator[tuple[str, str]]:
    whole, values = _whole(model), ",".join(_frozen(_whole(model)).values)
    asked = (_key(model), whole._meta.db_table, _state(whole), values)
    given = ", ".join(f"'{each}'" for each in asked)
    name = f"audit_part_{hashlib.sha256(given.encode()).hexdigest()[:8]}"
    table = connection.ops.quote_name(model._meta.db_table)
    yield (
        name,
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION audit_frozen_part({given});;"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    )


def sqlite_part(model: type[models.Model], connection: Any) -> Iterator[tuple[str, str]]:
    table, whole, key = model._meta.db_table, _whole(model), _key(model)
    values = ", ".join(f"'{value}'" for value in _frozen(whole).values)
    final = f'SELECT id FROM "{whole._meta.db_table}" WHERE "{_state(whole)}" IN ({values})'  # noqa: S608 (own names)
    was, is_now = f'OLD."{key}" IN ({final})', f'NEW."{key}" IN ({final})'
    yield _sqlite(table, "part_insert", "INSERT", is_now)
    yield _sqlite(table, "part_update", "UPDATE", f"{was} OR {is_now}")
    yield _sqlite(table, "part_delete", "DELETE", was)


def names_another(trigger: str) -> bool:
    """Whether it looks at another table, which SQLite could then not rebuild.

    Those are lifted before every migrate, which installs them again.
    """
    return "__audit_part_" in trigger


def _sqlite(table: str, name: str, event: str, when: str) -> tuple[str, str]:
    full = f"{table}__audit_{name}"
    return full, (
        f'CREATE TRIGGER "{full}" BEFORE {event} ON "{table}" WHEN {when} '
        f"BEGIN SELECT RAISE(ABORT, '{table} is final'); END"
    )


def _frozen(model: Any) -> Frozen:
    return model.frozen_by


def _whole(model: Any) -> type[models.Model]:
    """What ``model`` is a part of."""
    return model._meta.get_field(model.frozen_with).related_model


def _key(model: Any) -> str:
    return model._meta.get_field(model.frozen_with).column


def _state(model: type[models.Model]) -> str:
    return model._meta.get_field(_frozen(model).state).column  # type: ignore[union-attr]


def _columns(model: type[models.Model]) -> list[str]:
    return [model._meta.get_field(name).column for name in _frozen(model).fields]  # type: ignore[union-attr]
