"""Pages of the room: what they show, to whom, and what never stands in a title."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.choices import Severity
from audit.verbs import Link
from consents import panels, services
from consents.models import Consent, ContactPoint, DataSubject, Evidence, LeadSource
from tests.consents.screens import client_of, give, given, listing, page, verb
from tests.factories import PointFactory, PurposeFactory, SourceFactory, SourceWordingFactory

pytestmark = pytest.mark.django_db

NUMBER = "+48601602603"


def phoned() -> Consent:
    return given(PointFactory(kind="phone", value=NUMBER))


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("model", [Consent, ContactPoint, DataSubject])
@pytest.mark.parametrize("role", ["", "auditor"])
def test_a_page_masks_who_it_is_about(model: Any, role: str) -> None:
    phoned()
    content = text(client_of(role).get(page(model.objects.get())))
    assert "+48 601 ••• •03" in content
    assert not re.search(r"601 ?602 ?603|Kowalski", content)


@pytest.mark.parametrize("model", [Consent, ContactPoint, DataSubject])
def test_no_title_tells_a_contact_even_masked(model: Any) -> None:
    phoned()
    content = text(client_of().get(page(model.objects.get())))
    title = re.search(r"<title>(.*?)</title>", content, re.DOTALL)
    assert title is not None
    assert "•" not in title[1]


def test_a_consent_shows_the_exact_wording_and_its_digest() -> None:
    shown = SourceWordingFactory()
    consent = given(purpose=shown.wording.purpose, source=shown.source)
    content = text(client_of().get(page(consent)))
    assert shown.wording.text in content
    assert shown.wording.sha256 in content


def test_a_consent_on_unknown_words_says_so_in_red() -> None:
    answer = client_of().get(page(given()))
    assert answer.context["wording"] is None
    assert "bad-text" in text(answer)


def test_evidence_is_checked_against_its_commitment() -> None:
    consent = given()
    client = client_of()
    assert "badge ok" in str(client.get(page(consent)).context["proofs"])
    Evidence.objects.update(body="formularz 18")
    assert "badge bad" in str(client.get(page(consent)).context["proofs"])


def test_erased_evidence_leaves_its_commitment() -> None:
    consent = given()
    sha256 = Evidence.objects.get().sha256
    Evidence.objects.all().delete()
    content = text(client_of().get(page(consent)))
    assert sha256 in content


def test_an_objection_through_another_contact_of_the_person_stands_on_the_page() -> None:
    consent = phoned()
    other = PointFactory(subject=consent.contact_point.subject)
    services.restrict(other, "objection", words="nie")
    assert len(client_of().get(page(consent)).context["stops"]) == 1


def test_an_objection_of_somebody_else_does_not() -> None:
    consent = phoned()
    services.restrict(PointFactory(), "objection", words="nie")
    assert client_of().get(page(consent)).context["stops"] == []


def test_the_timeline_tells_the_newest_first() -> None:
    consent = given()
    services.withdraw(
        consent.contact_point,
        consent.purpose,
        consent.channel,
        source=consent.event.source,
        method="call",
        evidence="nie",
    )
    steps = client_of().get(page(consent)).context["timeline"]
    assert [step.tone for step in steps] == ["bad", "ok"]
    assert steps[0].at > steps[1].at


@pytest.mark.parametrize("model", [Consent, DataSubject, ContactPoint])
def test_a_page_takes_as_many_queries_however_long_its_story(model: Any) -> None:
    consent = given()
    client = client_of()
    record = model.objects.get()
    few = queries_of(client, record)
    for _ in range(4):
        give(consent.contact_point, consent.purpose, occurred_at=timezone.now())
        services.restrict(consent.contact_point, "objection", words="nie")
    # One more: restrictions name their purpose only where there are any.
    assert queries_of(client, record) <= few + 1


def queries_of(client: Any, record: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page(record)).status_code == 200
    return len(queries)


def test_upper_rooms_put_obstacles_and_links_on_a_consent(monkeypatch: Any) -> None:
    monkeypatch.setattr(panels, "_obstacle_sources", [])
    monkeypatch.setattr(panels, "_link_sources", [])
    panels.register_obstacles(
        lambda consent, moment: [panels.Obstacle(Severity.BLOCKING, "treść czeka na ocenę")]
    )
    panels.register_links(lambda consent, user: [Link("Czy wolno?", "/admin/")])
    content = text(client_of().get(page(given())))
    assert "Treść czeka na ocenę" in content
    assert "Czy wolno?" in content


def test_a_person_of_many_contacts_has_one_matrix() -> None:
    consent = phoned()
    mail = PointFactory(subject=consent.contact_point.subject)
    give(mail, consent.purpose)
    give(mail, PurposeFactory())
    matrix = client_of().get(page(mail.subject)).context["matrix"]
    assert len(matrix["columns"]) == 2
    assert len(matrix["rows"]) == 2


def test_a_source_says_how_many_still_wait_to_be_told() -> None:
    source = SourceFactory(purchased=True)
    services.acquire(PointFactory(), source, obtained_on=timezone.localdate())
    answer = client_of().get(page(source))
    assert answer.context["waiting"] == "1"


def test_a_source_is_entered_with_what_it_showed() -> None:
    wording = SourceWordingFactory().wording
    source = SourceFactory()
    data = {
        "kind": "own_form",
        "name_pl": "Formularz",
        "name_en": "Form",
        "shown-TOTAL_FORMS": "1",
        "shown-INITIAL_FORMS": "0",
        "shown-0-wording": wording.pk,
        "shown-0-shown_from": "2024-11-10T00:00",
        "seen_version": source.updated_at.isoformat(),
    }
    answer = client_of().post(page(source), data)
    assert answer.status_code == 302
    assert LeadSource.objects.get(pk=source.pk).shown.get().wording == wording


def test_pages_of_a_retired_contact_offer_no_new_consent() -> None:
    consent = phoned()
    services.reassign(consent.contact_point, retired_for="reassigned", reason="nowy abonent")
    answer = client_of().get(verb(consent, "record"))
    assert "<textarea" not in answer.content.decode()
    assert client_of().post(verb(consent, "record")).status_code == 409


@pytest.mark.parametrize("model", [Consent, DataSubject, ContactPoint])
def test_an_auditor_reads_but_is_offered_no_verb(model: Any) -> None:
    phoned()
    answer = client_of("auditor").get(page(model.objects.get()))
    assert answer.context["verbs"] == []
    assert client_of("auditor").get(listing(model)).status_code == 200
