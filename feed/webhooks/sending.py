"""Sends what waits: each endpoint's messages one after the other, endpoints beside each other.

At least once: who dies between the answer and its note leaves the message to the next one, and the
receiver tells the second copy by its id.
"""

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache, partial
from time import monotonic

from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import access
from audit.act import acting
from audit.choices import AccessAction, Way
from audit.jobs import stopping
from feed.choices import DeliveryState, Failure, Message
from feed.models import Delivery, WebhookEndpoint
from feed.models.webhooks import BACKOFF, CLAIMED_FOR, PATIENCE
from feed.webhooks import bodies, signing
from feed.webhooks.addresses import target
from feed.webhooks.posting import Answer, post

log = logging.getLogger(__name__)
# Endpoints sent to at a time, and for how long one keeps its place while it accepts.
AT_ONCE = 8
TURN_SECONDS = 30.0

_busy: set[int] = set()
_lock = threading.Lock()


# Whose turn it is --------------------------------------------------------------------------------


def send_due() -> None:
    """Begin to send to every endpoint to which something is due; returns at once."""
    for pk in due(timezone.now()).values_list("pk", flat=True):
        with _lock:
            if pk in _busy:
                continue
            _busy.add(pk)
        _pool().submit(_drain_in_thread, pk).add_done_callback(partial(_over, pk))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks")


def _over(pk: int, done: Future[None]) -> None:
    with _lock:
        _busy.discard(pk)
    if error := done.exception():
        log.error("Sending to a webhook failed", exc_info=error)


def _drain_in_thread(pk: int) -> None:
    try:
        drain(pk, rest=connections.close_all)
    finally:
        connections.close_all()


def _keep() -> None:
    """Nothing to give back between messages."""


def drain(pk: int, *, rest: Callable[[], None] = _keep) -> None:
    """Send what is due to the endpoint ``pk``, in order, until one fails or its turn is over.

    ``rest`` is called while a receiver is waited for, so that no connection is held meanwhile.
    """
    ends = monotonic() + TURN_SECONDS
    while monotonic() < ends and not stopping.is_set():
        delivery = claim(pk, timezone.now())
        if delivery is None:
            return
        note(delivery, _attempt(delivery, rest), timezone.now())


def due(now: datetime) -> QuerySet[WebhookEndpoint]:
    """Endpoints whose next message is due at the instant ``now`` and in nobody's hands."""
    sendable = Delivery.objects.free(now).filter(next_at__lte=now)
    theirs = Q(pk=OuterRef("head")) | Q(endpoint=OuterRef("pk"), kind=Message.TEST)
    head = Subquery(_line(OuterRef("pk")).values("pk"))
    hearing = WebhookEndpoint.objects.hearing().annotate(head=head)
    return hearing.filter(Exists(sendable.filter(theirs))).order_by("pk")


def _tests(endpoint: int) -> QuerySet[Delivery]:
    return Delivery.objects.waiting().filter(endpoint=endpoint, kind=Message.TEST)


def _line(endpoint: int | OuterRef) -> QuerySet[Delivery]:
    """The message that all others of ``endpoint`` wait for."""
    waiting = Delivery.objects.waiting().filter(endpoint=endpoint).exclude(kind=Message.TEST)
    return waiting.order_by("pk")[:1]


def claim(pk: int, now: datetime) -> Delivery | None:
    """The next message of the endpoint ``pk``, taken for a while; None where none is due."""
    if not WebhookEndpoint.objects.hearing().filter(pk=pk).exists():
        return None
    whole = Delivery.objects.select_related("endpoint__client", "contact_list")
    for key in [delivery.pk for first in (_tests(pk), _line(pk)) for delivery in first]:
        free = Delivery.objects.free(now).filter(pk=key, next_at__lte=now)
        if free.update(claimed_until=now + CLAIMED_FOR, attempts=F("attempts") + 1):
            return whole.get(pk=key)
    return None


# An attempt --------------------------------------------------------------------------------------


def _attempt(delivery: Delivery, rest: Callable[[], None]) -> Answer | None:
    """What became of it; None where there is nothing left to tell."""
    try:
        wanted = target(delivery.endpoint.url)
        said = bodies.body(delivery)
    except ValidationError:
        return Answer(failure=Failure.ADDRESS)
    except Exception:
        log.exception("A webhook message could not be written")
        return Answer(failure=Failure.HOUSE)
    if said is None:
        return None
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    signed = signing.headers(delivery, text, timezone.now())
    _log(delivery, bodies.contacts_in(said))
    rest()
    return post(wanted, text.encode(), {"Content-Type": "application/json", **signed})


def _log(delivery: Delivery, contacts: int) -> None:
    """Contacts leave the house, in the name of the client that is told."""
    if contacts:
        about = {"message": str(delivery.uuid), "kind": delivery.kind}
        with acting(name=delivery.endpoint.client.name, way=Way.API):
            access.answered(AccessAction.EXPORT, "feed.webhook", rows=contacts, filters=about)


@transaction.atomic
def note(delivery: Delivery, answer: Answer | None, now: datetime) -> None:
    """Write down what became of an attempt; nothing where somebody else has taken it over."""
    if answer is None:
        _end(delivery, now, state=DeliveryState.DROPPED, failure="", http_status=None)
    elif answer.failure is None:
        _end(delivery, now, state=DeliveryState.SENT, failure="", http_status=answer.status)
        # Whoever has just accepted one is there again: the others need not wait.
        hurry(delivery.endpoint, now)
    else:
        _failed(delivery, answer, answer.failure, now)


def _failed(delivery: Delivery, answer: Answer, failure: Failure, now: datetime) -> None:
    said = {"failure": failure, "http_status": answer.status}
    if failure == Failure.GONE and delivery.endpoint.is_active:
        with acting(reason=_("The receiver answered 410: gone.")):
            delivery.endpoint.deactivate(gone_at=now)
    if _is_given_up(delivery, now):
        return _end(delivery, now, state=DeliveryState.DEAD, **said)
    _held(delivery).update(claimed_until=None, next_at=now + BACKOFF[delivery.attempts - 1], **said)


def _is_given_up(delivery: Delivery, now: datetime) -> bool:
    """Whether it was tried often enough, or waited behind others that were, all in vain."""
    if delivery.kind == Message.TEST or delivery.attempts > len(BACKOFF):
        return True
    if delivery.queued_at + PATIENCE > now:
        return False
    arrived = Delivery.objects.filter(
        endpoint=delivery.endpoint, state=DeliveryState.SENT, ended_at__gt=delivery.queued_at
    )
    return not arrived.exists()


def _held(delivery: Delivery) -> QuerySet[Delivery]:
    """The message, as long as this attempt is the latest."""
    return Delivery.objects.waiting().filter(pk=delivery.pk, attempts=delivery.attempts)


def _end(delivery: Delivery, now: datetime, **outcome: object) -> None:
    _held(delivery).update(claimed_until=None, ended_at=now, **outcome)


def hurry(endpoint: WebhookEndpoint, now: datetime | None = None) -> None:
    """Try the next message of ``endpoint`` now, however long it was to wait."""
    now = now or timezone.now()
    for head in _line(endpoint.pk):
        Delivery.objects.free(now).filter(pk=head.pk, next_at__gt=now).update(next_at=now)
