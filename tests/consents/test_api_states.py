"""How a person stands, as a client of the API reads it."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiUsage
from audit.models import AccessEvent
from consents import services
from consents.api.contacts import REASONS as SENTENCES
from consents.contacts import REASONS
from consents.models import Consent, Evidence
from tests.api import Caller
from tests.factories import (
    ApiClientFactory,
    ClientGrantFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    WordingFactory,
)

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def house() -> SimpleNamespace:
    """A purpose of ours with its form, granted to a client; one person gave by e-mail."""
    purpose = PurposeFactory(slug="newsletter")
    source = SourceFactory(slug="web-form")
    point = PointFactory(value="anna@poczta.example")
    client = ClientGrantFactory(purpose=purpose).client
    return SimpleNamespace(purpose=purpose, source=source, point=point, caller=Caller(client))


def _give(house: SimpleNamespace, **act: object) -> object:
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


def _withdraw(house: SimpleNamespace) -> object:
    return services.withdraw(
        house.point,
        house.purpose,
        "email",
        source=house.source,
        method="call",
        evidence="proszę nie pisać",
        occurred_at=MARCH + timedelta(days=9),
    )


def _search(house: SimpleNamespace, **body: object) -> list[dict[str, object]]:
    answer = house.caller.post("consents/search/", {"contact": "Anna@poczta.example", **body})
    assert answer.status_code == 200
    return answer.json()["results"]


def _read(house: SimpleNamespace) -> dict[str, object]:
    return house.caller.get(f"consents/{Consent.objects.get().uuid}/").json()


# Search ------------------------------------------------------------------------------------------


def test_a_contact_in_any_spelling_finds_how_the_person_stands(house: SimpleNamespace) -> None:
    _give(house)

    [found] = _search(house, contact="  ANNA@Poczta.Example ")

    assert (found["purpose"], found["channel"]) == ("newsletter", "email")
    assert (found["state"], found["since"]) == ("given", "2026-03-01T12:00:00Z")
    assert found["controller"] == "centrum"


def test_a_withdrawal_is_seen_at_once(house: SimpleNamespace) -> None:
    _give(house)
    _withdraw(house)

    assert [found["state"] for found in _search(house)] == ["withdrawn"]


def test_a_consent_that_ended_is_told_as_expired(house: SimpleNamespace) -> None:
    _give(house, valid_until=timezone.now() - timedelta(days=1))

    assert [found["state"] for found in _search(house)] == ["expired"]


def test_a_purpose_that_is_not_granted_is_left_out(house: SimpleNamespace) -> None:
    _give(house, purpose=PurposeFactory(slug="others", activity=house.purpose.activity))

    assert _search(house) == []


def test_a_phone_number_is_read_in_the_spelling_of_people(house: SimpleNamespace) -> None:
    phone = PointFactory(phone=True, value="+48601234567")
    _give(house, point=phone, channel="sms")

    assert [found["channel"] for found in _search(house, contact="601 234-567")] == ["sms"]


def test_a_channel_narrows_the_answer(house: SimpleNamespace) -> None:
    phone = PointFactory(phone=True, value="+48601234567")
    _give(house, point=phone, channel="sms")
    _give(house, point=phone, channel="voice")

    found = _search(house, contact="+48601234567", channel="voice")

    assert [each["channel"] for each in found] == ["voice"]


def test_a_handle_is_found_by_the_channel_it_is_for(house: SimpleNamespace) -> None:
    handle = PointFactory(kind="handle", value="anna.k")
    _give(house, point=handle, channel="messenger")

    assert len(_search(house, contact="Anna.K", channel="messenger")) == 1


def test_the_same_contact_of_a_controller_that_is_not_granted_stays_hidden(
    house: SimpleNamespace,
) -> None:
    shop = OrganisationFactory(client=True)
    _give(
        house,
        point=PointFactory(value="anna@poczta.example", controller=shop),
        purpose=PurposeFactory(activity__controller=shop),
        source=SourceFactory(controller=shop),
    )

    assert _search(house) == []


def test_a_number_that_begins_anew_brings_no_past(house: SimpleNamespace) -> None:
    _give(house)
    services.reassign(house.point, retired_for="reassigned", reason="list wrócił")

    assert _search(house) == []


def test_a_stranger_is_found_as_nothing_and_no_error(house: SimpleNamespace) -> None:
    assert _search(house, contact="nikt@poczta.example") == []


@pytest.mark.parametrize(
    ("contact", "code"),
    [("601", "phone_invalid"), ("6.01603E+08", "phone_destroyed"), ("a@b", "email_invalid")],
)
def test_a_contact_that_cannot_be_read_is_refused_and_not_repeated(
    house: SimpleNamespace, contact: str, code: str
) -> None:
    answer = house.caller.post("consents/search/", {"contact": contact})

    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("#/contact", code)]
    assert contact not in answer.content.decode()


def test_every_reason_why_a_contact_cannot_be_read_has_its_sentence() -> None:
    assert set(SENTENCES) == set(REASONS)


def test_an_unknown_field_is_refused_by_its_name(house: SimpleNamespace) -> None:
    answer = house.caller.post("consents/search/", {"contact": "a@b.pl", "purposes": "x"})

    assert [e["pointer"] for e in answer.json()["errors"]] == ["#/purposes"]


def test_asking_for_a_purpose_of_others_is_asking_for_none(house: SimpleNamespace) -> None:
    PurposeFactory(slug="others")
    asked = [
        house.caller.post("consents/search/", {"contact": "anna@poczta.example", "purpose": slug})
        for slug in ("others", "nothing")
    ]

    assert [answer.status_code for answer in asked] == [404, 404]
    assert asked[0].content == asked[1].content


def test_a_search_spends_one_contact_of_the_quota_and_a_refused_one_none() -> None:
    client = ApiClientFactory(daily_contacts=1)
    caller = Caller(client)

    refused = caller.post("consents/search/", {"contact": "601"})
    first, second = (caller.post("consents/search/", {"contact": "a@b.pl"}) for _time in range(2))

    assert [refused.status_code, first.status_code, second.status_code] == [400, 200, 429]
    assert int(second.headers["Retry-After"]) > 0
    assert ApiUsage.objects.get(client=client).contacts == 1


def test_every_search_is_kept_without_the_contact(house: SimpleNamespace) -> None:
    _search(house, purpose="newsletter")

    opened = AccessEvent.objects.get(closes=None)
    assert (opened.action, opened.way) == ("check", "api")
    assert opened.recorded_name == house.caller.client.name
    assert "anna" not in json.dumps([opened.subject, opened.filters])


def test_people_of_many_purposes_cost_as_many_queries_as_one(
    house: SimpleNamespace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(5):
        purpose = PurposeFactory(activity=house.purpose.activity)
        ClientGrantFactory(client=house.caller.client, purpose=purpose)
        _give(house, purpose=purpose)
    assert len(_search(house)) == 5

    # Three to know the key and two savepoints around the access log.
    with django_assert_max_num_queries(12):
        _search(house)


# One consent -------------------------------------------------------------------------------------


def test_a_record_tells_every_act_in_the_order_in_which_the_person_acted(
    house: SimpleNamespace,
) -> None:
    _withdraw(house)
    given = _give(house)

    record = _read(house)

    assert [event["kind"] for event in record["events"]] == ["given", "withdrawn"]
    assert record["events"][0]["uuid"] == str(given.uuid)
    assert record["consent"]["state"] == "withdrawn"
    assert record["contact"] == {
        "uuid": str(house.point.uuid),
        "kind": "email",
        "value": "anna@poczta.example",
        "retired_at": None,
    }


def test_a_record_tells_the_wording_that_the_source_showed_then(house: SimpleNamespace) -> None:
    wording = WordingFactory(purpose=house.purpose)
    SourceWordingFactory(wording=wording, source=house.source)
    _give(house)

    record = _read(house)

    assert record["wording"]["text"] == wording.text
    assert record["events"][0]["wording"] == str(wording.uuid)


def test_a_withdrawal_answers_no_text(house: SimpleNamespace) -> None:
    SourceWordingFactory(wording=WordingFactory(purpose=house.purpose), source=house.source)
    _give(house)
    _withdraw(house)

    record = _read(house)

    assert record["wording"] is None
    assert [bool(event["wording"]) for event in record["events"]] == [True, False]


def test_what_proves_an_act_is_named_and_its_content_stays_in_the_house(
    house: SimpleNamespace,
) -> None:
    event = _give(house, evidence="kanarek-w-kopalni")

    answer = house.caller.get(f"consents/{Consent.objects.get().uuid}/")

    assert answer.json()["events"][0]["evidence"] == {
        "kind": "words",
        "sha256": event.evidence_sha256,
        "line": None,
    }
    assert "kanarek" not in answer.content.decode()


def test_evidence_that_was_erased_leaves_its_digest(house: SimpleNamespace) -> None:
    event = _give(house)
    Evidence.objects.all().delete()

    [told] = _read(house)["events"]

    assert told["evidence"] == {"kind": None, "sha256": event.evidence_sha256, "line": None}


def test_names_of_the_person_are_not_told(house: SimpleNamespace) -> None:
    _give(house)

    text = json.dumps(_read(house), ensure_ascii=False)

    assert "Kowalski" not in text
    assert str(house.point.subject.uuid) in text


def test_a_retired_number_is_not_told(house: SimpleNamespace) -> None:
    _give(house)
    services.reassign(house.point, retired_for="reassigned", reason="list wrócił")

    contact = _read(house)["contact"]

    assert contact["value"] is None
    assert contact["retired_at"] is not None


def test_a_consent_of_others_and_none_at_all_answer_with_the_same_bytes(
    house: SimpleNamespace,
) -> None:
    _give(house, purpose=PurposeFactory(slug="others", activity=house.purpose.activity))

    others = house.caller.get(f"consents/{Consent.objects.get().uuid}/")
    nothing = house.caller.get(f"consents/{uuid4()}/")

    assert others.status_code == 404
    assert others.content == nothing.content


def test_a_client_that_may_not_read_is_refused(house: SimpleNamespace) -> None:
    _give(house)
    caller = Caller(ApiClientFactory(may_read=False))

    assert caller.get(f"consents/{Consent.objects.get().uuid}/").status_code == 403
    assert caller.post("consents/search/", {"contact": "a@b.pl"}).status_code == 403


def test_every_look_at_a_record_is_kept(house: SimpleNamespace) -> None:
    _give(house)
    consent = Consent.objects.get()
    _read(house)

    opened = AccessEvent.objects.get(closes=None)
    assert (opened.action, opened.subject) == ("reveal", f"consents.consent:{consent.uuid}")


def test_many_acts_cost_as_many_queries_as_one(
    house: SimpleNamespace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    wording = WordingFactory(purpose=house.purpose)
    for n in range(8):
        _give(house, occurred_at=MARCH + timedelta(days=n), wording=wording)
    _read(house)
    url = f"consents/{Consent.objects.get().uuid}/"

    with django_assert_max_num_queries(13):
        house.caller.get(url)
