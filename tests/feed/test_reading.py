"""GET events/: a client reads what concerns its purposes, in order, and goes on after it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone

from audit.models import AccessEvent
from consents import services
from consents.models import OutboxNote
from feed import keeping, reading, sequencer
from feed.models import FeedEntry
from tests.api import Caller
from tests.factories import (
    ActivityFactory,
    ApiClientFactory,
    ClientGrantFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
)
from tests.feed.conftest import give, told, withdraw

GIVEN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def caller(house: SimpleNamespace) -> Caller:
    """A client with the purpose of the house."""
    return Caller(ClientGrantFactory(purpose=house.purpose).client)


def types(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [entry["type"] for entry in answer.json()["results"]]


@pytest.mark.parametrize(
    ("kind", "channel", "also"),
    [
        ("objection", None, ["+48601602603"]),
        ("objection", "email", []),
        ("do_not_contact", None, []),
    ],
)
def test_a_right_of_the_person_names_their_other_contacts(house, caller, kind, channel, also):
    PointFactory(kind="phone", value="+48601602603", subject=house.point.subject)
    PointFactory(kind="phone", value="+48601602604")
    services.restrict(house.point, kind, words="dość", channel=channel)
    (entry,) = caller.get("events/").json()["results"]
    assert (entry["contact"], entry["also"]) == (house.point.value, also)


def test_an_event_is_read_as_it_was_recorded(house, caller):
    event = give(house, occurred_at=GIVEN_AT)
    (entry,) = caller.get("events/").json()["results"]
    assert entry == {
        "seq": 1,
        "type": "consent.given",
        "uuid": str(event.uuid),
        "about": None,
        "contact": house.point.value,
        "also": [],
        "controller": house.point.controller.slug,
        "purpose": "newsletter",
        "channel": "email",
        "occurred_at": "2026-03-02T09:00:00Z",
        "recorded_at": event.recorded_at.isoformat().replace("+00:00", "Z"),
        "valid_until": None,
        "needs_confirmation": False,
        "source": house.source.slug,
        "method": "form",
    }


def test_what_was_just_recorded_is_there_at_once(house, caller):
    give(house)
    withdraw(house)
    assert types(caller.get("events/")) == ["consent.given", "consent.withdrawn"]


def test_a_confirmation_names_the_consent(house, caller):
    given = give(house, needs_confirmation=True)
    services.confirm(given, method="link", evidence="kliknięcie")
    first, second = caller.get("events/").json()["results"]
    assert first["needs_confirmation"]
    assert (second["type"], second["about"]) == ("consent.confirmed", str(given.uuid))


def test_an_objection_its_lifting_and_a_retirement_are_told(house, caller):
    objection = services.restrict(house.point, "objection", words="dość")
    services.lift(objection, reason="pomyłka")
    services.reassign(house.point, retired_for="closed", reason="numer zamknięty")
    answer = caller.get("events/")
    assert types(answer) == ["objection", "lifted", "contact.retired"]
    assert answer.json()["results"][1]["about"] == str(objection.uuid)


def test_one_goes_on_after_the_last(house, caller):
    give(house)
    first = caller.get("events/").json()
    withdraw(house)
    assert types(caller.get("events/", {"after": first["last"]})) == ["consent.withdrawn"]


def test_pages_lead_on_until_all_is_read(house, caller):
    give(house)
    withdraw(house)
    give(house)
    first = caller.get("events/", {"limit": 2}).json()
    assert (len(first["results"]), first["last"]) == (2, 2)
    second = caller.web.get(first["next"]).json()
    assert (len(second["results"]), second["last"], second["next"]) == (1, 3, None)


def test_an_empty_feed_has_nothing_to_read(caller):
    assert caller.get("events/").json() == {"next": None, "last": 0, "results": []}


# Whose ------------------------------------------------------------------------------------------


def test_events_about_other_purposes_are_passed_over(house, caller):
    services.give(house.point, PurposeFactory(), "email", **told(house))
    withdraw(house)
    answer = caller.get("events/").json()
    assert ([e["seq"] for e in answer["results"]], answer["last"]) == ([2], 2)


def test_an_objection_to_another_purpose_is_passed_over(house, caller):
    other = PurposeFactory()
    services.restrict(house.point, "objection_purpose", words="dość", purpose=other)
    services.restrict(house.point, "objection_purpose", words="dość", purpose=house.purpose)
    assert [e["purpose"] for e in caller.get("events/").json()["results"]] == ["newsletter"]


def test_people_of_another_controller_are_passed_over(house, caller):
    point = PointFactory(controller=OrganisationFactory(slug="obcy"))
    services.restrict(point, "objection", words="dość")
    services.reassign(point, retired_for="closed", reason="zamknięty")
    assert types(caller.get("events/")) == []


def test_a_client_with_purposes_of_another_controller_hears_of_its_people(house):
    controller = OrganisationFactory(slug="obcy")
    purpose = PurposeFactory(activity=ActivityFactory(controller=controller))
    caller = Caller(ClientGrantFactory(purpose=purpose).client)
    point = PointFactory(controller=controller)
    services.restrict(point, "objection", words="dość")
    withdraw(house)
    assert types(caller.get("events/")) == ["objection"]


def test_a_client_without_purposes_hears_nothing(house):
    withdraw(house)
    services.restrict(house.point, "objection", words="dość")
    assert types(Caller(ApiClientFactory()).get("events/")) == []


def test_a_purpose_that_was_taken_away_is_told_of_no_more(house, caller):
    withdraw(house)
    caller.client.purpose_grants.get().end()
    assert types(caller.get("events/")) == []


def test_a_client_to_whom_all_is_closed_is_led_past_it(house, monkeypatch):
    monkeypatch.setattr(reading, "SLICE", 1)
    monkeypatch.setattr(reading, "SLICES", 2)
    for _number in range(3):
        give(house)
    caller = Caller(ApiClientFactory())
    sequencer.number()
    answer = caller.get("events/").json()
    assert (answer["results"], answer["last"], bool(answer["next"])) == ([], 2, True)
    assert caller.web.get(answer["next"]).json()["last"] == 3


def test_slices_of_the_feed_join_without_a_seam(house, caller, monkeypatch):
    monkeypatch.setattr(reading, "SLICE", 2)
    for _number in range(5):
        give(house)
    sequencer.number()
    answer = caller.get("events/", {"limit": 4}).json()
    assert [entry["seq"] for entry in answer["results"]] == [1, 2, 3, 4]
    assert answer["last"] == 4


# Refused ----------------------------------------------------------------------------------------


def test_what_is_erased_is_gone_and_not_passed_by_in_silence(house, caller):
    give(house)
    sequencer.number()
    FeedEntry.objects.update(numbered_at=timezone.now() - timedelta(days=91))
    keeping.erase_old()
    answer = caller.get("events/", {"after": 0})
    assert (answer.status_code, answer.json()["code"], answer.json()["oldest"]) == (
        410,
        "erased",
        1,
    )
    assert caller.get("events/", {"after": 1}).status_code == 200
    assert caller.get("events/").status_code == 200


def test_a_number_that_nothing_has_is_refused(caller):
    answer = caller.get("events/", {"after": 1})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/after"


@pytest.mark.parametrize(
    "query", [{"after": -1}, {"after": "x"}, {"after": 2**63}, {"limit": 1001}, {"since": 1}]
)
def test_a_question_that_is_none_is_refused(caller, query):
    assert caller.get("events/", query).status_code == 400


def test_a_client_that_may_not_read_is_refused(house):
    assert Caller(ApiClientFactory(may_read=False)).get("events/").status_code == 403


def test_a_busy_database_tells_what_it_has(house, caller, monkeypatch):
    def busy() -> int:
        raise OperationalError

    give(house)
    sequencer.number()
    withdraw(house)
    monkeypatch.setattr(sequencer, "number_some", busy)
    assert types(caller.get("events/")) == ["consent.given"]
    assert OutboxNote.objects.count() == 1


# What it leaves ---------------------------------------------------------------------------------


def test_what_left_the_house_is_logged_and_an_empty_answer_is_not(house, caller):
    caller.get("events/")
    assert not AccessEvent.objects.exists()
    give(house)
    caller.get("events/")
    (event,) = AccessEvent.objects.all()
    assert (event.subject, event.recorded_name) == ("feed.events", caller.client.name)
    assert house.point.value not in str(event.filters)


def test_a_mere_head_takes_nothing_out(house, caller):
    give(house)
    assert caller.web.head("/api/v1/events/").status_code == 200
    assert not AccessEvent.objects.exists()


def test_more_entries_take_no_more_questions(house, caller, django_assert_max_num_queries):
    for _number in range(30):
        give(house)
        services.restrict(house.point, "objection", words="dość")
    SourceFactory()
    sequencer.number()
    with django_assert_max_num_queries(12):
        assert len(caller.get("events/").json()["results"]) == 60
