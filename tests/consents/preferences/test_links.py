"""Links cannot be forged, guessed, confused or outlived (security.md 11, 12)."""

import string
from base64 import urlsafe_b64decode

import pytest
from django.test import Client
from django.urls import reverse

from consents import services
from consents.preferences.links import preferences_url, unsubscribe_url
from tests.consents.preferences.people import Person, path
from tests.factories import PointFactory

pytestmark = pytest.mark.django_db
LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def person() -> Person:
    return Person()


def token_of(address: str) -> str:
    return path(address).split("/")[2]


def bytes_at(address: str) -> tuple[int, bytes]:
    answer = Client().get(address)
    return answer.status_code, answer.content


def test_every_letter_of_a_link_counts(person: Person) -> None:
    token = token_of(person.page)
    nothing = bytes_at("/z/x/")
    for place, letter in enumerate(token):
        other = LETTERS[(LETTERS.index(letter) + 1) % len(LETTERS)]
        forged = token[:place] + other + token[place + 1 :]
        assert bytes_at(f"/z/{forged}/") == nothing
    assert nothing[0] == 404


def test_the_last_letter_has_one_spelling(person: Person) -> None:
    token = token_of(person.unsubscribe)
    opened = [x for x in LETTERS if bytes_at(f"/z/{token[:-1]}{x}/one-click/")[0] == 200]
    assert opened == [token[-1]]


@pytest.mark.parametrize("change", ["{}=", "{}A", "%20{}", "{}%0A", "ż{}", "{}.{}"])
def test_nothing_may_be_added(person: Person, change: str) -> None:
    token = token_of(person.page)
    assert bytes_at(f"/z/{change.format(token, token)}/") == bytes_at("/z/x/")


def test_a_link_is_signed_with_256_bits(person: Person) -> None:
    token = token_of(person.page)
    assert len(urlsafe_b64decode(token + "=" * (-len(token) % 4))) == 16 + 32


def test_it_tells_nothing_of_the_person(person: Person) -> None:
    token = token_of(person.page)
    said = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"jan" not in said
    assert person.email.hmac not in said.hex()


def test_a_link_for_one_thing_opens_no_other(person: Person) -> None:
    page, mailing = token_of(person.page), token_of(person.unsubscribe)
    nothing = bytes_at("/z/x/")
    for name, token in [
        ("preferences", mailing),
        ("preferences_one_click", page),
        ("preferences_confirm", page),
        ("preferences_confirm", mailing),
    ]:
        assert bytes_at(reverse(name, args=[token])) == nothing


def test_the_purpose_and_the_channel_of_a_mailing_are_signed(person: Person) -> None:
    other = token_of(unsubscribe_url(person.email, person.purpose, "sms"))
    mine = token_of(person.unsubscribe)
    assert bytes_at(f"/z/{other[:-40]}{mine[-40:]}/one-click/")[0] == 404


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_a_retired_contact_looks_like_one_that_never_was(person: Person, method: str) -> None:
    services.reassign(person.email, retired_for="reassigned", reason="nowy właściciel")
    for address in (person.page, person.unsubscribe):
        answer = getattr(Client(), method)(address)
        unknown = getattr(Client(), method)("/z/AAAA/")
        assert (answer.status_code, answer.content) == (404, unknown.content)
        assert _without_clock(answer) == _without_clock(unknown)


def _without_clock(answer: object) -> dict[str, str]:
    return dict(answer.headers)  # type: ignore[attr-defined]


def test_whoever_has_the_number_now_gets_a_link_of_their_own(person: Person) -> None:
    before = preferences_url(person.email)
    services.reassign(person.email, retired_for="reassigned", reason="nowy właściciel")
    again = PointFactory(value=person.email.value)
    assert preferences_url(again) != before


def test_a_forged_link_costs_as_many_queries_as_one_that_is_gone(
    person: Person, django_assert_num_queries: object
) -> None:
    services.reassign(person.email, retired_for="reassigned", reason="nowy właściciel")
    for address in (person.page, "/z/AAAA/", "/z/" + "A" * 64 + "/"):
        with django_assert_num_queries(1):  # type: ignore[operator]
            Client().get(address)


def test_a_link_of_another_house_opens_nothing(person: Person, settings: object) -> None:
    page = person.page
    settings.HMAC_KEY = "another house, another key, another secret"  # type: ignore[attr-defined]
    assert Client().get(page).status_code == 404
