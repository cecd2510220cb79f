"""What SQLite and PostgreSQL spell differently means the same."""

from uuid import UUID

import pytest
from django.db import connection

from audit.act import new_batch
from audit.sql import new_uuid

pytestmark = pytest.mark.django_db


def made(number: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number}) "
            f"SELECT {new_uuid()} FROM n"
        )
        return [value if isinstance(value, UUID) else UUID(value) for (value,) in cursor]


def test_uuids_of_one_statement_differ() -> None:
    assert len(set(made(2000))) == 2000


def test_uuids_say_when_they_were_made() -> None:
    before = new_batch()
    (uuid,) = made(1)
    assert uuid.version == 7
    assert uuid.variant == before.variant
    assert before.int >> 80 <= uuid.int >> 80 <= new_batch().int >> 80
