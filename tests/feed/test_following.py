"""POST feed/acks/: a client says what it has acted on, and the house measures how long it took."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit import rules
from consents import services
from feed import sequencer
from feed.following import Latency, heard_by
from feed.models import Acknowledgement, FeedEntry, Follower
from tests.api import Caller
from tests.factories import ApiClientFactory, ClientGrantFactory, PurposeFactory
from tests.feed.conftest import give, told, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(house) -> Caller:
    """A client with the purpose of the house."""
    return Caller(ClientGrantFactory(purpose=house.purpose).client)


def acknowledge(caller, seq):
    sequencer.number()
    return caller.post("feed/acks/", {"seq": seq})


def test_a_client_that_acknowledges_is_a_follower(house, caller):
    give(house)
    answer = acknowledge(caller, 1)
    assert (answer.status_code, answer.json()["seq"]) == (200, 1)
    assert Follower.objects.get().client == caller.client


def test_an_acknowledgement_goes_forward_alone(house, caller):
    give(house)
    withdraw(house)
    acknowledge(caller, 2)
    assert acknowledge(caller, 1).json()["seq"] == 2


def test_a_number_that_nothing_has_cannot_be_acknowledged(caller):
    answer = acknowledge(caller, 1)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/seq", "unknown_number")
    assert not Follower.objects.exists()


@pytest.mark.parametrize("body", [{}, {"seq": None}, {"seq": -1}, {"seq": 0, "at": "x"}, [], "x"])
def test_an_acknowledgement_that_is_none_is_refused(caller, body):
    assert caller.post("feed/acks/", body).status_code == 400


def test_a_client_that_may_not_read_cannot_acknowledge():
    assert (
        Caller(ApiClientFactory(may_read=False)).post("feed/acks/", {"seq": 0}).status_code == 403
    )


# How long it took -------------------------------------------------------------------------------


def test_a_withdrawal_is_measured_from_its_record_to_its_acknowledgement(house, caller):
    acknowledge(caller, 0)
    event = withdraw(house)
    acknowledge(caller, 1)
    (heard,) = heard_by(Follower.objects.get())
    assert heard.delay == Acknowledgement.objects.get().at - event.recorded_at


def test_what_was_recorded_before_a_client_followed_is_not_held_against_it(house, caller):
    withdraw(house)
    acknowledge(caller, 1)
    assert list(heard_by(Follower.objects.get())) == []


def test_a_consent_is_not_measured(house, caller):
    acknowledge(caller, 0)
    give(house)
    acknowledge(caller, 1)
    assert list(heard_by(Follower.objects.get())) == []
    assert not Acknowledgement.objects.exists()


def test_a_no_to_another_purpose_is_not_measured(house, caller):
    acknowledge(caller, 0)
    services.withdraw(house.point, PurposeFactory(), "email", **told(house))
    acknowledge(caller, 1)
    assert list(heard_by(Follower.objects.get())) == []


def test_objections_and_retirements_are_measured_too(house, caller):
    acknowledge(caller, 0)
    services.restrict(house.point, "objection", words="dość")
    services.reassign(house.point, retired_for="closed", reason="zamknięty")
    acknowledge(caller, 2)
    assert len(list(heard_by(Follower.objects.get()))) == 2


def test_each_no_is_measured_by_the_first_acknowledgement_of_it(house, caller):
    acknowledge(caller, 0)
    withdraw(house)
    acknowledge(caller, 1)
    withdraw(house)
    acknowledge(caller, 2)
    first, second = (row.at for row in Acknowledgement.objects.order_by("seq"))
    assert [heard.at for heard in heard_by(Follower.objects.get())] == [first, second]


def test_what_was_acknowledged_long_ago_is_not_told(house, caller):
    acknowledge(caller, 0)
    withdraw(house)
    acknowledge(caller, 1)
    Acknowledgement.objects.update(at=timezone.now() - timedelta(days=31))
    assert list(heard_by(Follower.objects.get())) == []


def test_the_median_stands_in_the_middle_and_the_worst_at_the_end():
    minutes = [timedelta(minutes=n) for n in (1, 90, 3)]
    assert Latency.of(minutes) == Latency(3, timedelta(minutes=3), timedelta(minutes=90))
    assert Latency.of([]) is None


# Who lags ---------------------------------------------------------------------------------------


def late(house, minutes=16) -> None:
    """What was recorded is numbered, so many minutes ago."""
    sequencer.number()
    FeedEntry.objects.update(numbered_at=timezone.now() - timedelta(minutes=minutes))


def lagging() -> list[Follower]:
    (rule,) = (rule for rule in rules.registered() if rule.code == "follower_lags")
    return list(rule.records())


def test_a_follower_that_has_not_acknowledged_a_no_lags(house, caller):
    acknowledge(caller, 0)
    withdraw(house)
    late(house)
    assert lagging() == [Follower.objects.get()]


def test_a_follower_has_some_minutes(house, caller):
    acknowledge(caller, 0)
    withdraw(house)
    late(house, minutes=14)
    assert lagging() == []


def test_a_follower_that_acknowledged_it_does_not_lag(house, caller):
    acknowledge(caller, 0)
    withdraw(house)
    late(house)
    acknowledge(caller, 1)
    assert lagging() == []


def test_a_follower_may_leave_consents_lying(house, caller):
    acknowledge(caller, 0)
    give(house)
    late(house)
    assert lagging() == []


def test_a_no_to_a_purpose_that_is_not_granted_makes_nobody_lag(house, caller):
    acknowledge(caller, 0)
    services.withdraw(house.point, PurposeFactory(), "email", **told(house))
    late(house)
    assert lagging() == []


def test_a_client_that_never_acknowledged_does_not_lag(house, caller):
    withdraw(house)
    late(house)
    assert lagging() == []


def test_a_client_whose_door_is_closed_does_not_lag(house, caller):
    acknowledge(caller, 0)
    withdraw(house)
    late(house)
    caller.client.deactivate()
    assert lagging() == []
