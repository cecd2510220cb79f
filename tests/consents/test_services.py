"""Verbs of the consents room where somebody says the same again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from consents import services
from consents.choices import (
    ConsentState,
    Method,
    RestrictionKind,
    SuppressionOrigin,
    SuppressionScope,
)
from consents.models import Consent, ContactPoint, Restriction, Suppression
from tests.factories import OrganisationFactory, PointFactory, PurposeFactory, SourceFactory

pytestmark = pytest.mark.django_db
HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)
OBJECTION = RestrictionKind.OBJECTION


def test_an_objection_told_twice_is_one():
    point = PointFactory()
    first = services.restrict(point, OBJECTION, words="dość", effective_at=HEARD)
    assert services.restrict(point, OBJECTION, words="dość!", effective_at=HEARD) == first


def test_an_objection_heard_again_after_it_was_lifted_stands():
    point = PointFactory()
    services.lift(
        services.restrict(point, OBJECTION, words="dość", effective_at=HEARD), reason="pomyłka"
    )
    again = services.restrict(point, OBJECTION, words="naprawdę dość", effective_at=HEARD)
    assert list(Restriction.objects.standing()) == [again]


def test_a_longer_restriction_stands_beside_a_shorter_one():
    point = PointFactory()
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    services.restrict(point, OBJECTION, words="na rok", effective_at=HEARD, until=ends)
    endless = services.restrict(point, OBJECTION, words="na zawsze", effective_at=HEARD)
    assert endless.until is None
    assert endless.effective_at - HEARD == timedelta(microseconds=1)


def suppress(controller):
    return services.suppress(
        controller,
        "phone",
        "601 602 603",
        origin=SuppressionOrigin.DO_NOT_CALL,
        scope=SuppressionScope.ALL,
    )


def test_a_suppression_told_twice_is_one_and_after_a_lift_is_renewed():
    controller = OrganisationFactory()
    first = suppress(controller)
    assert suppress(controller) == first
    services.lift_suppression(first, reason="osoba poprosiła")
    assert suppress(controller).renews == first
    assert Suppression.objects.standing().count() == 1


def test_somebody_who_enters_the_same_contact_meanwhile_is_met(monkeypatch):
    point = PointFactory(kind="phone", value="+48601602603")
    seen = iter([None])
    first = ContactPoint.objects.live().__class__.first
    # The look before the insert misses what another clerk commits in between.
    monkeypatch.setattr(
        point._meta.default_manager._queryset_class,
        "first",
        lambda self: next(seen, None) if self.model is ContactPoint else first(self),
    )
    assert services.contact_point(point.controller, "phone", "601602603") == point


def test_a_no_said_now_ends_a_yes_that_a_fast_clock_dated_ahead():
    point, purpose, source = PointFactory(), PurposeFactory(), SourceFactory()
    told = {"source": source, "method": Method.FORM, "evidence": "formularz"}
    ahead = timezone.now() + timedelta(minutes=4)
    services.give(point, purpose, "email", occurred_at=ahead, **told)
    services.withdraw(point, purpose, "email", **told)
    assert Consent.objects.get().state == ConsentState.WITHDRAWN
