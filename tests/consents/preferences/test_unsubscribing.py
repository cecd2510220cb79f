"""One click where consent is needed is a withdrawal, elsewhere an objection to the purpose."""

import pytest

from consents import services
from consents.choices import RestrictionKind
from consents.models import ConsentEvent, Restriction
from consents.preferences.acts import unsubscribe
from consents.preferences.links import Mailing, Unknown
from tests.consents.screens import given
from tests.factories import PointFactory, PurposeFactory

pytestmark = pytest.mark.django_db


def test_a_service_message_is_objected_to() -> None:
    point, purpose = PointFactory(), PurposeFactory(service=True)
    stop = unsubscribe(Mailing(point, purpose, "email"), "Wypisz mnie")
    assert (stop.kind, stop.purpose, stop.channel) == (
        RestrictionKind.OBJECTION_PURPOSE,
        purpose,
        "email",
    )


def test_a_letter_on_legitimate_interest_is_objected_to_once() -> None:
    point, purpose = (
        PointFactory(kind="postal", value="ul. Lipowa 3"),
        PurposeFactory(legitimate=True),
    )
    first = unsubscribe(Mailing(point, purpose, "post"), "Wypisz mnie")
    assert unsubscribe(Mailing(point, purpose, "post"), "Wypisz mnie") == first
    assert Restriction.objects.count() == 1


def test_without_a_consent_the_no_is_kept_as_an_objection() -> None:
    point, purpose = PointFactory(), PurposeFactory()
    assert isinstance(unsubscribe(Mailing(point, purpose, "email"), "x"), Restriction)


def test_a_consent_that_none_was_needed_for_ends_too() -> None:
    consent = given(purpose=PurposeFactory(service=True))
    unsubscribe(Mailing(consent.contact_point, consent.purpose, "email"), "x")
    consent.refresh_from_db()
    assert consent.state == "withdrawn"
    assert Restriction.objects.get().kind == RestrictionKind.OBJECTION_PURPOSE


def test_a_consent_that_was_needed_needs_no_objection_beside_it() -> None:
    consent = given()
    told = unsubscribe(Mailing(consent.contact_point, consent.purpose, "email"), "x")
    assert isinstance(told, ConsentEvent)
    assert Restriction.objects.count() == 0


def test_a_contact_that_is_retired_meanwhile_is_unknown() -> None:
    consent = given()
    point = consent.contact_point
    mailing = Mailing(type(point).objects.get(pk=point.pk), consent.purpose, "email")
    services.reassign(point, retired_for="closed", reason="nie istnieje")
    with pytest.raises(Unknown):
        unsubscribe(mailing, "x")
