"""Queues messages about what was just numbered, in the transaction that numbers it.

So nothing is numbered without its messages, and none tells of what was rolled back. A message names
numbers of the feed: what it says is looked up when it is sent.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from feed.choices import Message
from feed.models import Delivery, FeedEntry, FeedHead, WebhookEndpoint
from feed.webhooks.affected import Touched, on_list, touched
from processing.models import Purpose
from screening.models import ContactList

# Changes that one message tells of, at most.
TOGETHER = 500
CLOCKS_DIFFER = timedelta(minutes=1)
ABOUT = {
    Message.WITHDRAWAL: Q(restriction=None),
    Message.OBJECTION: Q(restriction__isnull=False),
}


def queue(first: int, last: int) -> None:
    """Queue messages about the numbers ``first`` to ``last`` for every endpoint that hears them."""
    recalled: dict[ContactList, list[int]] | None = None
    for endpoint in WebhookEndpoint.objects.hearing().select_related("client"):
        found = [each for kind in ABOUT for each in _of_kind(endpoint, kind, first, last)]
        if endpoint.hears_recall:
            recalled = _recalled(first, last) if recalled is None else recalled
            found += _recalls(endpoint, recalled)
        found.sort(key=lambda delivery: delivery.first_seq or 0)
        Delivery.objects.bulk_create(found, batch_size=TOGETHER)


def _of_kind(endpoint: WebhookEndpoint, kind: Message, first: int, last: int) -> Iterator[Delivery]:
    if getattr(endpoint, f"hears_{kind}"):
        numbers = heard(endpoint, kind, first, last).values_list("seq", flat=True)
        for chunk in _chunks(numbers.iterator()):
            yield Delivery(endpoint=endpoint, kind=kind, first_seq=chunk[0], last_seq=chunk[-1])


def heard(endpoint: WebhookEndpoint, kind: str, first: Any, last: Any) -> QuerySet[FeedEntry]:
    """Entries of ``kind`` from ``first`` to ``last`` that the grants of the client open now."""
    ending = FeedEntry.objects.within(first - 1, last).filter(ABOUT[Message(kind)])
    return ending.filter(ends_contact=True).seen_by(endpoint.client).order_by("seq")


def _recalled(first: int, last: int) -> dict[ContactList, list[int]]:
    """Lists that are still valid, with the numbers that touch their members."""
    lists = list(ContactList.objects.valid().order_by("pk"))
    changes: list[Touched] = touched(first, last) if lists else []
    found = {made: sorted(on_list(made, changes)) for made in lists}
    return {made: numbers for made, numbers in found.items() if numbers}


def _recalls(
    endpoint: WebhookEndpoint, recalled: dict[ContactList, list[int]]
) -> Iterator[Delivery]:
    granted = Purpose.objects.granted_to_client(endpoint.client).values_list("pk", flat=True)
    opened = set(granted) if recalled else set()
    for made, numbers in recalled.items():
        for chunk in _chunks(numbers if made.purpose_id in opened else ()):
            yield Delivery(
                endpoint=endpoint,
                kind=Message.RECALL,
                contact_list=made,
                first_seq=chunk[0],
                last_seq=chunk[-1],
            )


def catch_up(made: ContactList) -> None:
    """Queue recalls from ``made`` of what was numbered while it was written.

    Whoever numbered that saw no list yet. The head is held, so that whoever numbers next sees it.
    """
    endpoints = list(WebhookEndpoint.objects.hearing(Message.RECALL).select_related("client"))
    if not endpoints or not made.is_valid():
        return
    last = FeedHead.held().last
    changes = touched(_numbered_before(min(made.as_of, made.known_at)) + 1, last)
    recalled = {made: numbers} if (numbers := sorted(on_list(made, changes))) else {}
    for endpoint in endpoints:
        Delivery.objects.bulk_create(_recalls(endpoint, recalled), batch_size=TOGETHER)


def _numbered_before(moment: datetime) -> int:
    """The last number given before ``moment``, with time to spare for clocks that differ."""
    earlier = FeedEntry.objects.filter(numbered_at__lt=moment - CLOCKS_DIFFER)
    return earlier.order_by("-seq").values_list("seq", flat=True).first() or 0


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(numbers)
    while chunk := list(islice(rest, TOGETHER)):
        yield chunk


def queue_test(endpoint: WebhookEndpoint) -> Delivery:
    """A message without content, sent before all that waits and tried once."""
    return Delivery.objects.create(endpoint=endpoint, kind=Message.TEST)
