import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.choices import Role
from accounts.models import User
from audit.choices import Way
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Passes a line to standard input, as a pipe does."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(line + "\n"))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Types answers at a terminal."""

    def answer(*passwords: str) -> None:
        answers = iter(passwords)
        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))

    return answer


def create(email: str = "iod@centrum.example", role: str = "DPO", **options: Any) -> str:
    out = io.StringIO()
    call_command("create_user", email, role=role, stdout=out, **options)
    return out.getvalue()


def test_a_piped_password_makes_a_person_with_a_role(piped: Any) -> None:
    piped(PASSWORD)
    create(name="Marta Zielińska")
    user = User.objects.get(email="iod@centrum.example")
    assert user.check_password(PASSWORD)
    assert list(user.groups.values_list("name", flat=True)) == [Role.DPO]


def test_the_creation_stands_in_history(piped: Any) -> None:
    piped(PASSWORD)
    create()
    entry = User.objects.get().history.get()
    assert (entry.history_way, entry.history_change_reason) == (Way.COMMAND, "create_user")


def test_at_a_terminal_the_password_is_asked_for_twice(typed: Any) -> None:
    typed(PASSWORD, PASSWORD)
    create()
    assert User.objects.get().check_password(PASSWORD)


def test_two_different_passwords_make_nobody(typed: Any) -> None:
    typed(PASSWORD, PASSWORD + "!")
    with pytest.raises(CommandError, match="differ"):
        create()
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["krótkie", "password1234", "iod@centrum.example", ""])
def test_a_weak_password_makes_nobody(piped: Any, password: str) -> None:
    piped(password)
    with pytest.raises(CommandError):
        create()
    assert not User.objects.exists()


def test_an_unknown_role_names_the_nearest(piped: Any) -> None:
    piped(PASSWORD)
    with pytest.raises(CommandError, match="Did you mean Supervisor"):
        create(role="Superviser")


def test_a_role_is_known_in_any_case(piped: Any) -> None:
    piped(PASSWORD)
    create(role="auditor")
    assert User.objects.get().role == Role.AUDITOR


@pytest.mark.parametrize("email", ["nie-adres", "DPO@ccgdpr.example"])
def test_a_wrong_or_taken_address_is_refused(piped: Any, email: str) -> None:
    UserFactory(email="dpo@ccgdpr.example")
    piped(PASSWORD)
    with pytest.raises(CommandError):
        create(email)
    assert User.objects.count() == 1


def test_the_command_takes_no_password_argument() -> None:
    with pytest.raises((CommandError, TypeError)):
        create(password=PASSWORD)


def test_the_answer_names_no_address(piped: Any) -> None:
    piped(PASSWORD)
    assert "@" not in create()
