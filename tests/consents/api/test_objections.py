"""POST objections/: whoever objects is heard, known or not."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApiUsage
from audit.choices import Way
from consents.choices import EvidenceKind
from consents.models import DataSubject, Evidence, Restriction, Suppression
from tests.consents.api.house import AT_TEN, NUMBER, House
from tests.factories import (
    ActivityFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
)

pytestmark = pytest.mark.django_db


def known() -> Any:
    return PointFactory(phone=True, value=NUMBER)


def objected(house: House, **body: Any) -> dict[str, Any]:
    answer = house.objects(**body)
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.mark.parametrize("kind", ["objection", "do_not_contact"])
def test_what_a_person_says_is_recorded_in_the_name_of_the_client(house: House, kind: str) -> None:
    point = known()
    answer = objected(house, kind=kind, contact="601 602 603", effective_at=AT_TEN)
    stop = Restriction.objects.get(uuid=answer["uuid"])
    assert (stop.contact_point, stop.kind) == (point, kind)
    assert (stop.way, stop.recorded_name) == (Way.API, house.client.name)
    assert stop.effective_at.isoformat() == "2026-03-02T10:00:00+00:00"


def test_an_objection_to_one_purpose_names_it(house: House) -> None:
    known()
    objected(house, kind="objection_purpose", purpose="newsletter", channel="sms")
    stop = Restriction.objects.get()
    assert (stop.purpose, stop.channel) == (house.purpose, "sms")


def test_the_words_are_kept(house: House) -> None:
    known()
    objected(house, words="Proszę więcej nie dzwonić.")
    kept = Evidence.objects.get(pk=Restriction.objects.get().evidence_id)
    assert (kept.kind, kept.body) == (EvidenceKind.WORDS, "Proszę więcej nie dzwonić.")


def test_without_words_the_request_is_the_evidence(house: House) -> None:
    known()
    objected(house)
    assert Evidence.objects.get().kind == EvidenceKind.REQUEST


@pytest.mark.parametrize(
    ("kind", "scope"), [("objection", "commercial"), ("do_not_contact", "all")]
)
def test_a_stranger_goes_on_the_suppression_list(house: House, kind: str, scope: str) -> None:
    answer = objected(house, kind=kind)
    assert Suppression.objects.get(uuid=answer["uuid"]).scope == scope
    assert Evidence.objects.exists()
    assert not DataSubject.objects.exists()


def test_the_answer_does_not_tell_who_is_known(house: House) -> None:
    known()
    shape = {name: type(value) for name, value in objected(house).items()}
    assert shape == {
        name: type(value) for name, value in objected(house, contact="601602604").items()
    }


@pytest.mark.parametrize("is_known", [True, False])
def test_an_objection_told_twice_stands_once(house: House, is_known: bool) -> None:
    if is_known:
        known()
    first = objected(house, effective_at=AT_TEN)
    second = objected(house, effective_at=AT_TEN)
    assert (first["status"], second["status"]) == ("recorded", "known")
    assert first["uuid"] == second["uuid"]


def test_an_objection_is_never_refused_for_a_quota(house: House) -> None:
    today = timezone.localdate()
    ApiUsage.objects.create(client=house.client, day=today, contacts=house.client.daily_contacts)
    assert objected(house)["status"] == "recorded"


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"contact": "12"}, "#/contact", "phone_invalid"),
        ({"kind": "objection_purpose"}, "#/purpose", "purpose_needed"),
        ({"purpose": "newsletter"}, "#/purpose", "not_of_this_kind"),
        ({"kind": "undeliverable"}, "#/kind", "invalid_choice"),
        ({"effective_at": "2199-01-01T00:00:00Z"}, "#/effective_at", "refused"),
    ],
)
def test_what_is_wrong_is_named(house: House, wrong: Any, pointer: str, code: str) -> None:
    answer = house.objects(**wrong)
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert not Suppression.objects.exists()


def test_a_purpose_that_is_not_granted_looks_like_none(house: House) -> None:
    PurposeFactory(slug="secret")
    hidden = house.objects(kind="objection_purpose", purpose="secret")
    missing = house.objects(kind="objection_purpose", purpose="no-such")
    assert hidden.status_code == 404
    assert hidden.content == missing.content


# Whom it is said to ------------------------------------------------------------------------------


@pytest.fixture
def two_controllers(house: House) -> House:
    other = ActivityFactory(controller=OrganisationFactory(client=True))
    house.granted(PurposeFactory(slug="shop", activity=other))
    return house


def test_among_several_controllers_one_is_named(two_controllers: House) -> None:
    answer = two_controllers.objects()
    assert answer.json()["errors"][0]["pointer"] == "#/controller"
    objected(two_controllers, controller="sklep")
    assert Suppression.objects.get().controller.slug == "sklep"


def test_a_purpose_names_its_controller(two_controllers: House) -> None:
    objected(two_controllers, kind="objection_purpose", purpose="shop")
    assert Suppression.objects.get().controller.slug == "sklep"


def test_a_controller_of_others_looks_like_none(house: House) -> None:
    OrganisationFactory(client=True)
    hidden, missing = house.objects(controller="sklep"), house.objects(controller="no-such")
    assert hidden.status_code == 404
    assert hidden.content == missing.content


def test_a_client_without_purposes_works_for_no_controller(house: House) -> None:
    house.client.purpose_grants.get().end()
    assert house.objects().status_code == 404


def test_an_objection_dated_by_another_clock_is_taken(house: House) -> None:
    ahead = timezone.now() + timedelta(minutes=2)
    assert objected(house, effective_at=ahead.isoformat())["status"] == "recorded"
