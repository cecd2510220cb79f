"""Where the dialler was told at once: stopped now, as nothing leaves a demo."""

from datetime import timedelta

from accounts.models import ApiClient
from ccgdpr.demo.making import make
from feed.choices import DeliveryState, Message
from feed.models import Delivery, FeedEntry, FeedHead, WebhookEndpoint
from feed.webhooks.queueing import heard

ADDRESS = "https://dialer.example/ccgdpr"
TOLD = (Message.WITHDRAWAL, Message.OBJECTION)
TOOK, NO_CONTENT = timedelta(seconds=1), 204


def create() -> None:
    dialler = ApiClient.objects.get(name="Dialer")
    key = {"client": dialler, "url": ADDRESS}
    make(WebhookEndpoint, key, hears_recall=True, is_active=False, shown_version=1)


def tell() -> None:
    """What it was told until it was stopped: each no that the feed holds, within a second."""
    endpoint = WebhookEndpoint.objects.get(url=ADDRESS)
    last = FeedHead.objects.get().last
    messages = [
        _delivered(endpoint, kind, entry)
        for kind in TOLD
        for entry in heard(endpoint, kind, 1, last)
    ]
    Delivery.objects.bulk_create(sorted(messages, key=lambda message: message.first_seq or 0))


def _delivered(endpoint: WebhookEndpoint, kind: str, entry: FeedEntry) -> Delivery:
    queued = entry.numbered_at
    return Delivery(
        endpoint=endpoint,
        kind=kind,
        first_seq=entry.seq,
        last_seq=entry.seq,
        state=DeliveryState.SENT,
        attempts=1,
        created_at=queued,
        queued_at=queued,
        next_at=queued,
        ended_at=queued + TOOK,
        http_status=NO_CONTENT,
    )
