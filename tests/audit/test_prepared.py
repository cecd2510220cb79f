"""Statements that are prepared: what goes in and comes out, and in whose transaction."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from audit.prepared import Prepared
from audit.sql import is_postgresql

MOMENT = datetime(2026, 3, 2, 10, 0, 0, 250, tzinfo=UTC)
NAME = UUID("0199c2a4-5f9e-7c3a-8d51-6a2f0e9b1c44")
TYPES: dict[str, Any] = {
    "boolean": True,
    "bigint": 1 << 40,
    "smallint": 7,
    "integer": -3,
    "text": "Żółć 'i' \"cudzysłów\"",
    "varchar": "",
    "timestamptz": MOMENT,
    "uuid": NAME,
}
SUM = Prepared("SELECT CAST(:one AS integer) + CAST(:two AS integer)")
OUTSIDE = "INSERT INTO django_content_type (app_label, model) VALUES (:label, :model)"
TWICE = {"label": "twice", "model": "twice"}


def kept() -> int:
    sql = "SELECT COUNT(*) FROM django_content_type WHERE app_label = :label"
    return Prepared(sql).rows({"label": "twice"})[0][0]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TYPES)
def test_a_value_comes_back_as_what_it_is(kind: str) -> None:
    if not is_postgresql():
        pytest.skip("SQLite's driver reads its own types")
    statement = Prepared(f"SELECT CAST(:value AS {kind}), CAST(NULL AS {kind})")
    assert statement.rows({"value": TYPES[kind]}) == [(TYPES[kind], None)]


@pytest.mark.django_db
def test_it_is_asked_again_with_other_values() -> None:
    assert SUM.rows({"one": 1, "two": 2}) == [(3,)]
    assert SUM.rows({"one": 10, "two": None}) == [(None,)]


@pytest.mark.django_db
def test_what_the_database_refuses_is_an_error_of_django() -> None:
    Prepared(OUTSIDE).rows(TWICE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prepared(OUTSIDE).rows(TWICE)
    assert kept() == 1


@pytest.mark.django_db(transaction=True)
def test_as_the_first_of_a_transaction_it_falls_with_it() -> None:
    with transaction.atomic():
        Prepared(OUTSIDE).rows(TWICE)
        transaction.set_rollback(True)
    assert kept() == 0


@pytest.mark.django_db(transaction=True)
def test_by_itself_it_is_kept() -> None:
    Prepared(OUTSIDE).rows(TWICE)
    connection.close()
    assert kept() == 1


@pytest.mark.django_db
def test_what_it_cannot_say_is_refused() -> None:
    if not is_postgresql():
        pytest.skip("SQLite's driver says so itself")
    with pytest.raises(TypeError):
        SUM.rows({"one": 1, "two": object()})
