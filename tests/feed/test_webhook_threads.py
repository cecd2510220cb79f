"""Sending beside the rest: nobody waits for a receiver that is silent, nothing is sent twice."""

import threading
import time
from collections.abc import Callable

import pytest

from consents import services
from feed.choices import DeliveryState
from feed.models import Delivery
from feed.webhooks import sending
from tests.factories import PointFactory
from tests.feed.conftest import told
from tests.feed.hooks import FINE, number, webhook

pytestmark = pytest.mark.django_db(transaction=True)


def withdrawn(house, many: int) -> None:
    for _each in range(many):
        services.withdraw(PointFactory(), house.purpose, "email", **told(house))
    number()


def wait_for(reached: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not (done := reached()) and time.monotonic() < until:
        time.sleep(0.05)
    return done


def sent_to(endpoint) -> int:
    return endpoint.deliveries.filter(state=DeliveryState.SENT).count()


def idle() -> bool:
    return not sending._busy


def test_a_silent_receiver_delays_neither_the_worker_nor_the_others(house, monkeypatch):
    silent, prompt = webhook(house), webhook(house)
    heard = threading.Event()

    def post(wanted, body, headers):
        if wanted.path == sending.target(silent.url).path:
            heard.wait(20)
        return FINE

    monkeypatch.setattr(sending, "post", post)
    withdrawn(house, 1)
    begun = time.monotonic()
    try:
        sending.send_due()
        assert time.monotonic() - begun < 2
        assert wait_for(lambda: sent_to(prompt) == 1)
        assert sent_to(silent) == 0
    finally:
        heard.set()
        assert wait_for(idle)
    assert sent_to(silent) == 1


def test_several_workers_send_every_message_once_and_in_order(house, monkeypatch):
    endpoint = webhook(house)
    monkeypatch.setattr("feed.webhooks.queueing.TOGETHER", 1)
    monkeypatch.setattr(sending, "post", lambda wanted, body, headers: posted(headers))
    told_ids = []

    def posted(headers):
        told_ids.append(headers["webhook-id"])
        return FINE

    withdrawn(house, 12)
    workers = [
        threading.Thread(target=sending._drain_in_thread, args=[endpoint.pk]) for _each in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sending.drain(endpoint.pk)
    in_order = Delivery.objects.order_by("pk").values_list("uuid", flat=True)
    assert told_ids == [str(uuid) for uuid in in_order]
    assert len(told_ids) == 12
