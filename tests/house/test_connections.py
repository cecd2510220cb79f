"""Connections to PostgreSQL: lent by a pool, and never one that the server has ended."""

import pytest
from django.db import connection, connections

from ccgdpr.postgresql.base import has_ended

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server"),
]


def test_one_that_the_server_has_ended_is_not_lent_again() -> None:
    other = connections.create_connection("default")
    ended = backend(other)
    other.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
        assert cursor.fetchone() == (True,)
    assert backend(other) != ended
    other.close()


@pytest.mark.django_db(transaction=True)
def test_one_to_which_the_server_said_something_else_stands() -> None:
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("LISTEN house")
    assert not has_ended(other.connection)
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY house")
    assert not has_ended(other.connection)
    with other.cursor() as cursor:
        cursor.execute("UNLISTEN *")
    other.close()


def backend(lent) -> int:
    with lent.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
