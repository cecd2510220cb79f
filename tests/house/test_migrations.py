import re

import pytest
from django.core.management import call_command

from tests.house.floors import FLOORS, HOUSE


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("app", FLOORS)
def test_migrations_are_named_for_what_they_do(app: str) -> None:
    names = [path.stem for path in (HOUSE / app / "migrations").glob("0*.py")]
    assert [name for name in names if re.search(r"_auto_\d|alter_.*_more$", name)] == []
