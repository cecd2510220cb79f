"""A kill between the row and its history leaves both or neither (security.md 6)."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audit import reconciliation
from processors.models import Organisation
from tests.factories import OrganisationFactory
from tests.process import HOUSE, environment

pytestmark = pytest.mark.django_db(transaction=True)
KILLED = Path(__file__).with_name("killed.py")
MOMENTS = [
    "pre_save:row",
    "post_save:row",
    "pre_save:history",
    "post_save:history",
    "commit:",
    "statement:1",
    "statement:2",
]


def run(moment: str, act: str) -> int:
    command = [sys.executable, str(KILLED), moment, act]
    env = environment() | {"PYTHONPATH": str(HOUSE)}
    return subprocess.run(command, cwd=HOUSE, env=env, capture_output=True, check=False).returncode


@pytest.mark.parametrize("act", ["create", "change"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_leaves_row_and_history_alike(moment: str, act: str) -> None:
    OrganisationFactory(slug="stara", name="Stara")
    assert run(moment, act) == -signal.SIGKILL
    assert list(Organisation.objects.values_list("name", flat=True)) == ["Stara"]
    assert list(reconciliation.gaps()) == []


@pytest.mark.parametrize("moment", ["statement:1", "statement:2", "commit:"])
def test_a_kill_within_a_bulk_change_leaves_rows_and_history_alike(moment: str) -> None:
    OrganisationFactory(slug="stara", name="Stara")
    assert run(moment, "change_many") == -signal.SIGKILL
    assert Organisation.objects.get().name == "Stara"
    assert list(reconciliation.gaps()) == []


def test_without_a_kill_the_change_is_there() -> None:
    OrganisationFactory(slug="stara", name="Stara")
    assert run("statement:99", "change") == 0
    assert Organisation.objects.get().name == "Nowa"
    assert Organisation.history.count() == 2
