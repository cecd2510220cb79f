"""What each role sees of checks, and what stays in the access log."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from audit.models import AccessEvent
from consents import services
from consents.models import Consent
from consents.panels import obstacles_of
from tests.factories import (
    ActivityFactory,
    AgreementFactory,
    GrantFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    UserFactory,
)
from tests.screening.conftest import give

pytestmark = pytest.mark.django_db

CHECK = "admin:screening_check"


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def signed_in(**role: bool) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(UserFactory(**role))
    return client


@pytest.fixture
def floor(consented: SimpleNamespace) -> SimpleNamespace:
    """A supervisor who may use the purpose of ``consented``."""
    grant = GrantFactory(purpose=consented.purpose)
    client = Client(headers={"accept-language": "en"})
    client.force_login(grant.user)
    return SimpleNamespace(client=client, user=grant.user, **vars(consented))


def checked(client: Client, contact: str, **asked: str) -> str:
    return client.post(reverse(CHECK), {"contact": contact, **asked}).content.decode()


# A typed contact ---------------------------------------------------------------------------------


def test_a_contact_in_any_spelling_gets_its_answer(floor: SimpleNamespace) -> None:
    page = checked(floor.client, "  JAN@Poczta.example ", purpose="marketing")
    assert "Yes, you may send an e-mail" in page
    assert "Mark the message as commercial" in page


def test_a_denial_tells_all_reasons(floor: SimpleNamespace) -> None:
    services.restrict(floor.point, "objection", words="dość")
    services.withdraw(floor.point, floor.purpose, "email", **floor.told)
    page = checked(floor.client, floor.value, purpose="marketing", channel="email")
    assert "Do not send an e-mail" in page
    assert "The person objected to such contact." in page
    assert "The person withdrew consent." in page


def test_without_a_purpose_every_one_is_answered(floor: SimpleNamespace) -> None:
    other = PurposeFactory(name_en="Satisfaction survey")
    GrantFactory(user=floor.user, purpose=other)
    page = checked(floor.client, floor.value)
    assert f'value="{other.slug}:email:{floor.point.uuid.hex}"' in page
    assert "consent of 1 Mar 2025" in page


def test_a_click_on_a_cell_shows_its_card(floor: SimpleNamespace) -> None:
    other = PurposeFactory(name_en="Satisfaction survey")
    GrantFactory(user=floor.user, purpose=other)
    page = checked(floor.client, floor.value, cell=f"{other.slug}:email:{floor.point.uuid.hex}")
    assert "Do not send an e-mail" in page


def test_a_supervisor_is_told_of_granted_purposes_alone(floor: SimpleNamespace) -> None:
    hidden = PurposeFactory(name_en="Debt collection")
    assert "Debt collection" not in checked(floor.client, floor.value)
    refused = checked(floor.client, floor.value, purpose=hidden.slug)
    assert "Select a valid choice" in refused
    assert "verdict" not in refused


def test_a_supervisor_sees_no_other_contact_and_no_name(floor: SimpleNamespace) -> None:
    PointFactory(phone=True, subject=floor.subject, value="+48601602603")
    page = checked(floor.client, floor.value)
    assert "J•••• K••••" in page
    assert not any(hidden in page for hidden in ("601", "Kowalski", "/consents/datasubject/"))


def test_the_dpo_sees_the_other_contacts_masked(consented: SimpleNamespace) -> None:
    PointFactory(phone=True, subject=consented.subject, value="+48601602603")
    page = checked(signed_in(), consented.value)
    assert "+48 601 ••• •03" in page
    assert not any(hidden in page for hidden in ("602 603", "601602", "602603"))
    assert reverse("admin:consents_datasubject_change", args=[consented.subject.pk]) in page


def test_the_dpo_asks_about_the_past(consented: SimpleNamespace) -> None:
    services.withdraw(consented.point, consented.purpose, "email", **consented.told)
    client = signed_in()
    asked = {"purpose": "marketing", "at": "2025-02-01T12:00"}
    assert "The person has not consented" in checked(client, consented.value, **asked)
    assert "The person withdrew consent." in checked(client, consented.value, purpose="marketing")


def test_the_dpo_asks_what_was_known_then(consented: SimpleNamespace) -> None:
    """Withdrawn long ago, which the house has learnt of only now."""
    services.withdraw(consented.point, consented.purpose, "email", **consented.told)
    client, asked = signed_in(), {"purpose": "marketing", "at": "2026-01-02T12:00"}
    assert "The person withdrew consent." in checked(client, consented.value, **asked)
    known = checked(client, consented.value, known_at="2026-01-01T12:00", **asked)
    assert "The person has not consented" in known
    assert "As known at" in known


def test_a_supervisor_asks_about_now_alone(floor: SimpleNamespace) -> None:
    page = checked(floor.client, floor.value, at="2025-02-01T12:00", known_at="2025-02-01T12:00")
    assert "Yes, you may send an e-mail" in page
    assert not any(f'name="{field}"' in page for field in ("at", "known_at"))


def test_evidence_leads_to_the_records_for_whoever_may_open_them(floor: SimpleNamespace) -> None:
    pages = [
        reverse("admin:consents_consentwording_change", args=[floor.shown.wording_id]),
        reverse("admin:consents_leadsource_change", args=[floor.source.pk]),
        reverse("admin:consents_consent_change", args=[Consent.objects.get().pk]),
        reverse("admin:processing_channelrule_changelist"),
    ]
    shown = checked(signed_in(), floor.value, purpose="marketing")
    hidden = checked(floor.client, floor.value, purpose="marketing")
    assert all(f'href="{url}' in shown for url in pages)
    assert not any(url in hidden for url in pages)
    assert "v3" in hidden


def test_a_page_costs_as_many_queries_for_many_purposes(
    django_assert_max_num_queries: Any, consented: SimpleNamespace
) -> None:
    client, asked = signed_in(), {"contact": consented.value}
    with CaptureQueriesContext(connection) as few:
        client.post(reverse(CHECK), asked)
    for _ in range(8):
        give(consented.point, SimpleNamespace(**{**vars(consented), "purpose": PurposeFactory()}))
    with django_assert_max_num_queries(len(few)):
        page = client.post(reverse(CHECK), asked).content.decode()
    assert page.count('name="cell"') == 9


def test_a_page_costs_as_many_queries_for_many_contacts(
    django_assert_max_num_queries: Any, consented: SimpleNamespace
) -> None:
    client, asked = signed_in(), {"contact": consented.value}
    PointFactory(value="jan.drugi@poczta.example", subject=consented.subject)
    with CaptureQueriesContext(connection) as few:
        client.post(reverse(CHECK), asked)
    for number in range(3, 8):
        PointFactory(value=f"jan.{number}@poczta.example", subject=consented.subject)
    with django_assert_max_num_queries(len(few)):
        page = client.post(reverse(CHECK), asked).content.decode()
    assert page.count('name="cell"') == 7


def test_a_stop_is_dated_by_the_one_that_holds_here(floor: SimpleNamespace) -> None:
    """Not by a newer one for another purpose."""
    day = {"effective_at": datetime(2025, 4, 5, tzinfo=UTC)}
    services.restrict(floor.point, "objection", words="dość", **day)
    other, later = PurposeFactory(), {"effective_at": datetime(2025, 9, 9, tzinfo=UTC)}
    services.restrict(floor.point, "objection_purpose", words="nie", purpose=other, **later)
    page = checked(floor.client, floor.value, purpose="marketing")
    assert "since 5 Apr 2025" in page
    assert "9 Sep 2025" not in page


def test_each_controller_answers_for_itself(consented: SimpleNamespace) -> None:
    client = OrganisationFactory(client=True, name="Sklep Przykład")
    AgreementFactory(taken=True, controller=client)
    theirs = PurposeFactory(activity=ActivityFactory(controller=client), service=True)
    PointFactory(controller=client, value=consented.value)
    page = checked(signed_in(), consented.value)
    assert "Sklep Przykład" in page
    assert f'value="{theirs.slug}:email:' in page


def test_a_stranger_is_not_in_the_register(floor: SimpleNamespace) -> None:
    service = PurposeFactory(service=True)
    GrantFactory(user=floor.user, purpose=service)
    page = checked(floor.client, "obcy@poczta.example", purpose=service.slug)
    assert "This number or address is not in the register." in page
    assert "Outside the register your own records decide." in page


@pytest.mark.parametrize("contact", ["60160260", "jan@", "telefon"])
def test_what_cannot_be_read_is_said_so(floor: SimpleNamespace, contact: str) -> None:
    page = checked(floor.client, contact)
    assert "neither a phone number nor an e-mail address" in page
    assert not AccessEvent.objects.exists()


def test_a_channel_of_another_kind_is_refused(floor: SimpleNamespace) -> None:
    assert "cannot be reached on this channel" in checked(
        floor.client, floor.value, channel="voice"
    )


def test_nobody_without_purposes_learns_anything(consented: SimpleNamespace) -> None:
    page = checked(signed_in(supervisor=True), consented.value)
    assert "No purpose has been granted to you." in page


def test_a_check_is_logged_without_the_contact(floor: SimpleNamespace) -> None:
    checked(floor.client, floor.value, purpose="marketing")
    opened, closed = AccessEvent.objects.order_by("pk")
    assert (opened.action, opened.recorded_by, closed.closes) == ("check", floor.user, opened)
    assert opened.filters["purposes"] == ["marketing"]
    assert (opened.filters["allowed"], opened.filters["denied"]) == (1, 0)
    assert "poczta" not in json.dumps([opened.subject, opened.filters])


def test_the_contact_stands_in_no_address_or_title(floor: SimpleNamespace) -> None:
    page = checked(floor.client, floor.value)
    assert floor.value not in page.split("<body")[0]
    assert f"?contact={floor.value}" not in page
    by_get = floor.client.get(reverse(CHECK), {"contact": floor.value}).content.decode()
    assert floor.value not in by_get


def test_what_was_heard_is_recorded_from_the_card(floor: SimpleNamespace) -> None:
    page = checked(floor.client, floor.value)
    assert f'action="{reverse("admin:consents_heard")}"' in page
    form = floor.client.post(reverse("admin:consents_heard"), {"contact": floor.value})
    assert f'value="{floor.value}"' in form.content.decode()
    assert "errorlist" not in form.content.decode()


def test_the_page_of_a_consent_shows_what_stands_in_the_way(consented: SimpleNamespace) -> None:
    consent = Consent.objects.select_related("contact_point", "purpose__activity").get()
    now = consented.event.recorded_at.replace(year=2030)
    assert obstacles_of(consent, now) == []
    services.restrict(consented.point, "objection", words="dość")
    assert [str(o.subject) for o in obstacles_of(consent, now)] == ["Objection"]


# Who may not -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [{"approver": True}, {"auditor": True}], ids=str)
def test_whoever_only_looks_on_checks_nobody(consented: SimpleNamespace, role: dict) -> None:
    client = signed_in(**role)
    assert client.get(reverse(CHECK)).status_code == 403
    assert client.post(reverse(CHECK), {"contact": consented.value}).status_code == 403


def test_a_stranger_is_sent_to_the_login(consented: SimpleNamespace) -> None:
    assert Client().get(reverse(CHECK)).status_code == 302


def test_other_methods_are_refused(floor: SimpleNamespace) -> None:
    assert floor.client.put(reverse(CHECK)).status_code == 405
