"""The pages as a person meets them: on a phone, in the dark, read out, without a script."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from consents import letters
from consents.models import ConfirmationLetter
from tests.consents.preferences.people import Person, path, state
from tests.consents.screens import give

pytestmark = [
    pytest.mark.browser,
    pytest.mark.needs("chromium"),
    pytest.mark.django_db(transaction=True),
]
RULES = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
PHONE, DESK = 390, 1440


@pytest.fixture
def person() -> Person:
    return Person()


def letter_to(person: Person) -> str:
    person.source.confirmation_asked = person.source.confirmation_sent = True
    person.source.save()
    event = give(person.email, person.purpose, source=person.source, method="form")
    return path(letters.confirmation_url(ConfirmationLetter.objects.get(given=event)))


@pytest.mark.parametrize(("scheme", "width"), [("light", PHONE), ("dark", PHONE), ("dark", DESK)])
def test_nothing_keeps_anybody_out(page: Page, person: Person, scheme: Any, width: int) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    for address in (person.page, person.unsubscribe, letter_to(person)):
        page.goto(address)
        for summary in page.locator("summary").all():
            summary.click()
        found = Axe().run(page, options=RULES).response["violations"]
        assert [each["id"] for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    assert page.context.cookies() == []


def test_a_thumb_hits_every_button(page: Page, person: Person) -> None:
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.goto(person.page)
    boxes = [button.bounding_box() for button in page.get_by_role("button").all()]
    assert len(boxes) == 5
    assert all(box and box["height"] >= 40 for box in boxes)


def test_read_out_each_button_says_what_it_withdraws(page: Page, person: Person) -> None:
    page.goto(person.page + "?lang=en")
    said = page.locator("form").aria_snapshot()
    names = [line.split('"')[1] for line in said.splitlines() if "- button" in line]
    assert names == [
        "Withdraw E-mail, Offers",
        "Withdraw Phone, Offers",
        "Withdraw SMS, Offers",
        "Withdraw all consents",
        "I want no marketing at all",
    ]


def test_read_out_the_outcome_comes_first(page: Page, person: Person) -> None:
    page.goto(person.page + "?lang=en")
    page.get_by_role("button", name="Withdraw SMS, Offers").click()
    assert page.title().startswith("Consent to SMS is withdrawn.")
    heading, status = page.get_by_role("heading").first, page.get_by_role("status")
    assert heading.inner_text() == "Your consents"
    assert "Consent to SMS is withdrawn." in status.inner_text()
    assert "Confirmation number" in status.inner_text()


def test_a_reload_after_a_press_does_nothing_again(page: Page, person: Person) -> None:
    page.goto(person.page + "?lang=en")
    page.get_by_role("button", name="Withdraw SMS, Offers").click()
    page.get_by_role("status").wait_for()
    answer = page.reload()
    assert answer is not None
    assert answer.request.method == "GET"


def test_it_all_works_without_a_script_and_by_keyboard(
    chromium: Browser, live_server: LiveServer, person: Person
) -> None:
    with chromium.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(person.page + "?lang=en")
        page.get_by_role("button", name="Withdraw E-mail, Offers").focus()
        page.keyboard.press("Enter")
        page.get_by_role("status").wait_for()
    assert state(person.by_email) == "withdrawn"
