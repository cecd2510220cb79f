"""The frame in a real browser: the security policy holds, and it fits a phone without script."""

import pytest
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page

from accounts.models import User
from tests.factories import PASSWORD, OrganisationFactory, UserFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.needs("chromium"),
    pytest.mark.django_db(transaction=True),
]
PHONE = {"width": 390, "height": 844}
PAGES = (
    "admin:index",
    "admin:password_change",
    "admin:processors_organisation_changelist",
    "admin:processors_organisation_add",
    "admin:processing_channelrule_changelist",
)


@pytest.fixture
def dpo() -> User:
    OrganisationFactory()
    return UserFactory()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says while the test runs."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", hear)
    return said


def sign_in(page: Page, user: User) -> None:
    page.goto(reverse("admin:login"))
    page.fill("#id_username", user.email)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form input[type=submit]")
    page.wait_for_selector("#nav-sidebar", state="attached")


def test_the_browser_has_nothing_to_complain_about(
    page: Page, dpo: User, complaints: list[str]
) -> None:
    sign_in(page, dpo)
    for name in PAGES:
        page.goto(reverse(name))
    assert complaints == []


def test_no_page_is_wider_than_a_phone(page: Page, dpo: User) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, dpo)
    for name in PAGES:
        page.goto(reverse(name))
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], name


def test_the_menu_of_a_phone_opens_by_a_link(page: Page, dpo: User) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, dpo)
    assert not page.is_visible("#nav-sidebar")
    page.click(".menu-button")
    assert page.is_visible("#nav-sidebar")


def test_the_theme_button_changes_the_ground(page: Page, dpo: User) -> None:
    sign_in(page, dpo)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.click(".theme-toggle")
    assert page.evaluate(ground) != before


def test_a_dark_screen_is_dark_without_a_click(page: Page, dpo: User) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(reverse("admin:login"))
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(27, 32, 40)"


def test_the_save_row_stays_in_view(page: Page, dpo: User) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    sign_in(page, dpo)
    page.goto(reverse("admin:processors_organisation_add"))
    box = page.locator(".submit-row").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 600
