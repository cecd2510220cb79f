"""Nothing slips in beside what the API asks for (security.md 18)."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consents.models import ConsentEvent, ContactPoint, Restriction, Suppression
from tests.consents.api.house import House

pytestmark = pytest.mark.django_db
# What a program might hope to set, and anything else.
TEMPTING = [
    "uuid",
    "recorded_at",
    "recorded_by",
    "recorded_name",
    "way",
    "reason",
    "batch",
    "own_time",
    "needs_confirmation",
    "evidence_id",
    "controller",
    "client",
    "state",
    "id",
    "contact_point",
    "lifts",
    "until",
    "status",
]
ASKED = {
    "event": "kind contact purpose channel source method occurred_at giver wording evidence "
    "valid_until about person",
    "person": "external_id first_name last_name",
    "body": "events atomic",
    "objection": "contact kind purpose channel words effective_at controller",
}
names = st.sampled_from(TEMPTING) | st.text(min_size=1, max_size=30)
values = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.integers())
few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def extra(where: str) -> st.SearchStrategy[dict[str, Any]]:
    known = set(ASKED[where].split())
    others = names.filter(lambda name: name not in known)
    return st.dictionaries(others, values, min_size=1, max_size=2)


def nothing_changed() -> bool:
    tables = (ConsentEvent, ContactPoint, Restriction, Suppression)
    return not any(table.objects.exists() for table in tables)


@few
@given(extra=extra("event"))
def test_an_event_has_no_other_keys(house: House, extra: dict[str, Any]) -> None:
    assert house.post({**house.item(), **extra}).status_code == 400
    assert nothing_changed()


@few
@given(extra=extra("person"))
def test_a_person_has_no_other_keys(house: House, extra: dict[str, Any]) -> None:
    assert house.post(house.item(person={"external_id": "K-1", **extra})).status_code == 400
    assert nothing_changed()


@few
@given(extra=extra("body"))
def test_a_request_has_no_other_keys(house: House, extra: dict[str, Any]) -> None:
    body = {"events": [house.item()], **extra}
    assert house.caller.post("events/", body, Idempotency_Key="k").status_code == 400
    assert nothing_changed()


@few
@given(extra=extra("objection"))
def test_an_objection_has_no_other_keys(house: House, extra: dict[str, Any]) -> None:
    answer = house.caller.post(
        "objections/",
        {"contact": "+48601602603", "kind": "objection", **extra},
        Idempotency_Key="k",
    )
    assert answer.status_code == 400
    assert nothing_changed()
