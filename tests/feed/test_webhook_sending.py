"""Messages go out in order, are tried again with patience, and are given up in sight."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from audit import rules
from audit.models import AccessEvent
from consents import services
from feed.choices import DeliveryState, Failure, Message
from feed.models import Delivery, FeedEntry
from feed.models.webhooks import BACKOFF, PATIENCE
from feed.webhooks import queueing, sending, signing, work
from feed.webhooks.posting import Answer
from tests.factories import PointFactory
from tests.feed.conftest import give, told, withdraw
from tests.feed.hooks import DOWN, FINE, Receiver, number, only, send, soon, webhook


@pytest.fixture
def receiver(monkeypatch) -> Receiver:
    receiver = Receiver()
    monkeypatch.setattr(sending, "post", receiver)
    return receiver


@pytest.fixture
def endpoint(house):
    return webhook(house)


def withdrawn(house, *, many: int = 1) -> None:
    for _each in range(many):
        services.withdraw(PointFactory(), house.purpose, "email", **told(house))
        number()


def tried(endpoint, times: int) -> None:
    """Let the message that is waited for be tried so often, each time when it is due."""
    for _each in range(times):
        with time_machine.travel(soon(Delivery.objects.waiting().earliest("pk")), tick=False):
            send(endpoint)


# What is said ------------------------------------------------------------------------------------


def test_a_withdrawal_is_told_as_the_feed_tells_it(house, endpoint, receiver):
    give(house)
    event = withdraw(house)
    number()
    send(endpoint)
    (said,) = receiver.heard
    assert said["type"] == "withdrawal"
    (change,) = said["data"]["changes"]
    assert change["seq"] == 2
    assert change["type"] == "consent.withdrawn"
    assert change["contact"] == house.point.value
    assert (change["uuid"], change["purpose"]) == (str(event.uuid), "newsletter")


def test_an_objection_is_told_with_its_scope(house, endpoint, receiver):
    services.restrict(house.point, "objection", words="dość")
    number()
    send(endpoint)
    (change,) = receiver.heard[0]["data"]["changes"]
    assert (change["type"], change["purpose"], change["channel"]) == ("objection", None, None)


def test_a_message_is_signed_by_the_standard(house, endpoint, receiver):
    withdrawn(house)
    send(endpoint)
    hook = Webhook(signing.secret_of(endpoint))
    assert hook.verify(receiver.bodies[0], receiver.headers[0]) == receiver.heard[0]
    assert receiver.headers[0]["webhook-id"] == str(only().uuid)
    assert receiver.headers[0]["Content-Type"] == "application/json"


def test_a_message_that_is_tried_again_keeps_its_id_and_its_body(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house)
    tried(endpoint, 2)
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1
    assert receiver.bodies[0] == receiver.bodies[1]
    assert receiver.headers[0]["webhook-timestamp"] != receiver.headers[1]["webhook-timestamp"]


def test_a_test_message_says_nothing(endpoint, receiver):
    queueing.queue_test(endpoint)
    send(endpoint)
    assert receiver.types == ["test"]
    assert receiver.heard[0]["data"] == {}


def test_what_left_the_house_stands_in_the_access_log(house, endpoint, receiver):
    withdrawn(house)
    send(endpoint)
    event = AccessEvent.objects.get(subject="feed.webhook")
    assert event.recorded_name == endpoint.client.name
    assert event.rows == 1
    assert event.filters == {"message": str(only().uuid), "kind": "withdrawal"}


def test_what_a_client_may_not_hear_any_more_is_not_told(house, endpoint, receiver):
    withdrawn(house)
    endpoint.client.purpose_grants.get().end()
    send(endpoint)
    assert receiver.heard == []
    assert only().state == DeliveryState.DROPPED


def test_what_the_feed_forgot_is_not_told(house, endpoint, receiver):
    withdrawn(house)
    FeedEntry.objects.all().delete()
    send(endpoint)
    assert receiver.heard == []
    assert only().state == DeliveryState.DROPPED


# In order ----------------------------------------------------------------------------------------


def test_messages_arrive_in_the_order_of_the_feed(house, endpoint, receiver):
    withdrawn(house, many=3)
    send(endpoint)
    changes = [each["data"]["changes"][0]["seq"] for each in receiver.heard]
    assert changes == [1, 2, 3]


def test_the_others_wait_for_one_that_failed(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house, many=2)
    send(endpoint)
    send(endpoint)
    assert len(receiver.heard) == 1
    assert Delivery.objects.waiting().count() == 2


def test_a_webhook_that_is_down_delays_no_other(house, endpoint, receiver):
    other = webhook(house)
    withdrawn(house)
    receiver.answer = DOWN
    send(endpoint)
    assert list(sending.due(timezone.now())) == [other]


def test_a_message_in_the_hands_of_one_worker_is_not_taken_by_another(house, endpoint):
    withdrawn(house, many=2)
    now = timezone.now()
    assert sending.claim(endpoint.pk, now)
    assert sending.claim(endpoint.pk, now) is None
    assert not sending.due(now).exists()


def test_a_message_of_a_worker_that_died_is_taken_over(house, endpoint, receiver):
    withdrawn(house)
    now = timezone.now()
    assert sending.claim(endpoint.pk, now)
    with time_machine.travel(now + timedelta(minutes=3), tick=False):
        send(endpoint)
    assert receiver.types == ["withdrawal"]


def test_the_answer_of_an_attempt_that_was_taken_over_changes_nothing(house, endpoint):
    withdrawn(house)
    now = timezone.now()
    slow = sending.claim(endpoint.pk, now)
    assert sending.claim(endpoint.pk, now + timedelta(minutes=3))
    sending.note(slow, DOWN, now + timedelta(minutes=3))
    delivery = only()
    assert (delivery.attempts, delivery.failure) == (2, "")
    assert delivery.claimed_until


def test_a_test_message_overtakes_what_waits(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house)
    send(endpoint)
    receiver.answer = FINE
    queueing.queue_test(endpoint)
    send(endpoint)
    assert receiver.types == ["withdrawal", "test", "withdrawal"]


# Again and again ---------------------------------------------------------------------------------


def test_a_message_is_tried_again_after_ever_longer_waits(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house)
    delivery, waits = only(), []
    for _each in BACKOFF:
        begun = soon(delivery)
        with time_machine.travel(begun, tick=False):
            send(endpoint)
        waits.append(soon(delivery) - begun)
    assert waits == list(BACKOFF)


def test_after_its_last_attempt_a_message_is_a_dead_letter(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house)
    tried(endpoint, len(BACKOFF) + 1)
    delivery = only()
    assert delivery.state == DeliveryState.DEAD
    assert (delivery.attempts, delivery.http_status) == (11, 503)
    assert delivery.ended_at


def test_whoever_waited_behind_a_dead_letter_is_not_tried_for_days_again(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house, many=2)
    tried(endpoint, len(BACKOFF) + 1)
    with time_machine.travel(timezone.now() + PATIENCE + timedelta(hours=1), tick=False):
        send(endpoint)
    assert Delivery.objects.dead().count() == 2


def test_a_webhook_that_is_there_again_is_tried_anew(house, endpoint, receiver):
    withdrawn(house, many=2)
    answers = iter([FINE, DOWN])
    receiver.answer = lambda: next(answers)
    with time_machine.travel(timezone.now() + PATIENCE + timedelta(hours=1), tick=False):
        send(endpoint)
    assert Delivery.objects.waiting().get().failure == Failure.ANSWER


def test_a_test_that_fails_is_tried_once_and_no_dead_letter(endpoint, receiver):
    receiver.answer = DOWN
    queueing.queue_test(endpoint)
    send(endpoint)
    assert only().state == DeliveryState.DEAD
    assert not Delivery.objects.dead().exists()


def test_a_dead_letter_is_sent_again_from_the_start(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house)
    tried(endpoint, len(BACKOFF) + 1)
    receiver.answer = FINE
    with time_machine.travel(timezone.now() + PATIENCE + timedelta(days=1), tick=False):
        assert Delivery.objects.dead().send_again() == 1
        send(endpoint)
    assert only().state == DeliveryState.SENT
    assert (only().attempts, only().failure) == (1, "")


def test_a_receiver_that_is_gone_is_told_nothing_more(house, endpoint, receiver):
    receiver.answer = Answer(410, Failure.GONE)
    withdrawn(house, many=2)
    send(endpoint)
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert endpoint.gone_at
    assert endpoint.history.latest().history_change_reason
    assert Delivery.objects.waiting().count() == 2
    assert not sending.due(timezone.now() + PATIENCE).exists()


def test_what_waited_is_sent_once_the_webhook_is_used_again(house, endpoint, receiver):
    withdrawn(house)
    endpoint.deactivate()
    send(endpoint)
    assert receiver.heard == []
    endpoint.reactivate()
    send(endpoint)
    assert receiver.types == ["withdrawal"]


def test_what_waited_while_nothing_was_sent_is_tried_as_patiently_as_ever(
    house, endpoint, receiver
):
    receiver.answer = DOWN
    withdrawn(house)
    endpoint.deactivate()
    with time_machine.travel(timezone.now() + PATIENCE + timedelta(days=1), tick=False):
        endpoint.reactivate()
        send(endpoint)
    assert (only().state, only().attempts) == (DeliveryState.WAITING, 1)


def test_a_message_that_cannot_be_written_is_tried_again(house, endpoint, receiver, monkeypatch):
    withdrawn(house)
    monkeypatch.setattr(sending.bodies, "body", lambda delivery: 1 / 0)
    send(endpoint)
    assert only().failure == Failure.HOUSE
    assert only().state == DeliveryState.WAITING


def test_an_address_that_is_closed_by_now_is_not_written_to(house, endpoint, receiver):
    withdrawn(house)
    endpoint.url = "https://127.0.0.1/"
    endpoint.save()
    send(endpoint)
    assert receiver.heard == []
    assert only().failure == Failure.ADDRESS


# Afterwards --------------------------------------------------------------------------------------


def test_messages_that_arrived_are_erased_after_a_month(house, endpoint, receiver):
    withdrawn(house)
    send(endpoint)
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        work.erase_old()
    assert Delivery.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        work.erase_old()
    assert not Delivery.objects.exists()


def test_a_dead_letter_is_kept_as_long_as_the_feed(house, endpoint, receiver, settings):
    receiver.answer = DOWN
    withdrawn(house)
    tried(endpoint, len(BACKOFF) + 1)
    with time_machine.travel(only().ended_at + timedelta(days=89), tick=False):
        work.erase_old()
    assert Delivery.objects.exists()
    with time_machine.travel(only().ended_at + timedelta(days=91), tick=False):
        work.erase_old()
    assert not Delivery.objects.exists()


def test_what_waits_at_a_stopped_endpoint_is_kept_as_long_as_the_feed(house, endpoint):
    withdrawn(house)
    for days, stopped, is_kept in ((91, False, True), (89, True, True), (91, True, False)):
        if stopped:
            endpoint.deactivate()
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            work.erase_old()
        assert Delivery.objects.exists() == is_kept


def found() -> set[str]:
    return {each.rule.code for each in rules.open_findings() if "webhook" in each.rule.code}


def test_a_healthy_webhook_is_no_finding(house, endpoint, receiver):
    endpoint.note_shown()
    withdrawn(house)
    send(endpoint)
    assert found() == set()


def test_a_dead_letter_is_a_finding(house, endpoint, receiver):
    receiver.answer = DOWN
    withdrawn(house)
    tried(endpoint, len(BACKOFF) + 1)
    assert "webhook_given_up" in found()


def test_what_waits_for_an_hour_is_a_finding(house, endpoint, receiver):
    withdrawn(house)
    assert "webhook_behind" not in found()
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert "webhook_behind" in found()


def test_a_webhook_whose_client_has_no_purpose_is_a_finding(house, endpoint):
    endpoint.client.purpose_grants.get().end()
    assert "webhook_silent" in found()


def test_a_webhook_whose_receiver_is_gone_is_a_finding(endpoint):
    endpoint.deactivate(gone_at=timezone.now())
    assert "webhook_gone" in found()


def test_a_secret_that_nobody_saw_within_a_day_is_a_finding(endpoint):
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert "webhook_unchecked" in found()


def test_a_message_says_what_kind_it_is_in_every_kind():
    assert set(sending.bodies.TYPES) == set(Message)
    assert json.dumps(sending.bodies.TYPES)
