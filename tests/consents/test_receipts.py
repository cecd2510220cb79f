"""Receipts of consents: of the standard's fields, in terms that there are, without the person."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import AccessEvent
from consents import services
from consents.models import Consent
from consents.receipts import receipt_of
from consents.record import record_of
from tests.api import Caller
from tests.consents.dpv import missing_fields, states, unknown_terms
from tests.factories import (
    ActivityProcessorFactory,
    ActivityRecipientFactory,
    ActivityTransferFactory,
    ApiClientFactory,
    ClientGrantFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    WordingFactory,
)
from tests.notices.making import complete_purpose, published

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def house() -> SimpleNamespace:
    """A purpose about which everything is known, and somebody who may be asked."""
    purpose = complete_purpose(slug="newsletter")
    source = SourceFactory(slug="web-form")
    wording = SourceWordingFactory(wording=WordingFactory(purpose=purpose), source=source).wording
    point = PointFactory(value="anna@poczta.example")
    return SimpleNamespace(purpose=purpose, source=source, point=point, wording=wording)


def _give(house: SimpleNamespace, **act: Any) -> Any:
    told = {
        "point": house.point,
        "purpose": house.purpose,
        "channel": "email",
        "source": house.source,
        "method": "form",
        "evidence": "kliknięcie",
        "occurred_at": MARCH,
        **act,
    }
    return services.give(**told)


def _withdraw(house: SimpleNamespace) -> Any:
    return services.withdraw(
        house.point,
        house.purpose,
        "email",
        source=house.source,
        method="call",
        evidence="proszę nie pisać",
        occurred_at=MARCH + timedelta(days=9),
    )


def _receipt(moment: datetime | None = None) -> dict[str, Any]:
    return receipt_of(record_of(Consent.objects.get()), moment or timezone.now())


def _record() -> dict[str, Any]:
    return _receipt()["dpv:hasRecordOfActivity"]


def test_a_receipt_has_every_field_that_the_standard_asks_for(house: SimpleNamespace) -> None:
    published(house.purpose)
    _give(house)
    _withdraw(house)

    assert missing_fields(_receipt()) == []


def test_a_receipt_uses_no_term_that_does_not_exist(house: SimpleNamespace) -> None:
    published(house.purpose)
    ActivityProcessorFactory(activity=house.purpose.activity)
    ActivityRecipientFactory(activity=house.purpose.activity)
    ActivityTransferFactory(activity=house.purpose.activity)
    given = _give(house, needs_confirmation=True)
    services.confirm(given, method="link", evidence="kliknięcie")
    _withdraw(house)
    services.invalidate(given, method="paper", reason="nie ta osoba")

    assert unknown_terms(_receipt()) == set()


@pytest.mark.parametrize("term", ["dpv:ConsentTerminated", "pd:Telephone", "eu-gdpr:A7-4"])
def test_the_validator_sees_a_term_that_does_not_exist(term: str) -> None:
    assert unknown_terms({"dpv:hasNotice": [{"@type": ["dpv:ConsentNotice", term]}]}) == {term}


def test_the_validator_sees_a_field_that_is_missing(house: SimpleNamespace) -> None:
    _give(house)
    receipt = _receipt()
    del receipt["dpv:hasRecordOfActivity"]["dpv:hasConsentControl"]

    assert missing_fields(receipt) == ["withdrawal_method"]


def test_statuses_tell_what_the_person_did_and_when(house: SimpleNamespace) -> None:
    _withdraw(house)
    _give(house)

    assert states(_receipt()) == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    assert _record()["dpv:hasConsentStatus"][0]["dpv:isIndicatedAtTime"] == (
        "2026-03-01T12:00:00+00:00"
    )


def test_a_consent_that_waits_for_its_confirmation_is_not_called_given(
    house: SimpleNamespace,
) -> None:
    given = _give(house, needs_confirmation=True)
    waiting = states(_receipt())
    services.confirm(given, method="link", evidence="kliknięcie")

    assert waiting == ["dpv:ConsentRequested"]
    assert states(_receipt()) == ["dpv:ConsentGiven", "dpv:ConsentGiven"]


def test_a_consent_that_ended_says_so_with_the_moment(house: SimpleNamespace) -> None:
    end = MARCH + timedelta(days=30)
    _give(house, valid_until=end)

    assert states(_receipt(end - timedelta(seconds=1))) == ["dpv:ConsentGiven"]
    assert states(_receipt(end)) == ["dpv:ConsentGiven", "dpv:ConsentExpired"]


def test_an_invalidated_consent_says_so(house: SimpleNamespace) -> None:
    services.invalidate(_give(house), method="paper", reason="nie ta osoba")

    assert states(_receipt())[-1] == "dpv:ConsentInvalidated"


def test_a_third_party_is_not_taken_for_the_person(house: SimpleNamespace) -> None:
    _give(house, giver="third_party")

    assert _record()["dpv:hasConsentStatus"][0]["dpv:isIndicatedBy"] == "cc:third-party"


def test_the_text_that_the_person_saw_stands_in_it_to_the_letter(house: SimpleNamespace) -> None:
    _give(house)

    [notice] = [n for n in _record()["dpv:hasNotice"] if n["@type"] == "dpv:ConsentNotice"]

    assert notice["dct:description"] == {"@language": "pl", "@value": house.wording.text}
    assert notice["cc:sha256"] == house.wording.sha256


def test_the_notice_in_force_when_the_person_consented_is_the_one_named(
    house: SimpleNamespace,
) -> None:
    version = published(house.purpose, effective_from=MARCH + timedelta(days=1))
    _give(house)
    before = [n["@type"] for n in _record()["dpv:hasNotice"]]
    _give(house, occurred_at=MARCH + timedelta(days=2))

    after = [n for n in _record()["dpv:hasNotice"] if n["@type"] == "dpv:PrivacyNotice"]

    assert before == ["dpv:ConsentNotice"]
    assert [notice["@id"] for notice in after] == [f"urn:uuid:{version.uuid}"]


def test_for_a_client_the_centre_stands_as_its_processor() -> None:
    shop = OrganisationFactory(client=True)
    centre = OrganisationFactory()
    purpose = PurposeFactory(activity__controller=shop)
    services.give(
        PointFactory(controller=shop),
        purpose,
        "email",
        source=SourceFactory(controller=shop),
        method="form",
        evidence="kliknięcie",
    )

    record = _record()

    assert record["dpv:hasDataController"] == f"urn:uuid:{shop.uuid}"
    assert record["dpv:hasDataProcessor"] == [f"urn:uuid:{centre.uuid}"]


def test_data_bought_from_a_broker_are_not_said_to_come_from_the_person(
    house: SimpleNamespace,
) -> None:
    _give(house, source=SourceFactory(purchased=True))

    record = _record()
    names = [party["dpv:hasName"] for party in record["dpv:hasEntity"]]

    assert record["dpv:hasProcess"][0]["dpv:hasDataSource"] == ["dpv:ThirdPartyDataSource"]
    assert "Lead-Baza sp. z o.o." in names


def test_a_processor_that_left_is_not_named(house: SimpleNamespace) -> None:
    use = ActivityProcessorFactory(activity=house.purpose.activity)
    _give(house)
    before = _record()["dpv:hasDataProcessor"]
    use.end()

    assert before == [f"urn:uuid:{use.organisation.uuid}"]
    assert _record()["dpv:hasDataProcessor"] == []


def test_the_person_withdraws_by_the_link_in_it(house: SimpleNamespace, client: Any) -> None:
    _give(house)

    link = _record()["dpv:hasConsentControl"]["dpv:isExercisedAt"]

    assert link.startswith("https://testserver/z/")
    assert client.get(link.removeprefix("https://testserver")).status_code == 200


def test_of_a_retired_number_nobody_has_a_link(house: SimpleNamespace) -> None:
    _give(house)
    services.reassign(house.point, retired_for="reassigned", reason="list wrócił")

    assert _record()["dpv:hasConsentControl"]["dpv:isExercisedAt"] == "mailto:iod@centrum.example"


def test_neither_the_contact_nor_the_name_nor_the_evidence_stands_in_it(
    house: SimpleNamespace,
) -> None:
    _give(house, evidence="kanarek-w-kopalni")

    text = json.dumps(_receipt(), ensure_ascii=False)

    assert not [word for word in ("anna@", "Kowalski", "kanarek") if word in text]


def test_a_receipt_stays_the_same_until_something_happens(house: SimpleNamespace) -> None:
    _give(house)
    first, second = _receipt(), _receipt(timezone.now() + timedelta(days=1))
    _withdraw(house)

    assert first == second
    assert _receipt()["dct:identifier"] != first["dct:identifier"]


# By the API --------------------------------------------------------------------------------------


def _caller(house: SimpleNamespace) -> Caller:
    return Caller(ClientGrantFactory(purpose=house.purpose).client)


def test_a_client_reads_a_receipt_as_linked_data(house: SimpleNamespace) -> None:
    _give(house)

    answer = _caller(house).get(f"consents/{Consent.objects.get().uuid}/receipt/")

    assert answer.headers["Content-Type"] == "application/ld+json"
    assert json.loads(answer.content) == _receipt()


def test_a_client_that_wants_plain_json_gets_it(house: SimpleNamespace) -> None:
    _give(house)
    url = f"consents/{Consent.objects.get().uuid}/receipt/"

    answer = _caller(house).get(url, Accept="application/json")

    assert answer.headers["Content-Type"] == "application/json"


def test_every_receipt_is_kept_as_a_proof_that_left(house: SimpleNamespace) -> None:
    _give(house)
    consent = Consent.objects.get()
    _caller(house).get(f"consents/{consent.uuid}/receipt/")

    opened = AccessEvent.objects.get(closes=None)
    assert (opened.action, opened.subject) == ("proof", f"consents.consent:{consent.uuid}")


def test_a_receipt_of_others_is_not_found(house: SimpleNamespace) -> None:
    _give(house)

    answer = Caller(ApiClientFactory()).get(f"consents/{Consent.objects.get().uuid}/receipt/")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_long_history_costs_as_many_queries_as_a_short_one(
    house: SimpleNamespace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(8):
        _give(house, occurred_at=MARCH + timedelta(days=n))
    ActivityRecipientFactory(activity=house.purpose.activity)
    caller, url = _caller(house), f"consents/{Consent.objects.get().uuid}/receipt/"
    caller.get(url)

    with django_assert_max_num_queries(19):
        caller.get(url)
