"""Signing in by e-mail, and the lock after guesses (security.md 20)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOME, ELSEWHERE = "192.0.2.1", "203.0.113.9"


@pytest.fixture
def user() -> User:
    return UserFactory(email="dpo@ccgdpr.example")


def sign_in(email: str, password: str, address: str = HOME) -> HttpResponse:
    data = {"username": email, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("admin:login"), data)


def guess(times: int, email: str = "dpo@ccgdpr.example", address: str = HOME) -> HttpResponse:
    return [sign_in(email, f"guess {n}", address) for n in range(times)][-1]


def entered(response: HttpResponse) -> bool:
    return response.status_code == 302 and response.url == reverse("admin:index")


def is_locked_at(moment: datetime, email: str) -> bool:
    with time_machine.travel(moment, tick=False):
        return sign_in(email, PASSWORD).status_code == 429


@pytest.mark.parametrize("typed", ["dpo@ccgdpr.example", " DPO@CCGDPR.example "])
def test_a_person_signs_in_by_email_in_any_spelling(user: User, typed: str) -> None:
    assert entered(sign_in(typed, PASSWORD))


def test_the_form_asks_for_an_email_address() -> None:
    page = Client().get(reverse("admin:login"), headers={"Accept-Language": "en"}).content.decode()
    assert "E-mail:" in page
    assert 'type="email"' in page


def test_a_deactivated_person_stays_outside(user: User) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert not entered(sign_in(user.email, PASSWORD))


def test_the_guess_after_the_limit_is_refused_even_if_right(user: User) -> None:
    guess(5)
    assert sign_in(user.email, PASSWORD).status_code == 429


def test_four_guesses_lock_nobody_out(user: User) -> None:
    guess(4)
    assert entered(sign_in(user.email, PASSWORD))


def test_signing_in_forgives_the_guesses_before(user: User) -> None:
    guess(4)
    sign_in(user.email, PASSWORD)
    guess(4)
    assert entered(sign_in(user.email, PASSWORD))


def test_the_real_person_enters_from_another_address(user: User) -> None:
    guess(12)
    assert entered(sign_in(user.email, PASSWORD, address=ELSEWHERE))


def test_others_enter_from_the_address_of_the_guesses(user: User) -> None:
    other = UserFactory()
    guess(5)
    assert entered(sign_in(other.email, PASSWORD))


def test_another_spelling_of_the_account_has_no_guesses_of_its_own(user: User) -> None:
    guess(3, "dpo@ccgdpr.example")
    guess(2, "DPO@ccgdpr.EXAMPLE")
    assert sign_in(user.email, PASSWORD).status_code == 429


def test_the_first_lock_holds_for_a_quarter_of_an_hour(user: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        guess(5)
    assert is_locked_at(MONDAY + timedelta(minutes=14, seconds=59), user.email)
    assert not is_locked_at(MONDAY + timedelta(minutes=15, seconds=1), user.email)


def test_each_further_lock_of_a_day_holds_twice_as_long(user: User) -> None:
    moment = MONDAY
    for minutes in (15, 30, 60):
        with time_machine.travel(moment, tick=False):
            guess(5)
        assert is_locked_at(moment + timedelta(minutes=minutes - 1), user.email)
        moment += timedelta(minutes=minutes, seconds=1)
    assert not is_locked_at(moment, user.email)


def test_a_stranger_at_the_door_does_not_end_anothers_longer_lock(user: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        guess(5)
    second = MONDAY + timedelta(minutes=16)
    with time_machine.travel(second, tick=False):
        guess(5)
    with time_machine.travel(second + timedelta(minutes=20), tick=False):
        guess(1, "somebody@ccgdpr.example", ELSEWHERE)
    assert is_locked_at(second + timedelta(minutes=21), user.email)


def test_a_quiet_day_forgets_the_locks_and_the_addresses(user: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        guess(5)
    with time_machine.travel(MONDAY + timedelta(days=1, minutes=1), tick=False):
        guess(1, "somebody@ccgdpr.example", ELSEWHERE)
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {ELSEWHERE}
    assert set(AccessFailureLog.objects.values_list("ip_address", flat=True)) == {ELSEWHERE}


@pytest.mark.parametrize("attempts", [1, 5, 6])
def test_an_unknown_account_is_answered_like_a_known_one(user: User, attempts: int) -> None:
    known = guess(attempts, user.email)
    unknown = guess(attempts, "xyz@ccgdpr.example")
    assert known.status_code == unknown.status_code
    assert anonymous(known, user.email) == anonymous(unknown, "xyz@ccgdpr.example")


def test_an_unknown_account_costs_as_many_hashes_as_a_known_one(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    monkeypatch.setattr(hasher, lambda self, password, salt: hashed.append(password) or "md5$x$y")
    guess(1, user.email)
    guess(1, "xyz@ccgdpr.example")
    assert len(hashed) == 2


def anonymous(response: HttpResponse, email: str) -> str:
    page = response.content.decode().replace(email, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_the_password_is_changed_by_its_owner(client: Client, user: User) -> None:
    client.force_login(user)
    new = "niebieski-kajak-11"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("admin:password_change"), data).status_code == 302
    assert entered(sign_in(user.email, new))


def test_a_short_password_is_refused(client: Client, user: User) -> None:
    client.force_login(user)
    data = {"old_password": PASSWORD, "new_password1": "krótkie", "new_password2": "krótkie"}
    client.post(reverse("admin:password_change"), data)
    assert entered(sign_in(user.email, PASSWORD))
