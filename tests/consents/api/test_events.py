"""POST events/: what programs report is recorded as people said it, each act by itself."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiUsage
from audit.choices import Way
from audit.sql import is_postgresql
from consents.choices import ConsentState, EventKind, EvidenceKind, RetiredFor
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ContactPoint,
    DataSubject,
    Evidence,
    OutboxNote,
    Restriction,
    Suppression,
)
from consents.services import reassign
from tests.consents.api.house import AT_NOON, AT_TEN, NUMBER, House, codes
from tests.factories import (
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    SubjectFactory,
    WordingFactory,
)

pytestmark = pytest.mark.django_db


def statuses(results: list[dict[str, Any]]) -> list[str]:
    assert [result["index"] for result in results] == list(range(len(results)))
    return [result["status"] for result in results]


def state() -> str:
    return Consent.objects.get().state


# What is recorded --------------------------------------------------------------------------------


def test_a_consent_is_recorded_in_the_name_of_the_client(house: House) -> None:
    (result,) = house.told(house.item())
    event = ConsentEvent.objects.get(uuid=result["uuid"])
    assert (event.way, event.recorded_name, event.recorded_by) == (Way.API, house.client.name, None)
    assert event.occurred_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert state() == ConsentState.GIVEN


def test_the_answer_says_when_it_was_recorded(house: House) -> None:
    (result,) = house.told(house.item())
    event = ConsentEvent.objects.get()
    assert datetime.fromisoformat(result["recorded_at"]) == event.recorded_at


def test_an_act_without_a_time_is_of_now(house: House) -> None:
    item = house.item()
    del item["occurred_at"]
    before = timezone.now()
    house.told(item)
    assert before <= ConsentEvent.objects.get().occurred_at <= timezone.now()


def test_a_withdrawal_without_a_time_ends_a_consent_by_a_clock_that_is_ahead(house: House) -> None:
    house.told(house.item(occurred_at=(timezone.now() + timedelta(minutes=3)).isoformat()))
    item = house.item("withdrawn")
    del item["occurred_at"]
    house.told(item)
    assert state() == ConsentState.WITHDRAWN


def test_a_withdrawal_without_a_time_told_twice_at_once_is_one_event(house: House) -> None:
    item = house.item("withdrawn")
    del item["occurred_at"]
    results = house.told(house.item(), item, item)
    assert statuses(results) == ["recorded", "recorded", "known"]


def test_the_same_act_told_twice_is_one_event(house: House) -> None:
    first, second = house.told(house.item()), house.told(house.item())
    assert (statuses(first), statuses(second)) == (["recorded"], ["known"])
    assert first[0]["uuid"] == second[0]["uuid"]


def test_the_same_act_told_twice_in_one_request_is_one_event(house: House) -> None:
    assert statuses(house.told(house.item(), house.item())) == ["recorded", "known"]
    assert ConsentEvent.objects.count() == 1


def test_items_of_one_contact_are_recorded_in_their_order(house: House) -> None:
    house.told(house.item(), house.item("withdrawn", occurred_at=AT_NOON))
    assert state() == ConsentState.WITHDRAWN
    assert list(ConsentEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        EventKind.GIVEN,
        EventKind.WITHDRAWN,
    ]


def test_a_give_from_before_a_withdrawal_does_not_bring_consent_back(house: House) -> None:
    PointFactory(phone=True, value=NUMBER)
    house.told(house.item("withdrawn", occurred_at=AT_NOON))
    house.told(house.item())
    assert state() == ConsentState.WITHDRAWN


def test_every_event_is_noted_for_those_who_follow(house: House) -> None:
    house.told(house.item(), house.item("withdrawn", occurred_at=AT_NOON))
    noted = OutboxNote.objects.values_list("first", "last").order_by("pk")
    keys = ConsentEvent.objects.order_by("pk").values_list("pk", flat=True)
    assert list(noted) == [(key, key) for key in keys]


def test_events_of_one_request_are_one_batch(house: House) -> None:
    house.told(house.item(), house.item("withdrawn", occurred_at=AT_NOON))
    (batch,) = set(ConsentEvent.objects.values_list("batch", flat=True))
    assert batch is not None


def test_the_words_that_come_along_are_the_evidence(house: House) -> None:
    house.told(house.item(evidence="formularz zapis, pole telefon"))
    kept = Evidence.objects.get(pk=ConsentEvent.objects.get().evidence_id)
    assert (kept.kind, kept.body) == (EvidenceKind.FORM, "formularz zapis, pole telefon")


def test_without_words_the_request_itself_is_the_evidence(house: House) -> None:
    house.told(house.item(), house.item("withdrawn", occurred_at=AT_NOON), key="moj-klucz")
    kept = Evidence.objects.get()
    told = json.loads(kept.body)
    assert kept.kind == EvidenceKind.REQUEST
    assert (told["client"], told["idempotency_key"]) == (house.client.name, "moj-klucz")
    assert NUMBER not in kept.body


# Whom --------------------------------------------------------------------------------------------


def test_a_new_contact_enters_with_its_person_and_source(house: House) -> None:
    person = {"external_id": "K-1042", "first_name": "Jan", "last_name": "Kowalski"}
    house.told(house.item(contact="601 602 603", person=person))
    point = ContactPoint.objects.get()
    assert (point.value, point.subject.full_name) == (NUMBER, "Jan Kowalski")
    assert Acquisition.objects.get().source == house.source


def test_what_is_made_for_a_request_keeps_its_history(house: House) -> None:
    house.told(house.item())
    for model in (DataSubject, ContactPoint, Acquisition):
        (row,) = model.history.all()
        assert (row.history_type, row.history_username) == ("+", house.client.name)


def test_contacts_under_one_external_id_belong_to_one_person(house: House) -> None:
    person = {"external_id": "K-1042"}
    house.told(
        house.item(person=person),
        house.item(person=person, contact="jan@poczta.example", channel="email"),
    )
    house.told(house.item(person=person, contact="601602604"))
    assert DataSubject.objects.get().contact_points.count() == 3


def test_an_external_id_of_two_people_is_no_reason_to_choose_one(house: House) -> None:
    SubjectFactory.create_batch(2, external_id="K-1", controller=house.controller)
    house.told(house.item(person={"external_id": "K-1"}))
    assert DataSubject.objects.count() == 3


def test_a_known_person_is_not_renamed(house: House) -> None:
    PointFactory(phone=True, value=NUMBER, subject=SubjectFactory(first_name="Anna"))
    house.told(house.item(person={"first_name": "Jan"}))
    assert DataSubject.objects.get().first_name == "Anna"


def test_the_earlier_day_on_which_a_contact_was_obtained_holds(house: House) -> None:
    house.told(house.item(occurred_at=AT_NOON))
    house.told(house.item(occurred_at="2026-01-02T10:00:00Z"))
    assert str(Acquisition.objects.get().obtained_on) == "2026-01-02"


def test_a_contact_from_others_must_be_informed_within_a_month(house: House) -> None:
    SourceFactory(slug="lead-baza", purchased=True)
    house.told(house.item(source="lead-baza"))
    assert str(Acquisition.objects.get().due_on) == "2026-04-02"


def test_an_act_from_before_a_number_was_reassigned_is_the_former_holders(house: House) -> None:
    former = PointFactory(phone=True, value=NUMBER)
    reassign(former, retired_for=RetiredFor.REASSIGNED, reason="nowy abonent")
    house.told(house.item(), house.item(occurred_at=timezone.now().isoformat()))
    one, other = ConsentEvent.objects.order_by("occurred_at")
    assert (one.contact_point, other.contact_point.retired_at) == (former, None)


@pytest.mark.parametrize("kind", ["withdrawn", "refused"])
def test_a_no_of_a_stranger_goes_on_the_suppression_list(house: House, kind: str) -> None:
    (result,) = house.told(house.item(kind, evidence="proszę nie dzwonić"))
    entry = Suppression.objects.get(uuid=result["uuid"])
    assert (entry.scope, entry.channel) == ("commercial", "voice")
    assert str(Evidence.objects.get(body="proszę nie dzwonić").uuid) in entry.reason
    assert not DataSubject.objects.exists()


def test_a_no_of_a_stranger_told_twice_is_one_entry(house: House) -> None:
    first, second = house.told(house.item("withdrawn")), house.told(house.item("withdrawn"))
    assert (statuses(first), statuses(second)) == (["recorded"], ["known"])
    assert first[0]["uuid"] == second[0]["uuid"]


def test_a_refusal_of_somebody_named_is_a_refusal_and_closes_nothing_else(house: House) -> None:
    house.told(house.item("refused", person={"external_id": "K-1"}))
    assert state() == ConsentState.REFUSED
    assert not Suppression.objects.exists()


def test_whoever_a_request_makes_known_is_known_to_all_of_it(house: House) -> None:
    house.told(house.item("withdrawn", occurred_at=AT_NOON), house.item())
    assert state() == ConsentState.WITHDRAWN
    assert not Suppression.objects.exists()


def test_nothing_brings_back_whoever_was_erased(house: House) -> None:
    house.erased()
    answer = house.post(house.item())
    assert (answer.status_code, list(codes(answer))) == (422, [("#/contact", "erased")])
    assert not ContactPoint.objects.exists()


def test_a_no_of_somebody_erased_is_recorded_all_the_same(house: House) -> None:
    house.erased()
    (result,) = house.told(house.item("withdrawn", person={"external_id": "K-1"}))
    assert result["status"] == "recorded"
    assert not ContactPoint.objects.exists()


# Wordings and ends -------------------------------------------------------------------------------


def test_the_wording_that_was_shown_is_kept(house: House) -> None:
    wording = WordingFactory(purpose=house.purpose, channel="voice")
    house.told(house.item(wording=str(wording.uuid)))
    assert ConsentEvent.objects.get().wording == wording


def test_without_a_wording_the_consent_ends_as_what_the_source_showed(house: House) -> None:
    wording = WordingFactory(purpose=house.purpose, channel="voice", valid_months=12)
    SourceWordingFactory(source=house.source, wording=wording)
    house.told(house.item())
    assert Consent.objects.get().valid_until == datetime(2027, 3, 1, 23, tzinfo=UTC)


def test_a_consent_ends_when_the_client_says(house: House) -> None:
    house.told(house.item(valid_until="2026-12-01T00:00:00Z"))
    assert Consent.objects.get().valid_until == datetime(2026, 12, 1, tzinfo=UTC)


# Confirmations -----------------------------------------------------------------------------------


@pytest.fixture
def asking(house: House) -> House:
    """The source asks for a confirmation."""
    house.source.confirmation_asked = True
    house.source.save()
    return house


def test_a_consent_counts_once_its_person_confirmed_it(asking: House) -> None:
    (given,) = asking.told(asking.item())
    assert state() == ConsentState.UNCONFIRMED
    asking.told(asking.item("confirmed", about=given["uuid"], occurred_at=AT_NOON))
    assert state() == ConsentState.GIVEN


def test_a_confirmation_may_come_with_its_consent(asking: House) -> None:
    asking.told(asking.item(), asking.item("confirmed", occurred_at=AT_NOON))
    assert state() == ConsentState.GIVEN
    assert ConsentEvent.objects.get(kind="confirmed").about.kind == EventKind.GIVEN


def test_the_confirmation_of_a_mailbox_may_come_with_its_consent_too(asking: House) -> None:
    by_mail = {"contact": "jan@poczta.example", "channel": "email"}
    asking.told(asking.item(**by_mail), asking.item("confirmed", occurred_at=AT_NOON, **by_mail))
    assert state() == ConsentState.GIVEN


def test_more_confirmations_take_no_more_questions(asking: House) -> None:
    taken = []
    for many in (2, 12):
        told = [{"contact": f"osoba{n}@{many}.example", "channel": "email"} for n in range(many)]
        asking.told(*(asking.item(**each) for each in told))
        with CaptureQueriesContext(connection) as queries:
            asking.told(*(asking.item("confirmed", occurred_at=AT_NOON, **each) for each in told))
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_a_confirmation_told_twice_is_one_event(asking: House) -> None:
    confirmed = asking.item("confirmed", occurred_at=AT_NOON)
    results = asking.told(asking.item(), confirmed, confirmed)
    assert statuses(results) == ["recorded", "recorded", "known"]
    assert statuses(asking.told(confirmed)) == ["known"]


@pytest.mark.parametrize("about", [{}, {"about": "6a0f5d6f-8f01-4b52-9a55-0d4c2c5e3d0b"}])
def test_a_confirmation_of_no_known_consent_is_a_conflict(house: House, about: Any) -> None:
    answer = house.post(house.item("confirmed", **about), key="k")
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_unknown")
    assert not ConsentEvent.objects.exists()


def test_a_confirmation_refused_may_be_told_again_under_its_key(house: House) -> None:
    assert house.post(house.item("confirmed"), key="k").status_code == 409
    house.told(house.item())
    assert house.post(house.item("confirmed"), key="k").status_code == 201


@pytest.mark.parametrize("method", ["call", "paper"])
def test_nobody_confirms_in_the_persons_place(asking: House, method: str) -> None:
    asking.told(asking.item())
    answer = asking.post(asking.item("confirmed", method=method))
    assert list(codes(answer)) == [("#/method", "not_own_act")]
    assert state() == ConsentState.UNCONFIRMED


def test_what_the_house_asks_by_letter_no_program_confirms(asking: House) -> None:
    asking.source.confirmation_sent = True
    asking.source.save()
    by_mail = {"contact": "jan@poczta.example", "channel": "email"}
    asking.told(asking.item(**by_mail))
    answer = asking.post(asking.item("confirmed", method="link", **by_mail))
    assert list(codes(answer)) == [("#", "confirmed_by_letter")]
    assert state() == ConsentState.UNCONFIRMED


def test_a_letter_that_was_ordered_stays_the_only_way_whatever_the_source_says_since(
    asking: House,
) -> None:
    asking.source.confirmation_sent = True
    asking.source.save()
    by_mail = {"contact": "jan@poczta.example", "channel": "email"}
    asking.told(asking.item(**by_mail))
    asking.source.confirmation_sent = False
    asking.source.save()
    answer = asking.post(asking.item("confirmed", method="link", **by_mail))
    assert list(codes(answer)) == [("#", "confirmed_by_letter")]
    assert state() == ConsentState.UNCONFIRMED


def test_a_confirmation_without_a_time_confirms_a_consent_by_a_clock_that_is_ahead(
    asking: House,
) -> None:
    asking.told(asking.item(occurred_at=(timezone.now() + timedelta(minutes=3)).isoformat()))
    item = asking.item("confirmed")
    del item["occurred_at"]
    asking.told(item)
    assert state() == ConsentState.GIVEN


def test_a_register_that_cannot_be_reached_asks_for_the_same_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("consents.api.events.record", away)
        answer = house.post(house.item("withdrawn"), key="k")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0
    assert house.post(house.item("withdrawn"), key="k").status_code == 201


def away(*_arguments: Any) -> None:
    raise OperationalError("database is locked")


# What is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"contact": "12"}, ("#/contact", "phone_invalid")),
        ({"contact": "6,01602E+08"}, ("#/contact", "phone_destroyed")),
        ({"contact": "jan", "channel": "email"}, ("#/contact", "email_invalid")),
        ({"purpose": "no-such"}, ("#/purpose", "not_found")),
        ({"source": "no-such"}, ("#/source", "not_found")),
        ({"wording": "6a0f5d6f-8f01-4b52-9a55-0d4c2c5e3d0b"}, ("#/wording", "not_found")),
        ({"occurred_at": "2199-01-01T00:00:00Z"}, ("#/occurred_at", "refused")),
        ({"valid_until": AT_TEN}, ("#/valid_until", "period")),
        ({"about": "6a0f5d6f-8f01-4b52-9a55-0d4c2c5e3d0b"}, ("#/about", "not_of_this_kind")),
        ({"kind": "withdrawn", "valid_until": AT_NOON}, ("#/valid_until", "not_of_this_kind")),
    ],
)
def test_what_is_wrong_is_named_and_nothing_recorded(
    house: House, wrong: Any, expected: Any
) -> None:
    answer = house.post(house.item(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_recorded")
    assert list(codes(answer)) == [expected]
    assert not ContactPoint.objects.exists()
    assert not Evidence.objects.exists()


def test_a_refusal_never_repeats_the_contact(house: House) -> None:
    answer = house.post(house.item(contact="jan.tajny@@poczta", channel="email"))
    assert b"tajny" not in answer.content


def test_a_wording_of_another_channel_is_refused(house: House) -> None:
    wording = WordingFactory(purpose=house.purpose, channel="sms")
    answer = house.post(house.item(wording=str(wording.uuid)))
    assert list(codes(answer)) == [("#/wording", "wording_elsewhere")]


def test_what_is_not_granted_looks_like_what_does_not_exist(house: House) -> None:
    PurposeFactory(slug="secret")
    other = OrganisationFactory(client=True)
    SourceFactory(slug="secret-form", controller=other)
    for field, name in (("purpose", "secret"), ("source", "secret-form")):
        hidden = house.post(house.item(**{field: name}))
        missing = house.post(house.item(**{field: "no-such"}))
        assert hidden.content == missing.content


def test_one_that_is_wrong_keeps_no_other_from_being_recorded(house: House) -> None:
    results = house.told(house.item(contact="12"), house.item())
    assert statuses(results) == ["refused", "recorded"]
    assert results[0]["errors"][0]["code"] == "phone_invalid"


def test_all_or_nothing_where_the_client_asks_for_it(house: House) -> None:
    answer = house.post(house.item(), house.item(contact="12"), atomic=True)
    assert (answer.status_code, list(codes(answer))) == (422, [("#/contact", "phone_invalid")])
    assert answer.json()["items"][0]["index"] == 1
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize("count", [0, 501])
def test_a_request_holds_one_to_five_hundred_events(house: House, count: int) -> None:
    assert house.post(*[house.item()] * count).status_code == 400


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "invalidated"}, "#/events/0/kind"),
        ({"method": "import"}, "#/events/0/method"),
        ({"channel": "fax"}, "#/events/0/channel"),
        ({"occurred_at": "2026-03-02T10:00:00"}, "#/events/0/occurred_at"),
        ({"contact": ""}, "#/events/0/contact"),
        ({"person": {"age": 7}}, "#/events/0/person/age"),
    ],
)
def test_a_body_of_the_wrong_form_is_refused_as_a_whole(
    house: House, change: Any, pointer: str
) -> None:
    answer = house.post(house.item(**change), house.item())
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not ConsentEvent.objects.exists()


def test_a_withdrawal_is_never_refused_for_a_quota(house: House) -> None:
    today = timezone.localdate()
    ApiUsage.objects.create(client=house.client, day=today, contacts=house.client.daily_contacts)
    assert statuses(house.told(house.item("withdrawn"))) == ["recorded"]


def test_whoever_may_only_read_records_nothing(house: House) -> None:
    house.client.may_record = False
    house.client.save()
    assert house.post(house.item()).status_code == 403
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("kind", ["given", "withdrawn"])
def test_five_hundred_events_take_a_few_dozen_statements(house: House, kind: str) -> None:
    items = [house.item(kind, contact=f"601{number:06d}") for number in range(500)]
    with CaptureQueriesContext(connection) as queries:
        assert set(statuses(house.told(*items))) == {"recorded"}
    # SQLite takes so many values at a time, and no more.
    assert len(queries) < (50 if is_postgresql() else 80)


def test_who_withdraws_what_needs_no_consent_is_not_contacted_for_it_either(house: House) -> None:
    service = house.granted(PurposeFactory(slug="obsluga", service=True))
    PointFactory(kind="phone", value=NUMBER)
    house.told(house.item("withdrawn", purpose="obsluga"))
    stop = Restriction.objects.get()
    assert (stop.kind, stop.purpose, stop.channel) == ("objection_purpose", service, "voice")


def test_who_withdraws_it_again_objects_once(house: House) -> None:
    house.granted(PurposeFactory(slug="obsluga", service=True))
    PointFactory(kind="phone", value=NUMBER)
    said = house.item("withdrawn", purpose="obsluga")
    del said["occurred_at"]
    house.told(said)
    house.told(said)
    assert Restriction.objects.count() == 1


def test_who_withdraws_a_consent_that_was_needed_objects_to_nothing(house: House) -> None:
    house.told(house.item(), house.item("withdrawn", occurred_at=AT_NOON))
    assert not Restriction.objects.exists()
