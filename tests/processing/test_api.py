"""What a client of the API reads of the registers: its purposes, and the law of channels."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from processing.models import ChannelRule
from tests.api import Caller
from tests.factories import ApiClientFactory, ClientGrantFactory, PurposeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller(ApiClientFactory())


def _grant(caller: Caller, slug: str) -> None:
    ClientGrantFactory(client=caller.client, purpose__slug=slug)


def _slugs(answer: object) -> list[str]:
    return [each["slug"] for each in answer.json()["results"]]


def test_a_client_reads_the_purposes_granted_to_it_and_no_others(caller: Caller) -> None:
    _grant(caller, "newsletter")
    PurposeFactory(slug="secret")

    answer = caller.get("purposes/")

    assert _slugs(answer) == ["newsletter"]


def test_a_purpose_says_whose_it_is_and_what_it_rests_on_in_both_languages(caller: Caller) -> None:
    _grant(caller, "newsletter")

    [purpose] = caller.get("purposes/").json()["results"]

    assert purpose["name"] == {"pl": "Cel newsletter", "en": "Purpose newsletter"}
    assert purpose["controller"] == {"slug": "centrum", "name": "Centrum sp. z o.o."}
    assert (purpose["basis"], purpose["nature"]) == ("6-1-a", "commercial")
    assert purpose["active_from"] == "2018-05-25T00:00:00Z"


def test_a_grant_that_ended_hides_the_purpose(caller: Caller) -> None:
    grant = ClientGrantFactory(client=caller.client)
    grant.end()

    assert _slugs(caller.get("purposes/")) == []


def test_following_next_reads_every_purpose_once(caller: Caller) -> None:
    for slug in ("c-three", "a-one", "b-two"):
        _grant(caller, slug)

    first = caller.get("purposes/", {"limit": 2})
    second = caller.web.get(first.json()["next"])

    assert _slugs(first) + _slugs(second) == ["a-one", "b-two", "c-three"]
    assert second.json()["next"] is None


@pytest.mark.parametrize("path", ["purposes/", "channels/"])
def test_a_parameter_that_is_unknown_is_refused_by_its_name(caller: Caller, path: str) -> None:
    answer = caller.get(path, {"controler": "centrum"})

    assert answer.status_code == 400
    assert [e["pointer"] for e in answer.json()["errors"]] == ["#/controler"]


def test_a_page_is_never_larger_than_a_thousand(caller: Caller) -> None:
    assert caller.get("purposes/", {"limit": 1001}).status_code == 400


def test_each_channel_says_what_it_needs_and_which_law_holds_today(caller: Caller) -> None:
    channels = {each["channel"]: each for each in caller.get("channels/").json()["results"]}

    assert channels["automated_call"]["contact"] == "phone"
    assert channels["automated_call"]["name"] == {
        "pl": "Automat",
        "en": "Automated call",
    }
    assert {rule["regime"] for rule in channels["sms"]["rules"]} == {"pke398"}
    assert channels["sms"]["rules"][0]["consent_required"] is True


def test_law_that_is_past_or_to_come_is_left_out(caller: Caller) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    ChannelRule(
        slug="to-come",
        channel="post",
        regime="gdpr",
        protects="natural",
        consent_required=True,
        provision_pl="ustawa",
        provision_en="an act",
        valid_from=tomorrow,
    ).save()

    rules = [r for c in caller.get("channels/").json()["results"] for r in c["rules"]]

    assert all(date.fromisoformat(rule["valid_from"]) < tomorrow for rule in rules)
    assert all(rule["valid_until"] is None for rule in rules)


def test_nobody_reads_without_a_key(client: object) -> None:
    assert client.get("/api/v1/purposes/").status_code == 401


def test_a_client_without_any_other_scope_reads_the_registers() -> None:
    caller = Caller(ApiClientFactory(may_check=False, may_record=False, may_read=False))

    assert caller.get("purposes/").status_code == caller.get("channels/").status_code == 200
