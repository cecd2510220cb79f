"""Messages are made with the numbers, in one transaction, for whoever may hear them."""

import pytest
from django.db import IntegrityError, transaction

from consents import services
from feed import sequencer
from feed.models import Delivery, FeedEntry
from feed.webhooks import queueing
from tests.factories import PointFactory, PurposeFactory, WebhookFactory
from tests.feed.conftest import give, told, withdraw
from tests.feed.hooks import number, only, webhook


def queued() -> list[tuple]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "first_seq", "last_seq"))


def test_a_withdrawal_is_queued_with_its_number(house):
    webhook(house)
    give(house)
    withdraw(house)
    number()
    assert queued() == [("withdrawal", 2, 2)]


def test_a_consent_is_told_by_the_feed_alone(house):
    webhook(house)
    give(house)
    number()
    assert queued() == []


def test_an_objection_is_queued_and_its_lifting_is_not(house):
    webhook(house)
    objection = services.restrict(house.point, "objection", words="dość")
    services.lift(objection, reason="pomyłka")
    number()
    assert queued() == [("objection", 1, 1)]


def test_a_retired_contact_is_told_among_withdrawals(house):
    webhook(house)
    services.reassign(house.point, retired_for="reassigned", reason="nowy abonent")
    number()
    assert queued() == [("withdrawal", 1, 1)]


@pytest.mark.parametrize(
    "left_out", [{"is_active": False}, {"hears_withdrawal": False}, {"client__may_read": False}]
)
def test_what_a_webhook_does_not_hear_is_not_queued(house, left_out):
    webhook(house, **left_out)
    give(house)
    withdraw(house)
    number()
    assert queued() == []


def test_a_webhook_of_a_deactivated_client_hears_nothing(house):
    webhook(house).client.deactivate()
    withdraw(house)
    number()
    assert queued() == []


def test_what_the_grants_do_not_open_is_not_queued(house):
    WebhookFactory()
    withdraw(house)
    services.restrict(house.point, "objection", words="dość")
    number()
    assert queued() == []


def test_an_objection_to_a_purpose_is_told_to_whoever_has_it(house):
    webhook(house)
    other = PurposeFactory(activity=house.purpose.activity, slug="other")
    services.restrict(house.point, "objection_purpose", purpose=other, words="dość")
    number()
    assert queued() == []


def test_messages_are_queued_in_the_order_of_the_feed(house):
    webhook(house)
    services.restrict(house.point, "objection", words="dość")
    withdraw(house)
    number()
    assert queued() == [("objection", 1, 1), ("withdrawal", 2, 2)]


def test_many_changes_share_a_message(house, monkeypatch):
    monkeypatch.setattr(queueing, "TOGETHER", 2)
    webhook(house)
    for _each in range(3):
        services.withdraw(PointFactory(), house.purpose, "email", **told(house))
    number()
    assert queued() == [("withdrawal", 1, 2), ("withdrawal", 3, 3)]


def test_numbers_and_messages_stand_or_fall_together(house, monkeypatch):
    webhook(house)
    withdraw(house)

    def fail(first, last):
        raise ArithmeticError

    monkeypatch.setattr(sequencer, "listeners", [*sequencer.listeners, fail])
    with pytest.raises(ArithmeticError):
        number()
    assert not FeedEntry.objects.exists()
    assert queued() == []


def test_no_contact_value_is_kept_in_a_message(house):
    webhook(house)
    withdraw(house)
    number()
    row = Delivery.objects.filter(pk=only().pk).values().get()
    assert house.point.value not in str(row)


def test_a_message_tells_of_something_unless_it_is_a_test(house):
    endpoint = WebhookFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(endpoint=endpoint, kind="withdrawal")
