"""The DPO's whole desk, in Polish: from an empty house to a voicebot that may at last go live.

One long walk, as a DPO and an approver take it: what is missing shows at once, each thing is mended
where its finding leads to, and only then does the gate open.
"""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from processors.choices import ToolState
from processors.models import AutomationTool
from tests.desk.desk import Desk
from tests.desk.furnishing import (
    ACTIVITY,
    NOTICE,
    entrust_the_data,
    publish_a_version,
    record_the_house,
    sign,
    tell_people,
    weigh_the_interest,
)
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium")]

UNTOLD = "Żadna obowiązująca klauzula nie informuje o tym narzędziu"
STALE = "Rejestry zmieniły się, odkąd powstała klauzula"


@pytest.fixture
def desks(chromium: Browser, live_server: LiveServer) -> Iterator[tuple[Desk, Desk]]:
    """The DPO's and the approver's, each in a browser of their own."""
    contexts = [chromium.new_context(base_url=live_server.url, locale="pl-PL") for _ in range(2)]
    users = (
        UserFactory(full_name="Irena Ochrona"),
        UserFactory(full_name="Piotr Zarządca", approver=True),
    )
    yield tuple(Desk(c.new_page(), user) for c, user in zip(contexts, users, strict=True))
    for context in contexts:
        context.close()


def test_a_voicebot_goes_live_once_everything_it_needs_is_there(desks: tuple[Desk, Desk]) -> None:
    dpo, approver = desks
    record_the_house(dpo)
    entrust_the_data(dpo)
    weigh_the_interest(dpo, approver)
    tell_people(dpo, approver)
    use_the_crm(dpo, approver)
    bot = propose_the_voicebot(dpo)
    mend_what_stands_in_the_way(bot, dpo, approver)
    go_live(bot, approver)
    see_nothing_wrong(dpo)
    read_who_did_what(dpo, approver)


def use_the_crm(dpo: Desk, approver: Desk) -> None:
    """Everything it needs is there: what was verified goes live at once."""
    crm = dpo.finds("processors/automationtool", "CRM Demo")
    dpo.does("Rozstrzygnij o umowie", needed=True, why="Przechowuje dane klientów.")
    dpo.does("Zweryfikuj", note="Serwery w Polsce.")
    go_live(crm, approver)


def go_live(tool: str, approver: Desk) -> None:
    approver.open(tool)
    approver.does("Uruchom")
    approver.is_told("Narzędzie jest od teraz w użyciu")


def propose_the_voicebot(dpo: Desk) -> str:
    """Of a vendor that nobody looked at yet; returns the address of its page."""
    dpo.add("processors/organisation", name="Boty Demo")
    bot = {"name": "Voicebot", "kind": "voicebot", "vendor": "Boty Demo"}
    dpo.add("processors/automationtool", **bot, uses_ai=True)
    address = dpo.finds("processors/automationtool", "Voicebot")
    dpo.does("Zweryfikuj", note="Odsłuchano rozmowy próbne.")
    dpo.cannot("Uruchom")
    return address


def mend_what_stands_in_the_way(bot: str, dpo: Desk, approver: Desk) -> None:
    """One by one, each where its finding leads to."""
    for obstacle, mend in OF_THE_TOOL:
        refuse_to_go_live(bot, approver, obstacle)
        mend_one(bot, dpo, obstacle, mend)
    for obstacle, mend in OF_THE_ACTIVITY:
        mend_one("findings/", dpo, obstacle, mend)
    dpo.open("findings/")
    dpo.sees_finding(STALE)
    refuse_to_go_live(bot, approver, UNTOLD)
    mend_one(bot, dpo, UNTOLD, lambda _: publish_a_version(dpo, approver))
    dpo.open("findings/")
    dpo.sees_no_more(STALE)


def mend_one(page: str, dpo: Desk, obstacle: str, mend: Callable[[Desk], None]) -> None:
    dpo.open(page)
    dpo.mends(obstacle)
    mend(dpo)
    dpo.open(page)
    dpo.sees_no_more(obstacle)


def refuse_to_go_live(bot: str, approver: Desk, obstacle: str) -> None:
    """Nothing to press, the reason beside it, and whoever tries all the same changes nothing."""
    approver.open(bot)
    approver.cannot("Uruchom")
    approver.sees_finding(obstacle)
    answer = approver.posts(bot.replace("/change/", "/put-in-use/"))
    assert answer.status == 409
    assert obstacle in answer.text()
    assert AutomationTool.objects.get(name="Voicebot").state == ToolState.VERIFIED


def answer_about_the_agreement(dpo: Desk) -> None:
    dpo.confirm(needed=True, why="Słyszy klientów i zapisuje rozmowy.")


def look_at_the_vendor(dpo: Desk) -> None:
    dpo.fill(diligence="sufficient", diligence_on=timezone.localdate())
    dpo.save()


def sign_with_the_vendor(dpo: Desk) -> None:
    expect(dpo.page.locator("[name=processor] option:checked")).to_have_text("Boty Demo")
    sign(dpo, "UP/2")


def write_the_disclosure(dpo: Desk) -> None:
    write(dpo, disclosure_pl="Dzwoni do Państwa bot.", disclosure_en="A bot calls you.")


def introduce_the_bot(dpo: Desk) -> None:
    write(dpo, ai_sentence_pl="Rozmawia Pan/Pani z botem.", ai_sentence_en="You talk to a bot.")


def cite_the_vendor(dpo: Desk) -> None:
    write(dpo, ai_vendor_clause="§ 7 umowy głównej")


def write(dpo: Desk, **sentences: str) -> None:
    dpo.fill(**sentences)
    dpo.save()


def use_it_in_the_activity(dpo: Desk) -> None:
    expect(dpo.page.locator("[name=tool] option:checked")).to_have_text("Voicebot")
    dpo.fill(activity=ACTIVITY)
    dpo.save()


def name_the_processor(dpo: Desk) -> None:
    expect(dpo.page.locator("[name=activity] option:checked")).to_have_text(ACTIVITY)
    dpo.fill(organisation="Boty Demo")
    dpo.save()


def limit_the_time(dpo: Desk) -> None:
    expect(dpo.page.locator("[name=activity] option:checked")).to_have_text(ACTIVITY)
    dpo.fill(what_pl="nagrania", what_en="recordings", period=6, unit="month")
    dpo.fill(trigger="zakończenie rozmowy")
    dpo.save()


OF_THE_TOOL = (
    ("Nie rozstrzygnięto, czy potrzebna jest umowa powierzenia", answer_about_the_agreement),
    ("Nie zweryfikowano, czy dostawca daje wystarczające gwarancje", look_at_the_vendor),
    ("Brak obowiązującej umowy powierzenia z dostawcą", sign_with_the_vendor),
    ("Brak zdania o narzędziu do klauzul informacyjnych", write_the_disclosure),
    ("Brak zdania, którym bot przedstawia się", introduce_the_bot),
    ("nie wskazano zapisu umowy, w którym go przyjął", cite_the_vendor),
    ("Żadna czynność w rejestrze nie korzysta z tego narzędzia", use_it_in_the_activity),
)
OF_THE_ACTIVITY = (
    ("Dostawcy narzędzia nie ma wśród podmiotów przetwarzających", name_the_processor),
    ("Czynność nie ma reguły przechowywania", limit_the_time),
)


def see_nothing_wrong(dpo: Desk) -> None:
    dpo.open("findings/")
    dpo.sees("Nic nie stoi na przeszkodzie")


def read_who_did_what(dpo: Desk, approver: Desk) -> None:
    dpo.open("trail/")
    for who, what in (
        (dpo, "Umowa powierzenia UP/2"),
        (dpo, f"{NOTICE}, v2: projekt przygotowany z rejestrów"),
        (approver, f"{NOTICE} · v2"),
        (dpo, "Narzędzie Voicebot"),
        (approver, "Narzędzie Voicebot"),
    ):
        entries = dpo.page.locator(".entry").filter(has_text=what)
        expect(entries.filter(has_text=who.user.full_name).first).to_be_visible()
