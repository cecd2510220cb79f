"""Screens for everybody: no serious barrier by the rules of axe, on a desk and on a phone."""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from processing.choices import Channel
from tests.consents.screens import given
from tests.factories import (
    PASSWORD,
    GrantFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    UserFactory,
    WordingFactory,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.needs("chromium"),
    pytest.mark.django_db(transaction=True),
]
# Each theme once, each width once: rules of colour and rules of layout do not meet.
LOOKS = (("light", 1440), ("dark", 390))
RULES = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}
GRAVE = ("serious", "critical")
LISTS = (
    "admin:index",
    "admin:consents_consent_changelist",
    "admin:consents_consentwording_add",
    "admin:consents_import",
    "admin:processing_channelrule_changelist",
    "admin:processing_purpose_add",
    "admin:audit_trail",
)


@pytest.fixture
def house() -> SimpleNamespace:
    """A person who agreed to a wording that a source shows, an officer, and a supervisor."""
    purpose = PurposeFactory()
    source = SourceFactory()
    shown = SourceWordingFactory(
        source=source, wording=WordingFactory(purpose=purpose, channel=Channel.EMAIL)
    )
    consent = given(PointFactory(), purpose, source=source)
    floor = GrantFactory(purpose=purpose).user
    return SimpleNamespace(consent=consent, source=shown.source, dpo=UserFactory(), floor=floor)


def sign_in(page: Page, user: User) -> None:
    page.goto(reverse("admin:login"))
    page.fill("#id_username", user.email)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form input[type=submit]")
    page.wait_for_selector("#nav-sidebar", state="attached")


def barriers(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url}: {each['id']} at {each['nodes'][0]['target']}"
        for each in found
        if each["impact"] in GRAVE
    ]


def barriers_anywhere(page: Page, urls: list[str]) -> list[str]:
    found = []
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        for url in urls:
            page.goto(url)
            found += barriers(page)
    return found


def test_the_way_in_has_no_barrier(page: Page) -> None:
    assert barriers_anywhere(page, [reverse("admin:login")]) == []


def test_the_officers_screens_have_no_barrier(page: Page, house: SimpleNamespace) -> None:
    sign_in(page, house.dpo)
    urls = [reverse(name) for name in LISTS]
    urls.append(reverse("admin:consents_consent_change", args=[house.consent.pk]))
    urls.append(reverse("admin:consents_leadsource_change", args=[house.source.pk]))
    assert barriers_anywhere(page, urls) == []


def test_the_supervisors_screens_have_no_barrier(page: Page, house: SimpleNamespace) -> None:
    sign_in(page, house.floor)
    purpose = house.consent.purpose
    names = ("admin:screening_check", "admin:consents_heard", "admin:screening_list")
    urls = [reverse(name) for name in names]
    urls.append(f"{urls[-1]}?purpose={purpose.slug}&channel=email")
    assert barriers_anywhere(page, urls) == []


def test_a_verdict_has_no_barrier(page: Page, house: SimpleNamespace) -> None:
    sign_in(page, house.floor)
    for theme, _width in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.goto(reverse("admin:screening_check"))
        page.fill("#content [name=contact]", house.consent.contact_point.value)
        page.click("#content .button.primary")
        page.wait_for_selector(".verdict")
        assert barriers(page) == []
