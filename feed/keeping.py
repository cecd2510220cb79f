"""For how long the feed is kept: FEED_KEEP_DAYS, then its entries are erased."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from feed.models import Acknowledgement, FeedEntry, FeedHead

# How many entries a transaction erases: a second writer waits as long.
PORTION = 10_000


def erase_old() -> None:
    """Erase entries older than FEED_KEEP_DAYS, and the acknowledgements of them."""
    before = timezone.now() - timedelta(days=settings.FEED_KEEP_DAYS)
    while _erase_some(before):
        pass


@transaction.atomic
def _erase_some(before: datetime) -> int:
    """Erase the oldest entries numbered before the instant; returns how many they were.

    The records that they point at stay: others are no longer told of them, that is all.
    """
    head = FeedHead.held()
    oldest = FeedEntry.objects.filter(seq__lte=head.erased + PORTION, numbered_at__lt=before)
    through = oldest.aggregate(Max("seq"))["seq__max"]
    if through is None:
        return 0
    erased, _each = FeedEntry.objects.filter(seq__lte=through).delete()
    Acknowledgement.objects.filter(seq__lte=through).delete()
    head.erased = through
    head.save(update_fields=["erased"])
    return erased
