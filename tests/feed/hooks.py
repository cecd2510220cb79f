"""Webhooks in tests: what was sent to them, and what they answer."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from feed import sequencer
from feed.choices import Failure
from feed.models import Delivery, WebhookEndpoint
from feed.webhooks import sending
from feed.webhooks.posting import Answer
from tests.factories import ClientGrantFactory, WebhookFactory

FINE = Answer(204)
DOWN = Answer(503, Failure.ANSWER)


def webhook(house: Any, **options: Any) -> WebhookEndpoint:
    """A webhook of a client that has the purpose of ``house``."""
    endpoint = WebhookFactory(**options)
    ClientGrantFactory(client=endpoint.client, purpose=house.purpose)
    return endpoint


class Receiver:
    """Takes the place of the network: keeps what was posted, answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answer: Answer | Callable[[], Answer] = FINE

    def __call__(self, wanted: Any, body: bytes, headers: dict[str, str]) -> Answer:
        self.bodies.append(body)
        self.heard.append(json.loads(body))
        self.headers.append(dict(headers))
        return self.answer() if callable(self.answer) else self.answer

    @property
    def types(self) -> list[str]:
        return [each["type"] for each in self.heard]


def number() -> None:
    """Number what was recorded, as the worker does every second."""
    sequencer.number()


def send(endpoint: WebhookEndpoint) -> None:
    """Send what is due, as the worker does every second."""
    sending.drain(endpoint.pk)


def only(**which: Any) -> Delivery:
    return Delivery.objects.get(**which)


def soon(delivery: Delivery) -> datetime:
    delivery.refresh_from_db()
    return delivery.next_at
