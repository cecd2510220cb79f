"""What the house itself sees of links and letters."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit import rules
from audit.choices import AccessAction
from audit.models import AccessEvent
from consents import letters, services
from consents.models import LeadSource
from consents.preferences.links import preferences_url
from tests.consents.preferences.people import path
from tests.consents.screens import client_of, consent_of, give, page, verb
from tests.factories import PointFactory, PurposeFactory, SourceFactory

pytestmark = pytest.mark.django_db


def test_the_officer_is_shown_a_persons_link_once_with_a_reason() -> None:
    point = PointFactory()
    answer = client_of().post(verb(point, "link"), {"reason": "zgubiła wiadomość"})
    assert preferences_url(point) in answer.text
    assert Client().get(path(preferences_url(point))).status_code == 200


def test_the_access_log_keeps_who_looked_and_why() -> None:
    point = PointFactory()
    client_of().post(verb(point, "link"), {"reason": "zgubiła wiadomość"})
    event = AccessEvent.objects.latest("pk")
    assert (event.action, event.subject, event.reason) == (
        AccessAction.REVEAL,
        f"consents.contactpoint:{point.uuid}",
        "zgubiła wiadomość",
    )


def test_without_a_reason_there_is_no_link() -> None:
    point = PointFactory()
    assert preferences_url(point) not in client_of().post(verb(point, "link"), {}).text


@pytest.mark.parametrize("role", ["auditor", "approver", "supervisor"])
def test_nobody_else_gets_it(role: str) -> None:
    assert client_of(role).post(verb(PointFactory(), "link"), {"reason": "x"}).status_code == 403


def test_a_retired_contact_has_none() -> None:
    point = PointFactory()
    services.reassign(point, retired_for="closed", reason="nie istnieje")
    answer = client_of().post(verb(point, "link"), {"reason": "x"})
    assert answer.status_code == 409


@pytest.fixture
def source() -> LeadSource:
    return SourceFactory(confirmation_asked=True, confirmation_sent=True)


def test_confirming_by_hand_is_shown_closed(source: LeadSource) -> None:
    event = give(PointFactory(), PurposeFactory(), source=source)
    consent = consent_of(event)
    assert client_of().post(verb(consent, "confirm"), {}).status_code == 409
    assert client_of().get(page(consent)).status_code == 200


def test_a_consents_page_says_what_became_of_its_letter(source: LeadSource) -> None:
    consent = consent_of(give(PointFactory(), PurposeFactory(), source=source))
    officer = client_of()
    officer.cookies["django_language"] = "en"
    assert "confirmation letter: waits to be sent" in officer.get(page(consent)).text
    services.withdraw(
        consent.contact_point,
        consent.purpose,
        "email",
        source=source,
        method="call",
        evidence="słowa",
    )
    letters.send_waiting(beat=lambda _left: None)
    assert "confirmation letter: withheld" in officer.get(page(consent)).text


def test_letters_that_cannot_leave_are_a_finding(source: LeadSource, settings: Any) -> None:
    SourceFactory(confirmation_asked=True)
    assert found() == []
    settings.EMAIL_BACKEND = letters.NO_SERVER
    assert found() == [source]


def found() -> list[Any]:
    rule = next(each for each in rules.registered() if each.code == "letters_not_sent")
    return list(rule.records())


def test_the_database_refuses_letters_that_nothing_asks_for() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SourceFactory(confirmation_sent=True)
