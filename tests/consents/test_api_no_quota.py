"""Whoever has spent the day's quota still records every no: a valid withdrawal is never refused."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.api.quota import QuotaSpent, take
from accounts.models import ApiUsage
from consents.models import ConsentEvent, Restriction
from tests.api import Caller
from tests.factories import (
    ApiClientFactory,
    ClientGrantFactory,
    PointFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

NUMBER = "+48601602603"


@pytest.fixture
def caller() -> Caller:
    """One whose quota is spent to the last contact."""
    client = ApiClientFactory(daily_contacts=1)
    take(client, 1)
    return Caller(client)


@pytest.fixture
def purpose(caller: Caller) -> Any:
    PointFactory(phone=True, value=NUMBER)
    SourceFactory(slug="phone")
    return ClientGrantFactory(client=caller.client, purpose__slug="newsletter").purpose


def post(caller: Caller, path: str, body: dict[str, Any]) -> Any:
    return caller.post(path, body, Idempotency_Key=uuid.uuid4().hex)


def test_the_quota_is_spent(caller: Caller, purpose: Any) -> None:
    with pytest.raises(QuotaSpent):
        take(caller.client, 1)
    asked = {"purpose": purpose.slug, "channel": "voice", "contacts": [NUMBER]}
    answer = caller.post("checks/", asked)
    assert (answer.status_code, answer.json()["code"]) == (429, "quota_spent")
    assert 0 < int(answer["Retry-After"]) <= 25 * 3600


@pytest.mark.parametrize("kind", ["withdrawn", "refused"])
def test_a_no_is_recorded_all_the_same(caller: Caller, purpose: Any, kind: str) -> None:
    told = {"kind": kind, "contact": NUMBER, "purpose": purpose.slug, "channel": "voice"}
    told |= {"source": "phone", "method": "call", "occurred_at": timezone.now().isoformat()}
    answer = post(caller, "events/", {"events": [told]})
    assert answer.status_code == 201, answer.content
    assert ConsentEvent.objects.get().kind == kind


@pytest.mark.parametrize("kind", ["objection", "do_not_contact"])
def test_an_objection_is_recorded_all_the_same(caller: Caller, purpose: Any, kind: str) -> None:
    answer = post(caller, "objections/", {"kind": kind, "contact": NUMBER})
    assert answer.status_code == 201, answer.content
    assert Restriction.objects.get().kind == kind


def test_what_is_recorded_is_not_counted(caller: Caller, purpose: Any) -> None:
    post(caller, "objections/", {"kind": "objection", "contact": NUMBER})
    assert ApiUsage.objects.get(client=caller.client).contacts == 1
