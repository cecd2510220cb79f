"""Whoever was suppressed stays so, whatever way in and however spelled (security.md 3)."""

import pytest
from django.utils import timezone

from consents.hearing import Heard, Hearing, hear
from consents.models import ContactPoint, Suppression
from consents.services import suppress
from screening.question import ask
from screening.verdict import judge
from tests.consents.api.house import NUMBER, House, codes
from tests.consents.files import imported, table
from tests.consents.test_contacts import SPELLINGS

pytestmark = pytest.mark.django_db
PHONES = {
    "columns": {
        "phone": {"field": "phone"},
        "yes": {"consent": {"channel": "voice"}},
        "when": {"field": "given_at"},
    }
}
MAILBOX = "jan@żółw.example"
MAILBOXES = [
    MAILBOX,
    "JAN@żółw.example",
    "Jan@ŻÓŁW.EXAMPLE",
    "jan@xn--w-uga1v8h.example",
    "jan@XN--W-UGA1V8H.example",
    " jan@żółw.example ",
    "jan@żółw.example\N{ZERO WIDTH SPACE}",
    "jan@z\N{COMBINING DOT ABOVE}o\N{COMBINING ACUTE ACCENT}łw.example",
]


def erased(house: House, kind: str, contact: str) -> None:
    suppress(house.controller, kind, contact, origin="erasure", scope="all")


def test_a_program_brings_no_number_back(house: House) -> None:
    erased(house, "phone", NUMBER)
    answer = house.post(*[house.item(contact=text) for text in SPELLINGS])
    assert list(codes(answer)) == [("#/contact", "erased")] * len(SPELLINGS)
    assert not ContactPoint.objects.exists()


def test_a_program_brings_no_mailbox_back(house: House) -> None:
    erased(house, "email", MAILBOX)
    answer = house.post(*[house.item(contact=text, channel="email") for text in MAILBOXES])
    assert list(codes(answer)) == [("#/contact", "erased")] * len(MAILBOXES)
    assert not ContactPoint.objects.exists()


def test_a_file_brings_no_number_back(house: House) -> None:
    erased(house, "phone", NUMBER)
    rows = [(text, "1", "2023-04-26 10:00") for text in SPELLINGS]
    counts = imported(table(*rows, header="phone,yes,when"), mapping=PHONES)
    assert counts["reasons"] == {"erased": len(SPELLINGS)}
    assert not ContactPoint.objects.exists()


def test_a_no_that_is_heard_again_is_the_same_entry(house: House) -> None:
    heard = [
        hear(Hearing(house.controller, text, Heard.OBJECTION, "dość", timezone.now()))
        for text in SPELLINGS
    ]
    assert set(heard) == {Suppression.objects.get().uuid}


def test_a_no_that_programs_report_again_is_the_same_entry(house: House) -> None:
    told = house.told(*[house.item("withdrawn", contact=text) for text in SPELLINGS])
    assert {result["uuid"] for result in told} == {str(Suppression.objects.get().uuid)}


def test_a_consent_beside_a_suppression_opens_nothing(house: House) -> None:
    suppress(house.controller, "phone", NUMBER, origin="industry_list", scope="all")
    house.told(*[house.item(contact=text) for text in SPELLINGS])
    verdicts = judge(ask("newsletter", "voice"), SPELLINGS)
    assert all("suppressed" in verdict.reasons for verdict in verdicts)
