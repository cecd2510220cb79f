"""A password that somebody else set opens one page: the one on which it is changed."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.choices import Way
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

GIVEN, OWN = "niebieski-kajak-11", "czerwony-rower-42"
CHANGE = reverse("admin:password_change")


@pytest.fixture
def user() -> User:
    person = UserFactory(auditor=True)
    person.be_given_password(GIVEN)
    return person


@pytest.fixture
def theirs(user: User, client: Client) -> Client:
    client.force_login(user)
    return client


def change(client: Client, old: str = GIVEN, new: str = OWN) -> int:
    data = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(CHANGE, data).status_code


@pytest.mark.parametrize("page", ["index", "processors_organisation_changelist", "audit_trail"])
def test_every_page_leads_to_the_change(theirs: Client, page: str) -> None:
    assert theirs.get(reverse(f"admin:{page}")).url == CHANGE
    assert theirs.get(CHANGE).status_code == 200


def test_nothing_is_done_with_it(theirs: Client) -> None:
    answer = theirs.post(reverse("admin:audit_trail_export"), {})
    assert (answer.status_code, answer.url) == (302, CHANGE)


def test_a_password_of_ones_own_opens_the_house(theirs: Client, user: User) -> None:
    assert change(theirs) == 302
    assert theirs.get(reverse("admin:index")).status_code == 200
    user.refresh_from_db()
    assert user.check_password(OWN)


def test_the_same_password_again_is_none_of_ones_own(theirs: Client, user: User) -> None:
    assert change(theirs, new=GIVEN) == 200
    user.refresh_from_db()
    assert user.password_is_given


def test_the_way_out_stays_open(theirs: Client) -> None:
    theirs.post(reverse("admin:logout"))
    assert "_auth_user_id" not in theirs.session


def test_history_says_who_set_it_and_that_it_was_changed(theirs: Client, user: User) -> None:
    change(theirs)
    latest, before = user.history.all()[:2]
    assert (latest.history_user, latest.history_way) == (user, Way.ADMIN)
    assert [latest.password_is_given, before.password_is_given] == [False, True]
    assert latest.history_withheld == "password"


@pytest.mark.parametrize("verb", ["set-password", "add"])
def test_a_password_set_by_the_dpo_is_a_given_one(client: Client, verb: str) -> None:
    client.force_login(UserFactory())
    data = {"password1": GIVEN, "password2": GIVEN, "role": "Auditor", "language": "pl"}
    if verb == "add":
        data |= {"email": "ewa@ccgdpr.example", "full_name": "Ewa Malik"}
        client.post(reverse("admin:accounts_user_add"), data)
    else:
        other = UserFactory(auditor=True, email="ewa@ccgdpr.example")
        client.post(reverse("admin:accounts_user_set-password", args=[other.pk]), data)
    user = User.objects.get(email="ewa@ccgdpr.example")
    assert user.check_password(GIVEN)
    assert user.password_is_given


def test_ones_own_change_needs_no_second_one(client: Client) -> None:
    client.force_login(UserFactory(auditor=True))
    assert change(client, old=PASSWORD) == 302
    assert client.get(reverse("admin:index")).status_code == 200
