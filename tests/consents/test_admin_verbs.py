"""The verbs of the room: done by those who may, refused to everybody else, never a free edit."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.choices import AccessAction
from audit.models import AccessEvent
from consents import services
from consents.choices import ConsentState, EventKind, RestrictionKind, SuppressionOrigin
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    Evidence,
    Restriction,
    Suppression,
    WordingReview,
)
from tests.consents.screens import (
    WHY,
    client_of,
    consent_of,
    give,
    given,
    listing,
    page,
    verb,
)
from tests.factories import (
    NamedControllerFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    WordingFactory,
)

pytestmark = pytest.mark.django_db

NO_MORE = "proszę więcej nie pisać"


def said_no(consent: Consent, **data: Any) -> dict[str, Any]:
    source = consent.event.source_id
    return {"method": "call", "source": source, "words": NO_MORE, **WHY, **data}


# Consents ----------------------------------------------------------------------------------------


def test_a_withdrawal_keeps_the_words_heard_and_the_reason() -> None:
    consent = given()
    answer = client_of().post(verb(consent, "withdraw"), said_no(consent))
    event = ConsentEvent.objects.get(kind=EventKind.WITHDRAWN)
    assert answer.status_code == 302
    assert Consent.objects.get(pk=consent.pk).state == ConsentState.WITHDRAWN
    assert Evidence.objects.get(pk=event.evidence_id).body == NO_MORE
    assert event.reason == "request: zadzwoniła"


def test_a_withdrawal_typed_to_the_minute_ends_a_give_of_that_minute() -> None:
    moment = (timezone.now() - timedelta(minutes=10)).replace(second=30, microsecond=0)
    consent = given(occurred_at=moment)
    typed = timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")
    client_of().post(verb(consent, "withdraw"), said_no(consent, occurred_at=typed))
    assert Consent.objects.get(pk=consent.pk).state == ConsentState.WITHDRAWN


def test_a_withdrawal_in_the_future_is_refused_with_a_sentence() -> None:
    consent = given()
    typed = (timezone.localtime() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    answer = client_of().post(verb(consent, "withdraw"), said_no(consent, occurred_at=typed))
    assert answer.context["form"].errors["occurred_at"]
    assert Consent.objects.get(pk=consent.pk).state == ConsentState.GIVEN


def test_words_are_required_of_a_withdrawal() -> None:
    consent = given()
    answer = client_of().post(verb(consent, "withdraw"), said_no(consent, words=" "))
    assert answer.context["form"].errors["words"]


def test_what_is_not_in_force_cannot_be_withdrawn() -> None:
    consent = given()
    client = client_of()
    client.post(verb(consent, "withdraw"), said_no(consent))
    assert client.post(verb(consent, "withdraw"), said_no(consent)).status_code == 409


def test_a_refusal_is_recorded() -> None:
    consent = given()
    client_of().post(verb(consent, "refuse"), said_no(consent))
    assert Consent.objects.get(pk=consent.pk).state == ConsentState.REFUSED


def test_a_consent_is_recorded_again_from_its_page() -> None:
    consent = given()
    client = client_of()
    client.post(verb(consent, "withdraw"), said_no(consent))
    data = said_no(consent, method="form", giver="user")
    assert client.post(verb(consent, "record"), data).status_code == 302
    assert Consent.objects.get(pk=consent.pk).state == ConsentState.GIVEN


def test_a_wording_of_another_purpose_is_refused() -> None:
    consent = given()
    other = WordingFactory()
    data = said_no(consent, method="form", giver="user", wording=other.pk)
    answer = client_of().post(verb(consent, "record"), data)
    assert answer.context["form"].errors["wording"]


def test_a_consent_that_waits_is_confirmed() -> None:
    consent = given(needs_confirmation=True)
    event = ConsentEvent.objects.get()
    data = {"event": event.pk, "method": "link", "words": "kliknięto link", **WHY}
    client_of().post(verb(consent, "confirm"), data)
    assert Consent.objects.get(pk=consent.pk).state == ConsentState.GIVEN


def test_an_invalidation_names_its_event() -> None:
    consent = given()
    event = ConsentEvent.objects.get()
    client_of().post(verb(consent, "invalidate"), {"event": event.pk, **WHY})
    assert Consent.objects.get(pk=consent.pk).state == ConsentState.NONE
    assert ConsentEvent.objects.get(kind=EventKind.INVALIDATED).about == event


def test_a_no_is_never_offered_for_invalidation() -> None:
    consent = given()
    client = client_of()
    client.post(verb(consent, "withdraw"), said_no(consent))
    no = ConsentEvent.objects.get(kind=EventKind.WITHDRAWN)
    answer = client.post(verb(consent, "invalidate"), {"event": no.pk, **WHY})
    assert answer.context["form"].errors["event"]


def test_an_objection_to_marketing_reaches_every_purpose() -> None:
    consent = given()
    data = {"kind": "objection", "channel": "", "words": NO_MORE, **WHY}
    client_of().post(verb(consent, "object"), data)
    stop = Restriction.objects.get()
    assert (stop.kind, stop.purpose, stop.channel) == (RestrictionKind.OBJECTION, None, None)


def test_an_objection_to_a_purpose_names_it() -> None:
    consent = given()
    data = {"kind": "objection_purpose", "channel": "", "words": NO_MORE, **WHY}
    answer = client_of().post(verb(consent, "object"), data)
    assert answer.context["form"].errors["purpose"]


# People and contacts -----------------------------------------------------------------------------


def test_a_consent_of_somebody_new_makes_them_a_person() -> None:
    source, purpose = SourceFactory(), PurposeFactory()
    data = {
        "contact": "601 602 603",
        "purpose": purpose.pk,
        "channel": "sms",
        "source": source.pk,
        "method": "call",
        "giver": "subscriber",
        "words": "tak, zgadzam się",
        **WHY,
    }
    client_of().post(reverse("admin:consents_record"), data)
    point = ContactPoint.objects.get()
    assert point.value == "+48601602603"
    assert Consent.objects.get().state == ConsentState.GIVEN
    assert Acquisition.objects.get().source == source


def test_a_consent_of_a_known_person_joins_their_contact() -> None:
    point, purpose = PointFactory(), PurposeFactory()
    source = SourceFactory()
    data = {
        "contact_point": point.pk,
        "purpose": purpose.pk,
        "channel": "email",
        "source": source.pk,
        "method": "paper",
        "giver": "user",
        "words": "formularz 18",
        **WHY,
    }
    client_of().post(verb(point.subject, "record"), data)
    assert Consent.objects.get().contact_point == point


def test_a_reassigned_number_is_retired_and_stays_so() -> None:
    point = PointFactory(phone=True)
    client = client_of()
    client.post(verb(point, "reassign"), {"retired_for": "reassigned", **WHY})
    point = ContactPoint.objects.get(pk=point.pk)
    assert point.retired_for == "reassigned"
    assert point.history.first().history_change_reason == "request: zadzwoniła"
    assert client.post(verb(point, "reassign"), WHY).status_code == 409


def test_a_correction_keeps_what_is_left_empty() -> None:
    subject = PointFactory().subject
    client_of().post(verb(subject, "correct"), {"kind": "person", "last_name": "Nowak", **WHY})
    subject = DataSubject.objects.get(pk=subject.pk)
    assert (subject.first_name, subject.last_name) == ("Jan", "Nowak")
    assert subject.history.first().history_withheld == "last_name"


def test_a_reveal_shows_the_person_once_and_says_who_looked() -> None:
    point = PointFactory(phone=True, value="+48601602603")
    answer = client_of().post(verb(point.subject, "reveal"), {"reason": "oddzwonienie"})
    content = answer.content.decode()
    seen = AccessEvent.objects.filter(action=AccessAction.REVEAL, closes=None).get()
    assert "+48 601 602 603" in content
    assert "Jan Kowalski" in content
    assert seen.reason == "oddzwonienie"
    assert str(point.subject.uuid) in seen.subject


def test_a_reveal_without_reason_shows_nothing() -> None:
    point = PointFactory(phone=True, value="+48601602603")
    answer = client_of().post(verb(point.subject, "reveal"), {"reason": ""})
    assert "601 602 603" not in answer.content.decode()
    assert not AccessEvent.objects.exists()


def test_nobody_is_revealed_by_an_address() -> None:
    point = PointFactory(phone=True, value="+48601602603")
    answer = client_of().get(verb(point.subject, "reveal"), {"reason": "oddzwonienie"})
    assert "601 602 603" not in answer.content.decode()


# Restrictions, suppressions ----------------------------------------------------------------------


def test_a_restriction_is_lifted_by_a_later_row() -> None:
    stop = services.restrict(PointFactory(), "objection", words=NO_MORE)
    client = client_of()
    client.post(verb(stop, "lift"), WHY)
    assert not Restriction.objects.standing().exists()
    assert Restriction.objects.get(lifts=stop).reason == "request: zadzwoniła"
    assert client.post(verb(stop, "lift"), WHY).status_code == 409


def test_a_suppressed_contact_is_kept_as_a_digest_alone() -> None:
    controller = OrganisationFactory()
    data = {
        "controller": controller.pk,
        "contact": "601602603",
        "scope": "all",
        "channel": "",
        "origin": "do_not_call",
        **WHY,
    }
    client_of().post(reverse("admin:consents_suppression_suppress"), data)
    entry = Suppression.objects.get()
    assert entry.origin == SuppressionOrigin.DO_NOT_CALL
    assert "601602603" not in str(vars(entry))


def test_a_suppression_is_taken_off_with_a_reason() -> None:
    entry = services.suppress(
        OrganisationFactory(), "phone", "601602603", origin="do_not_call", scope="all"
    )
    client_of().post(verb(entry, "lift"), WHY)
    assert not Suppression.objects.standing().exists()


# Informing (Art. 14) -----------------------------------------------------------------------------


def waiting(count: int = 2) -> list[Acquisition]:
    source = SourceFactory(purchased=True)
    day = timezone.localdate() - timedelta(days=60)
    return [services.acquire(PointFactory(), source, obtained_on=day) for _ in range(count)]


def told(**data: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {"informed_on": today, "informed_how": "list nr 4", **WHY, **data}


def test_a_person_is_recorded_as_informed() -> None:
    row = waiting(1)[0]
    client_of().post(verb(row, "inform"), told())
    assert Acquisition.objects.get().informed_how == "list nr 4"


def test_the_selected_are_informed_for_one_reason_in_one_batch() -> None:
    rows = waiting(3)
    keys = [row.pk for row in rows[:2]]
    action = {"action": "inform_many", "_selected_action": keys}
    client = client_of()
    assert b"informed_on" in client.post(listing(Acquisition), action).content
    client.post(listing(Acquisition), {**action, **told()})
    entries = Acquisition.history.filter(history_type="~")
    assert Acquisition.objects.filter(informed_on__isnull=False).count() == 2
    assert len({entry.history_batch for entry in entries}) == 1
    assert {entry.history_change_reason for entry in entries} == {"request: zadzwoniła"}


def test_everybody_from_a_source_is_informed_at_once() -> None:
    rows = waiting(3)
    client_of().post(verb(rows[0].source, "inform"), told())
    assert not Acquisition.objects.filter(informed_on=None).exists()


def test_nobody_is_informed_before_the_data_were_obtained() -> None:
    row = waiting(1)[0]
    too_early = (row.obtained_on - timedelta(days=1)).isoformat()
    answer = client_of().post(verb(row.source, "inform"), told(informed_on=too_early))
    assert answer.context["form"].errors["informed_on"]


# Wordings ----------------------------------------------------------------------------------------

CHECKLIST = {
    "distinguishable": "on",
    "not_conditional": "on",
    "no_preticked_box": "on",
    "told_of_withdrawal": "on",
    "channels_apart": "on",
    "controller_named": "on",
}


def test_a_review_is_recorded_with_its_checklist() -> None:
    wording = WordingFactory()
    data = {"regime": "pke398", "outcome": "ok", **CHECKLIST, **WHY}
    client_of().post(verb(wording, "review"), data)
    review = WordingReview.objects.get()
    assert (review.wording, review.outcome, review.distinguishable) == (wording, "ok", True)


def test_a_wording_that_lacks_something_is_not_without_objections() -> None:
    wording = WordingFactory()
    data = {"regime": "pke398", "outcome": "ok", **CHECKLIST, **WHY}
    del data["told_of_withdrawal"]
    answer = client_of().post(verb(wording, "review"), data)
    assert answer.context["form"].non_field_errors()
    assert not WordingReview.objects.exists()


def test_a_new_version_is_a_copy_with_the_controllers_it_names() -> None:
    wording = NamedControllerFactory(wording__version=3).wording
    client_of().post(verb(wording, "copy"), WHY)
    copy = ConsentWording.objects.get(version=4)
    assert copy.text == wording.text
    assert [named.organisation for named in copy.named.all()] == [OrganisationFactory()]


def test_the_text_of_a_used_wording_cannot_be_changed() -> None:
    wording = SourceWordingFactory().wording
    answer = client_of().get(page(wording))
    assert "text" not in answer.context["adminform"].form.fields


def test_the_text_of_an_unused_wording_can_still_be_mended() -> None:
    answer = client_of().get(page(WordingFactory()))
    assert "text" in answer.context["adminform"].form.fields


# Who may not -------------------------------------------------------------------------------------

VERBS = [
    (Consent, name) for name in ("record", "confirm", "object", "refuse", "invalidate", "withdraw")
]
VERBS += [(DataSubject, name) for name in ("reveal", "record", "object", "correct")]
VERBS += [(ContactPoint, name) for name in ("object", "reassign")]


@pytest.mark.parametrize("role", ["approver", "auditor", "supervisor"])
@pytest.mark.parametrize(("model", "name"), VERBS)
def test_only_the_dpo_has_the_verbs(role: str, model: Any, name: str) -> None:
    given(needs_confirmation=True)
    record = model.objects.get()
    client = client_of(role)
    answers = [client.get(verb(record, name)), client.post(verb(record, name), WHY)]
    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("role", ["approver", "auditor"])
@pytest.mark.parametrize(
    "name", ["consents_heard", "consents_record", "consents_suppression_suppress"]
)
def test_screens_that_write_are_closed_to_readers(role: str, name: str) -> None:
    assert client_of(role).post(reverse(f"admin:{name}"), {}).status_code == 403


def test_a_supervisor_records_no_consent() -> None:
    assert client_of("supervisor").get(reverse("admin:consents_record")).status_code == 403


@pytest.mark.parametrize("model", [Consent, ConsentEvent, DataSubject, ContactPoint, Restriction])
def test_a_supervisor_opens_no_register(model: Any) -> None:
    assert client_of("supervisor").get(listing(model)).status_code == 403


READ_ONLY = [Consent, ConsentEvent, DataSubject, ContactPoint, Acquisition, Restriction]


@pytest.mark.parametrize("model", READ_ONLY)
def test_nobody_edits_or_deletes_what_verbs_alone_may_change(model: Any) -> None:
    consent = given()
    services.restrict(consent.contact_point, "objection", words=NO_MORE)
    services.acquire(consent.contact_point, consent.event.source, obtained_on=timezone.localdate())
    record = model.objects.first()
    client = client_of(is_superuser=True)
    delete = page(record).replace("change", "delete")
    add = listing(model) + "add/"
    answers = [client.post(url, {"state": "given"}) for url in (page(record), delete, add)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_a_later_give_beside_others_is_seen_on_the_page() -> None:
    consent = given()
    again = give(consent.contact_point, consent.purpose, occurred_at=timezone.now())
    assert consent_of(again).pk == consent.pk
    answer = client_of().get(page(consent))
    assert len(answer.context["timeline"]) == 2


@pytest.mark.parametrize("model", [Consent, Restriction])
def test_a_reveal_shows_the_words_heard(model: Any) -> None:
    consent = given(evidence=NO_MORE)
    services.restrict(consent.contact_point, "objection", words=NO_MORE)
    record = model.objects.get()
    client = client_of()
    assert NO_MORE not in client.get(page(record)).content.decode()
    answer = client.post(verb(record, "reveal"), {"reason": "skarga"})
    assert NO_MORE in answer.content.decode()


def test_the_words_of_a_stranger_are_shown_on_their_entry() -> None:
    OrganisationFactory()
    data = {"contact": "601602603", "what": "objection", "words": NO_MORE}
    client = client_of()
    client.post(reverse("admin:consents_heard"), data)
    answer = client.post(verb(Suppression.objects.get(), "reveal"), {"reason": "skarga"})
    assert NO_MORE in answer.content.decode()
