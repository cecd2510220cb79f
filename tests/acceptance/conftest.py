"""One demo house for the whole package; each test leaves it as it found it."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from tests.acceptance.outsider import Outsider


@pytest.fixture(scope="package")
def _demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            with override_settings(DEBUG=True):
                call_command("demo", stdout=io.StringIO())
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture
def house(_demo: None, db: None, tmp_path: Path) -> Outsider:
    """An outsider before the demo house, in a transaction of this test alone."""
    return Outsider(tmp_path)
