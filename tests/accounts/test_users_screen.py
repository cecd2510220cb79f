"""The DPO keeps the users, but raises nobody and least of all themselves."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from audit.choices import Way
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "niebieski-kajak-11"
WHY = {"cause": "other", "reason_text": "Zmiana stanowiska"}


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory(full_name="Marta Zielińska")
    client.force_login(user)
    return user


@pytest.fixture
def other() -> User:
    return UserFactory(auditor=True)


def page(name: str, *key: Any) -> str:
    return reverse(f"admin:accounts_user_{name}", args=key)


def post(client: Client, verb: str, user: User, **data: str) -> HttpResponse:
    return client.post(page(verb, user.pk), {**WHY, **data})


def add(client: Client, **changes: str) -> HttpResponse:
    data = {
        "full_name": "Ewa Malik",
        "email": "Ewa@ccgdpr.example",
        "role": "Supervisor",
        "language": "pl",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    return client.post(page("add"), data | changes)


def test_the_dpo_adds_a_person_with_a_role(client: Client, dpo: User) -> None:
    assert add(client).status_code == 302
    user = User.objects.get(email="ewa@ccgdpr.example")
    assert user.check_password(NEW_PASSWORD)
    assert [group.name for group in user.groups.all()] == [Role.SUPERVISOR]


def test_the_one_who_added_stands_in_history(client: Client, dpo: User) -> None:
    add(client)
    entry = User.objects.get(email="ewa@ccgdpr.example").history.first()
    assert (entry.history_user, entry.history_way) == (dpo, Way.ADMIN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": ""},
        {"role": "Boss"},
        {"email": "nie-adres"},
        {"password2": "co innego zupełnie"},
        {"password1": "krótkie", "password2": "krótkie"},
    ],
)
def test_a_person_is_not_added_by_halves(client: Client, dpo: User, wrong: dict[str, str]) -> None:
    assert add(client, **wrong).status_code == 200
    assert User.objects.count() == 1


def test_nobody_is_made_a_superuser_by_a_form(client: Client, dpo: User, other: User) -> None:
    add(client, is_superuser="on", is_staff="on", user_permissions="1", groups="1")
    data = {"full_name": "Inne Nazwisko", "email": other.email, "is_superuser": "on", "role": "DPO"}
    client.post(page("change", other.pk), data)
    assert not User.objects.filter(is_superuser=True).exists()
    other.refresh_from_db()
    assert other.role == Role.AUDITOR


def test_a_role_is_given_with_its_reason(client: Client, dpo: User, other: User) -> None:
    assert post(client, "give-role", other, role="Approver").status_code == 302
    other.refresh_from_db()
    assert [group.name for group in other.groups.all()] == [other.role] == [Role.APPROVER]
    assert other.history.first().history_change_reason.endswith("Zmiana stanowiska")


def test_a_role_is_not_given_without_a_reason(client: Client, dpo: User, other: User) -> None:
    post(client, "give-role", other, role="Approver", cause="")
    other.refresh_from_db()
    assert other.role == Role.AUDITOR


@pytest.mark.parametrize("verb", ["give-role", "deactivate", "set-password"])
def test_nobody_does_it_to_themselves(client: Client, dpo: User, verb: str) -> None:
    data = {"role": "Approver", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert post(client, verb, dpo, **data).status_code == 409
    dpo.refresh_from_db()
    assert (dpo.role, dpo.is_active) == (Role.DPO, True)
    assert dpo.check_password(PASSWORD)


def test_the_verbs_hold_without_the_screen_too(dpo: User) -> None:
    with pytest.raises(ValidationError):
        dpo.assign_role(Role.APPROVER, by=dpo)
    with pytest.raises(ValidationError):
        dpo.deactivate(by=dpo)


def test_a_deactivated_person_is_out_at_once(client: Client, dpo: User, other: User) -> None:
    theirs = Client()
    theirs.force_login(other)
    post(client, "deactivate", other)
    assert theirs.get(reverse("admin:index")).status_code == 302


def test_a_deactivated_person_comes_back_in_their_role(client: Client, dpo: User) -> None:
    gone = UserFactory(auditor=True, is_active=False)
    post(client, "reactivate", gone)
    gone.refresh_from_db()
    assert (gone.is_active, gone.role) == (True, Role.AUDITOR)


def test_a_new_password_signs_the_person_out(client: Client, dpo: User, other: User) -> None:
    theirs = Client()
    theirs.force_login(other)
    post(client, "set-password", other, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    other.refresh_from_db()
    assert other.check_password(NEW_PASSWORD)
    assert theirs.get(reverse("admin:index")).status_code == 302


def test_history_says_that_the_password_changed_and_not_to_what(
    client: Client, dpo: User, other: User
) -> None:
    post(client, "set-password", other, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    entry = other.history.first()
    assert entry.history_withheld == "password"
    assert not hasattr(entry, "password")


def test_a_weak_password_is_not_set(client: Client, dpo: User, other: User) -> None:
    post(client, "set-password", other, password1="krótkie", password2="krótkie")
    other.refresh_from_db()
    assert other.check_password(PASSWORD)


def test_a_superuser_is_not_taken_over(client: Client, dpo: User) -> None:
    root = UserFactory(is_superuser=True)
    answer = post(client, "set-password", root, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert answer.status_code == 409
    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_nobody_is_deleted(client: Client, dpo: User, other: User) -> None:
    assert client.post(page("delete", other.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("trait", ["approver", "supervisor", "auditor"])
@pytest.mark.parametrize("verb", ["give-role", "set-password", "deactivate"])
def test_others_keep_no_users(client: Client, other: User, trait: str, verb: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    assert post(client, verb, other, role="DPO").status_code == 403


def test_a_list_is_no_oracle_for_passwords(client: Client, dpo: User, other: User) -> None:
    answer = client.get(page("changelist"), {"password__startswith": "md5"})
    assert answer.status_code in (302, 400)
