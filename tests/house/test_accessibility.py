"""Screens for everybody: no serious barrier by the rules of axe, on a desk and on a phone.

Nor is any of them wider than the screen: only tables in regions of their own are pushed aside.
"""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page

from accounts.choices import Role
from accounts.models import User
from audit import rules
from audit.mending import for_reader
from audit.way_back import Place
from ccgdpr import demo
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
    grave = [
        f"{page.url}: {each['id']} at {each['nodes'][0]['target']}"
        for each in found
        if each["impact"] in GRAVE
    ]
    return grave + too_wide(page)


def too_wide(page: Page) -> list[str]:
    root = "document.documentElement"
    beyond = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    return [f"{page.url}: {beyond} pixels too wide"] if beyond > 0 else []


def barriers_anywhere(
    page: Page, urls: list[str], looks: tuple[tuple[str, int], ...] = LOOKS
) -> list[str]:
    found = []
    for theme, width in looks:
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


# The registers ------------------------------------------------------------------------------------

DESK = ("processors", "processing", "legitimate_interest", "notices")
OVERSIGHT = ("admin:findings", "admin:coming", "admin:processing_rcp", "admin:processing_rkcp")
DECIDED = (
    "processors.automationtool",
    "legitimate_interest.balancetest",
    "notices.noticeversion",
    "consents.consentwording",
    "consents.leadsource",
)


def registers_of(user: User) -> list[str]:
    """Every list of the desk and its latest record, as far as ``user`` may look."""
    urls = [reverse(name) for name in OVERSIGHT]
    for model in admin.site._registry:
        app, name = model._meta.app_label, model._meta.model_name
        if app in DESK and user.has_perm(f"{app}.view_{name}"):
            urls.append(reverse(f"admin:{app}_{name}_changelist"))
            urls += latest_of(f"{app}.{name}")
    return urls


def latest_of(label: str) -> list[str]:
    model = apps.get_model(label)
    records = model._base_manager.order_by("-pk")[:1]
    return [reverse(f"admin:{label.replace('.', '_')}_change", args=[each.pk]) for each in records]


def decisions_of(user: User) -> list[str]:
    """What an approver reads before they decide, and the form that asks why."""
    asked = for_reader(rules.open_findings(), user, Place.LIST)
    forms = [each.acknowledge_url for each in asked if each.acknowledge_url]
    return [reverse("admin:findings"), *forms[:1], *(u for r in DECIDED for u in latest_of(r))]


def test_the_registers_have_no_barrier_for_who_looks_and_who_decides(page: Page) -> None:
    demo.build(password=PASSWORD)
    auditor, approver = (User.objects.get(role=r) for r in (Role.AUDITOR, Role.APPROVER))
    sign_in(page, auditor)
    # On a phone alone: what fits and can be reached there does so on a desk.
    assert barriers_anywhere(page, registers_of(auditor), LOOKS[1:]) == []
    page.context.clear_cookies()
    sign_in(page, approver)
    assert barriers_anywhere(page, decisions_of(approver)) == []
