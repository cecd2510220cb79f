"""Webhooks beside the feed: queued with its numbers, sent every second, erased in time."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from audit.jobs import each_second, sweep
from feed import sequencer
from feed.choices import DeliveryState, Message
from feed.models import Delivery
from feed.models.webhooks import WAITING
from feed.webhooks.queueing import catch_up, queue
from feed.webhooks.sending import send_due
from screening import manifests

KEPT_DAYS = 30
# How many a transaction erases: a second writer waits as long.
PORTION = 10_000


def erase_old() -> None:
    """Erase messages that arrived 30 days ago, and what never left once the feed forgot it.

    What never left was given up, or waits for an endpoint that was stopped.
    """
    arrived = timezone.now() - timedelta(days=KEPT_DAYS)
    forgotten = timezone.now() - timedelta(days=settings.FEED_KEEP_DAYS)
    done = ~Q(state=DeliveryState.DEAD) | Q(kind=Message.TEST)
    left_lying = Q(created_at__lt=forgotten, endpoint__is_active=False) & WAITING
    old = Delivery.objects.filter(
        Q(done, ended_at__lt=arrived) | Q(ended_at__lt=forgotten) | left_lying
    )
    while keys := list(old.order_by("pk").values_list("pk", flat=True)[:PORTION]):
        Delivery.objects.filter(pk__in=keys).delete()


sequencer.listeners.append(queue)
manifests.listeners.append(catch_up)
each_second(send_due)
sweep(erase_old)
