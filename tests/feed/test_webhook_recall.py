"""A list that is still valid is recalled from: who must come off it, told to whom it concerns."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit import access
from consents import services
from feed.choices import DeliveryState
from feed.models import Delivery
from feed.webhooks import sending
from tests.factories import PointFactory, PurposeFactory, WebhookFactory
from tests.feed.hooks import Receiver, number, send, webhook
from tests.screening.conftest import consented, give, in_english  # noqa: F401 (fixtures)
from tests.screening.lists import floor_of, made

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def floor(consented):  # noqa: F811
    """A supervisor, and two people who may be written to."""
    floor = floor_of(consented)
    floor.other = PointFactory(value="anna@poczta.example")
    give(floor.other, floor)
    number()
    return floor


@pytest.fixture
def endpoint(floor):
    return webhook(floor, hears_withdrawal=False, hears_objection=False)


@pytest.fixture
def receiver(monkeypatch) -> Receiver:
    receiver = Receiver()
    monkeypatch.setattr(sending, "post", receiver)
    return receiver


def withdraw(floor, point=None):
    told = {**floor.told, "occurred_at": timezone.now()}
    services.withdraw(point or floor.point, floor.purpose, "email", **told)
    number()


def test_whoever_withdraws_is_recalled_from_a_valid_list(floor, endpoint, receiver):
    contact_list = made(floor)
    withdraw(floor)
    send(endpoint)
    (said,) = receiver.heard
    assert said["type"] == "list.recall"
    assert said["data"]["list"] == str(contact_list.uuid)
    assert (said["data"]["purpose"], said["data"]["channel"]) == ("marketing", "email")
    (contact,) = said["data"]["contacts"]
    assert contact["contact"] == "jan@poczta.example"
    assert contact["reasons"] == ["withdrawn"]
    assert contact["since"]


def test_whoever_withdraws_while_the_list_is_written_is_recalled(
    floor, endpoint, receiver, monkeypatch
):
    close = access.closed

    def closed_late(event, **told):
        withdraw(floor)
        close(event, **told)

    monkeypatch.setattr(access, "closed", closed_late)
    assert made(floor).allowed == 2
    send(endpoint)
    (contact,) = receiver.heard[0]["data"]["contacts"]
    assert contact["contact"] == "jan@poczta.example"


def test_what_changed_before_a_list_was_asked_for_recalls_nobody_from_it(floor, endpoint):
    withdraw(floor)
    assert made(floor).allowed == 1
    assert not Delivery.objects.exists()


def test_an_objection_recalls_the_person_by_every_address(floor, endpoint, receiver):
    second = PointFactory(subject=floor.point.subject, controller=floor.point.controller)
    give(second, floor)
    made(floor)
    services.restrict(second, "objection", words="dość")
    number()
    send(endpoint)
    told = {each["contact"] for each in receiver.heard[0]["data"]["contacts"]}
    assert told == {floor.point.value, second.value}


def test_whoever_was_retired_is_recalled(floor, endpoint, receiver):
    made(floor)
    services.reassign(floor.point, retired_for="reassigned", reason="nowy abonent")
    number()
    send(endpoint)
    (contact,) = receiver.heard[0]["data"]["contacts"]
    assert contact["contact"] == floor.point.value


def test_a_list_that_is_valid_no_longer_is_not_recalled_from(floor, endpoint):
    made(floor)
    with time_machine.travel(timezone.now() + timedelta(hours=5), tick=False):
        withdraw(floor)
    assert not Delivery.objects.exists()


def test_whoever_was_not_on_the_list_is_not_told(floor, endpoint):
    contact_list = made(floor)
    stranger = PointFactory()
    give(stranger, floor)
    withdraw(floor, stranger)
    assert contact_list.allowed == 2
    assert not Delivery.objects.exists()


def test_a_no_to_another_channel_recalls_nobody(floor, endpoint):
    made(floor)
    phone = PointFactory(phone=True, subject=floor.point.subject)
    told = {**floor.told, "occurred_at": timezone.now()}
    services.withdraw(phone, floor.purpose, "voice", **told)
    number()
    assert not Delivery.objects.exists()


def test_a_no_that_changes_nothing_is_not_sent(floor, endpoint, receiver):
    """A withdrawal that came before the consent closes nothing."""
    made(floor)
    told = {**floor.told, "occurred_at": floor.told["occurred_at"] - timedelta(days=9)}
    services.withdraw(floor.point, floor.purpose, "email", **told)
    number()
    send(endpoint)
    assert receiver.heard == []
    assert Delivery.objects.get().state == DeliveryState.DROPPED


def test_a_list_of_a_purpose_that_the_client_has_not_is_not_told(floor):
    WebhookFactory()
    made(floor)
    withdraw(floor)
    assert not Delivery.objects.exists()


def test_a_webhook_of_another_purpose_hears_nothing_of_the_list(floor, receiver):
    floor.purpose, ours = PurposeFactory(slug="other"), floor.purpose
    webhook(floor)
    floor.purpose = ours
    made(floor)
    withdraw(floor)
    assert not Delivery.objects.exists()
