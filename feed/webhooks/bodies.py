"""What a message says, looked up at the moment it is sent.

So a message that waited tells of what is there now: nothing that was erased meanwhile, nothing of
a purpose that the client has lost.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from feed.api.serializers import FeedEntrySerializer
from feed.choices import Message
from feed.models import Delivery
from feed.reading import told
from feed.webhooks.affected import on_list, touched
from feed.webhooks.queueing import heard
from processing.models import Purpose
from screening.models import ContactList
from screening.recall import Recall, Recalled

# How a receiver tells messages apart.
TYPES = {
    Message.WITHDRAWAL: "withdrawal",
    Message.OBJECTION: "objection",
    Message.RECALL: "list.recall",
    Message.TEST: "test",
}


def contacts_in(said: dict[str, Any]) -> int:
    """How many contacts a message names."""
    return sum(len(each) for each in said["data"].values() if isinstance(each, list))


def body(delivery: Delivery) -> dict[str, Any] | None:
    """The message as Standard Webhooks wants it; None where nothing is left to tell."""
    data = _data(delivery)
    if data is None:
        return None
    return {
        "type": TYPES[Message(delivery.kind)],
        "timestamp": _instant(delivery.created_at),
        "data": data,
    }


def _data(delivery: Delivery) -> dict[str, Any] | None:
    if delivery.kind == Message.TEST:
        return {}
    if delivery.contact_list:
        return _recall(delivery, delivery.contact_list)
    return _changes(delivery)


def _changes(delivery: Delivery) -> dict[str, Any] | None:
    """Entries as the feed tells them, in their order."""
    entries = heard(delivery.endpoint, delivery.kind, delivery.first_seq, delivery.last_seq)
    found = told(entries)
    return {"changes": FeedEntrySerializer(found, many=True).data} if found else None


def _recall(delivery: Delivery, made: ContactList) -> dict[str, Any] | None:
    """Members who must come off; whom the verdict still allows stays on."""
    granted = Purpose.objects.granted_to_client(delivery.endpoint.client)
    if not (made.is_valid() and granted.filter(pk=made.purpose_id).exists()):
        return None
    members = on_list(made, touched(delivery.first_seq, delivery.last_seq)).values()
    contacts = _named(Recall(made).among(sorted(set().union(*members))))
    return {**_list(made), "contacts": contacts} if contacts else None


def _list(made: ContactList) -> dict[str, Any]:
    return {
        "list": str(made.uuid),
        "purpose": made.purpose.slug,
        "channel": made.channel,
        "valid_until": _instant(made.valid_until),
    }


def _named(recalled: Iterable[Recalled]) -> list[dict[str, Any]]:
    return [
        {
            "contact": each.contact_point,
            "reasons": list(each.reasons),
            "since": _instant(each.since) if each.since else None,
        }
        for each in recalled
    ]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
