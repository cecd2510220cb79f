"""The database itself keeps what was written once (security.md 5, 8)."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from audit import freezing, triggers
from audit.models import AccessEvent
from processors.models import Organisation

pytestmark = pytest.mark.django_db


def written_once() -> list[str]:
    return [model._meta.db_table for model in triggers.guarded_models()]


def refuse(statement: str) -> None:
    """Expect the database to refuse ``statement`` with what Django calls an integrity error."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def access() -> AccessEvent:
    return AccessEvent.objects.create(action="export", subject="organisations")


@pytest.fixture
def history() -> str:
    Organisation(slug="own", name="Przykład").save()
    return Organisation.history.model._meta.db_table


def test_every_history_and_append_only_table_is_guarded() -> None:
    tables = written_once()
    assert {"audit_accessevent", "consents_consentevent", "accounts_historicaluser"} <= set(tables)
    assert triggers.missing() == []


def test_update_of_an_append_only_row_is_refused(access: AccessEvent) -> None:
    refuse("UPDATE audit_accessevent SET subject = 'nothing'")
    assert AccessEvent.objects.get().subject == "organisations"


def test_delete_of_an_append_only_row_is_refused(access: AccessEvent) -> None:
    refuse("DELETE FROM audit_accessevent")
    assert AccessEvent.objects.count() == 1


def test_update_of_history_is_refused(history: str) -> None:
    refuse(f"UPDATE {history} SET history_username = 'somebody else'")


def test_delete_of_history_is_refused(history: str) -> None:
    refuse(f"DELETE FROM {history}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE")
@pytest.mark.parametrize("table", ["audit_accessevent", "accounts_historicaluser"])
def test_truncate_is_refused(table: str) -> None:
    refuse(f"TRUNCATE {table} CASCADE")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a way past triggers of PostgreSQL")
def test_replica_role_does_not_switch_the_guards_off(access: AccessEvent) -> None:
    refuse("SET LOCAL session_replication_role = replica; DELETE FROM audit_accessevent")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a way past triggers of SQLite")
@pytest.mark.parametrize("key", ["id", "uuid", "closes_id"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_replace_is_refused_through_each_unique_index(
    access: AccessEvent, key: str, recursive: str
) -> None:
    AccessEvent.objects.create(action="export", subject="closing", closes=access, rows=1)
    names = [field.column for field in AccessEvent._meta.concrete_fields]
    fresh = {"id": "NULL", "uuid": "hex(randomblob(16))", "closes_id": "NULL", "subject": "'x'"}
    taken = {**{name: name for name in names}, **fresh, key: key}
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")
    try:
        refuse(
            f"INSERT OR REPLACE INTO audit_accessevent ({', '.join(names)}) "
            f"SELECT {', '.join(taken[n] for n in names)} FROM audit_accessevent "
            "ORDER BY id DESC LIMIT 1"
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=ON")


def test_a_missing_guard_is_named_and_stops_the_process() -> None:
    table, name = next(iter(triggers._wanted(connection)))
    with connection.cursor() as cursor:
        cursor.execute(triggers._drop_statement(connection, table, name))
    with pytest.raises(ImproperlyConfigured, match=f"{table}: {name}"):
        triggers.assert_triggers()


def test_migrate_installs_what_was_dropped() -> None:
    triggers.drop()
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []


def test_guards_name_no_other_table_but_those_of_parts() -> None:
    tables = set(connection.introspection.table_names())
    for (table, name), statement in triggers._wanted(connection).items():
        named = {other for other in tables if f'"{other}"' in statement}
        assert named == {table} or freezing.names_another(name)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads names as it runs")
def test_guards_that_name_another_table_are_lifted_before_a_migration() -> None:
    triggers.lift_before_migrate(None)
    lifted = {name.partition(": ")[2] for name in triggers.missing()}
    assert lifted
    assert {freezing.names_another(name) for name in lifted} == {True}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone rebuilds tables")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", triggers.frozen_models(), ids=lambda model: model.__name__)
def test_a_table_with_final_parts_is_rebuilt_by_a_migration(model: Any) -> None:
    migrated = MigrationLoader(connection).project_state().apps
    triggers.lift_before_migrate(None)
    with connection.schema_editor() as editor:
        editor._remake_table(migrated.get_model(model._meta.label))
    triggers.install()
    assert triggers.missing() == []
