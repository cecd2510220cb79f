"""What an agent heard: a no is recorded whoever said it, and the answer tells nothing of them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consents.choices import ConsentState, EventKind, RestrictionKind
from consents.models import (
    Consent,
    ConsentEvent,
    ContactPoint,
    DataSubject,
    Evidence,
    Restriction,
    Suppression,
)
from tests.consents.screens import client_of, give, given
from tests.factories import (
    ActivityFactory,
    GrantFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NUMBER = "+48601602603"


def url() -> str:
    return reverse("admin:consents_heard")


def heard(**data: Any) -> dict[str, Any]:
    return {
        "contact": "601 602 603",
        "what": "withdrawal",
        "purpose": "",
        "channel": "",
        "words": "proszę nie dzwonić",
        **data,
    }


def supervisor_of(*purposes: Any) -> Client:
    user = UserFactory(supervisor=True)
    for purpose in purposes:
        GrantFactory(user=user, purpose=purpose)
    client = Client()
    client.force_login(user)
    return client


def called() -> ContactPoint:
    return PointFactory(kind="phone", value=NUMBER)


def test_a_supervisor_withdraws_every_consent_of_a_caller() -> None:
    point = called()
    purposes = [PurposeFactory(), PurposeFactory()]
    for purpose in purposes:
        give(point, purpose)
    supervisor_of(purposes[0]).post(url(), heard())
    assert {c.state for c in Consent.objects.all()} == {ConsentState.WITHDRAWN}
    kept = {e.evidence_id for e in ConsentEvent.objects.filter(kind=EventKind.WITHDRAWN)}
    assert Evidence.objects.get(pk__in=kept).body == "proszę nie dzwonić"


def test_a_withdrawal_of_one_purpose_leaves_the_others() -> None:
    point = called()
    one, other = PurposeFactory(), PurposeFactory()
    give(point, one)
    give(point, other)
    supervisor_of(one).post(url(), heard(purpose=one.pk))
    states = dict(Consent.objects.values_list("purpose", "state"))
    assert states == {one.pk: ConsentState.WITHDRAWN, other.pk: ConsentState.GIVEN}


def test_a_withdrawal_of_one_channel_leaves_the_others() -> None:
    point, purpose = called(), PurposeFactory()
    give(point, purpose, channel="voice")
    give(point, purpose, channel="sms")
    supervisor_of(purpose).post(url(), heard(purpose=purpose.pk, channel="voice"))
    states = dict(Consent.objects.values_list("channel", "state"))
    assert states == {"voice": ConsentState.WITHDRAWN, "sms": ConsentState.GIVEN}


def test_a_withdrawal_of_what_was_never_given_is_recorded_all_the_same() -> None:
    purpose = PurposeFactory()
    called()
    SourceFactory(kind="phone", controller=purpose.activity.controller)
    supervisor_of(purpose).post(url(), heard(purpose=purpose.pk, channel="voice"))
    assert ConsentEvent.objects.get().kind == EventKind.WITHDRAWN


def test_who_withdraws_what_needs_no_consent_is_not_called_for_it_either() -> None:
    purpose = PurposeFactory(service=True)
    called()
    SourceFactory(kind="phone", controller=purpose.activity.controller)
    supervisor_of(purpose).post(url(), heard(purpose=purpose.pk, channel="voice"))
    stop = Restriction.objects.get()
    assert (stop.kind, stop.purpose) == (RestrictionKind.OBJECTION_PURPOSE, purpose)


def test_a_withdrawal_with_nothing_to_withdraw_is_kept_as_an_objection() -> None:
    called()
    supervisor_of(PurposeFactory()).post(url(), heard())
    assert Restriction.objects.get().kind == RestrictionKind.OBJECTION


def test_an_objection_to_marketing_follows_the_person() -> None:
    point = called()
    supervisor_of(PurposeFactory()).post(url(), heard(what="objection"))
    stop = Restriction.objects.get()
    assert (stop.contact_point, stop.kind) == (point, RestrictionKind.OBJECTION)
    assert Evidence.objects.get(pk=stop.evidence_id).body == "proszę nie dzwonić"


def test_who_wants_no_contact_at_all_gets_none() -> None:
    called()
    supervisor_of(PurposeFactory()).post(url(), heard(what="do_not_contact"))
    assert Restriction.objects.get().kind == RestrictionKind.DO_NOT_CONTACT


@pytest.mark.parametrize(
    ("what", "scope"),
    [("withdrawal", "commercial"), ("objection", "commercial"), ("do_not_contact", "all")],
)
def test_a_stranger_goes_on_the_suppression_list(what: str, scope: str) -> None:
    supervisor_of(PurposeFactory()).post(url(), heard(what=what))
    entry = Suppression.objects.get()
    evidence = Evidence.objects.get()
    assert (entry.origin, entry.scope) == ("do_not_call", scope)
    assert str(evidence.uuid) in entry.reason
    assert not DataSubject.objects.exists()


def answer_of(client: Client, **data: Any) -> str:
    page = client.post(url(), heard(**data), follow=True)
    said = [str(message) for message in page.context["messages"]]
    return re.sub(r"[0-9a-f]{8}|\d\d:\d\d", "#", " ".join(said))


def test_the_answer_never_tells_who_is_known() -> None:
    purpose = PurposeFactory()
    give(called(), purpose)
    client = supervisor_of(purpose)
    assert answer_of(client) == answer_of(client, contact="601602604")


def test_the_answer_names_a_reference_that_the_trail_finds() -> None:
    purpose = PurposeFactory()
    give(called(), purpose)
    page = supervisor_of(purpose).post(url(), heard(), follow=True)
    event = ConsentEvent.objects.get(kind=EventKind.WITHDRAWN)
    assert event.batch is None
    assert str(event.uuid)[-8:] in str(next(iter(page.context["messages"])))


def test_a_supervisor_sees_granted_purposes_alone() -> None:
    granted, _hidden = PurposeFactory(), PurposeFactory()
    offered = supervisor_of(granted).get(url()).context["form"].fields["purpose"].queryset
    assert list(offered) == [granted]


def test_a_purpose_that_is_not_granted_is_refused() -> None:
    hidden = PurposeFactory()
    answer = supervisor_of(PurposeFactory()).post(url(), heard(purpose=hidden.pk))
    assert answer.context["form"].errors["purpose"]


def test_words_are_required() -> None:
    answer = supervisor_of(PurposeFactory()).post(url(), heard(words=""))
    assert answer.context["form"].errors["words"]


@pytest.mark.parametrize("typed", ["601", "nikt", "anna@", ""])
def test_an_unreadable_contact_is_refused(typed: str) -> None:
    answer = supervisor_of(PurposeFactory()).post(url(), heard(contact=typed))
    assert answer.context["form"].errors["contact"]


def test_a_moment_that_has_not_come_is_refused_for_strangers_too() -> None:
    typed = (timezone.localtime() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    answer = supervisor_of(PurposeFactory()).post(url(), heard(heard_at=typed))
    assert answer.context["form"].errors
    assert not Suppression.objects.exists()


def test_an_objection_to_a_client_is_none_to_us() -> None:
    ours, sklep = called(), OrganisationFactory(client=True)
    theirs = PointFactory(controller=sklep, kind="phone", value=NUMBER)
    granted = PurposeFactory(activity=ActivityFactory(controller=sklep))
    client = supervisor_of(granted, PurposeFactory())
    client.post(url(), heard(what="objection", controller=sklep.pk))
    assert Restriction.objects.get().contact_point == theirs
    assert not Restriction.objects.filter(contact_point=ours).exists()


def test_with_several_controllers_one_must_be_named() -> None:
    sklep = OrganisationFactory(client=True)
    granted = PurposeFactory(activity=ActivityFactory(controller=sklep))
    client = supervisor_of(granted, PurposeFactory())
    answer = client.post(url(), heard(what="objection"))
    assert answer.context["form"].errors["controller"]


def test_the_later_consent_of_a_person_stands_after_an_earlier_no() -> None:
    consent = given(called(), occurred_at=timezone.now())
    earlier = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    supervisor_of(consent.purpose).post(url(), heard(heard_at=earlier))
    assert Consent.objects.get().state == ConsentState.GIVEN


def test_the_dpo_hears_as_well() -> None:
    assert client_of().get(url()).status_code == 200
