"""What the tests of this room's screens share: people who sign in, and consents to look at."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from consents import services
from consents.choices import Method
from consents.models import Consent, ConsentEvent, ContactPoint
from processing.models import Purpose
from tests.factories import PointFactory, PurposeFactory, SourceFactory, UserFactory

LAST_YEAR = datetime(2025, 3, 14, 10, 26, tzinfo=UTC)
WHY = {"cause": "request", "reason_text": "zadzwoniła"}


def client_of(trait: str = "", **fields: Any) -> Client:
    """A signed-in client: of the DPO, or of the role whose trait is named."""
    client = Client()
    client.force_login(user_of(trait, **fields))
    return client


def user_of(trait: str = "", **fields: Any) -> User:
    return UserFactory(**({trait: True} if trait else {}), **fields)


def given(point: ContactPoint | None = None, purpose: Purpose | None = None, **act: Any) -> Consent:
    """A consent by e-mail (or phone, for a phone) in its state after one give."""
    point = point or PointFactory()
    event = give(point, purpose or PurposeFactory(activity__controller=point.controller), **act)
    return consent_of(event)


def give(point: ContactPoint, purpose: Purpose, **act: Any) -> ConsentEvent:
    facts = {
        "source": act.pop("source", None) or SourceFactory(controller=point.controller),
        "method": Method.FORM,
        "evidence": "formularz 17",
        "occurred_at": LAST_YEAR,
        **act,
    }
    channel = facts.pop("channel", "email" if point.kind == "email" else "voice")
    return services.give(point, purpose, channel, **facts)


def consent_of(event: ConsentEvent) -> Consent:
    return Consent.objects.get(
        contact_point=event.contact_point_id, purpose=event.purpose_id, channel=event.channel
    )


def page(record: Any) -> str:
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])


def verb(record: Any, name: str) -> str:
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=[record.pk])


def listing(model: Any) -> str:
    return reverse(f"admin:consents_{model._meta.model_name}_changelist")


def searching(model: Any) -> str:
    return reverse(f"admin:consents_{model._meta.model_name}_search")
