"""Whoever looks at a link changes nothing; one press changes one thing (security.md 9)."""

import pytest
from django.test import Client
from playwright.sync_api import Page

from consents import letters
from consents.models import ConfirmationLetter
from tests.consents.preferences.people import Person, events, one_click, path
from tests.consents.screens import give

METHODS = ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "POST")
SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130 Safari/537.36",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1) SafeLinks",
    "BarracudaCentral",
    "Proofpoint URL Defense",
    "Mimecast",
    "FireEye Email Security",
    "Mozilla/5.0 (compatible; Symantec)",
    "GoogleImageProxy",
    "Slackbot-LinkExpanding 1.0",
    "facebookexternalhit/1.1",
    "WhatsApp/2.24",
    "curl/8.10.1",
)


@pytest.fixture
def person() -> Person:
    return Person()


def places(person: Person) -> list[str]:
    person.source.confirmation_asked = person.source.confirmation_sent = True
    person.source.save()
    letter = ConfirmationLetter.objects.get(
        given=give(person.email, person.purpose, source=person.source, method="form")
    )
    return [person.page, person.unsubscribe, path(letters.confirmation_url(letter))]


@pytest.mark.django_db
@pytest.mark.parametrize("scanner", SCANNERS)
def test_no_scanner_changes_anything(person: Person, scanner: str) -> None:
    addresses = places(person)
    before = events()
    for address in addresses:
        for method in METHODS:
            Client().generic(method, address, headers={"user-agent": scanner})
    assert events() == before


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS[2:7])
def test_a_method_that_is_none_is_refused(person: Person, method: str) -> None:
    assert Client().generic(method, person.page).status_code == 405


@pytest.mark.browser
@pytest.mark.needs("chromium")
@pytest.mark.django_db(transaction=True)
def test_a_browser_that_dwells_and_follows_every_link_changes_nothing(page: Page) -> None:
    addresses = places(Person())
    before = events()
    for address in addresses:
        page.goto(address)
        page.wait_for_timeout(500)
        page.locator("summary").all()
        for link in page.locator("a[href^='?'], a[href^='/']").all():
            page.context.request.get(page.url.split("?")[0] + (link.get_attribute("href") or ""))
    assert events() == before


# One click (RFC 8058) ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_exact_pair_withdraws_once(person: Person) -> None:
    before = events()
    answer = one_click(person.unsubscribe)
    person.by_email.refresh_from_db()
    assert (answer.status_code, person.by_email.state) == (200, "withdrawn")
    assert events() == before + 1


@pytest.mark.django_db
def test_sent_twice_it_is_one_event_with_one_number(person: Person) -> None:
    first = one_click(person.unsubscribe)
    before = events()
    assert one_click(person.unsubscribe).content == first.content
    assert events() == before


@pytest.mark.django_db
def test_it_may_come_as_multipart(person: Person) -> None:
    before = events()
    Client().post(person.unsubscribe, {"List-Unsubscribe": "One-Click"})
    assert events() == before + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        "",
        "List-Unsubscribe=one-click",
        "list-unsubscribe=One-Click",
        "List-Unsubscribe=One-Click&x=1",
        "List-Unsubscribe=One-Click&List-Unsubscribe=One-Click",
        "List-Unsubscribe=",
        "withdraw_all=1",
        "object=1",
    ],
)
def test_any_other_body_is_answered_with_the_button(person: Person, body: str) -> None:
    before = events()
    answer = one_click(person.unsubscribe + "?lang=en", body)
    assert 'value="One-Click"' in answer.text
    assert events() == before


@pytest.mark.django_db
def test_other_channels_and_purposes_stay(person: Person) -> None:
    one_click(person.unsubscribe)
    for consent in (person.by_sms, person.by_voice):
        consent.refresh_from_db()
        assert consent.state == "given"


@pytest.mark.django_db
def test_no_cookie_and_no_token_is_needed(person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(person.unsubscribe, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
