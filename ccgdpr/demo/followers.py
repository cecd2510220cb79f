"""The dialler follows the feed: what was recorded in the last weeks, and how soon it heard of it.

The history before stands in no feed, as in a house whose records are older than its followers.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import ApiClient
from consents.models import ConsentEvent, Restriction
from feed.models import Acknowledgement, FeedEntry, FeedHead, Follower
from feed.sequencer import ENDING

DIALLER = "Dialer"
SHOWN = timedelta(days=30)
NUMBERED_AFTER = timedelta(seconds=1)
# It asks every few seconds; every so many a time it was being restarted.
SECONDS, RESTARTED, RESTART = 11, 5, timedelta(minutes=4)


def create() -> None:
    """Its place at the end of the feed, with an acknowledgement of each no on the way."""
    entries = FeedEntry.objects.bulk_create(_entries(timezone.now() - SHOWN))
    last = len(entries)
    FeedHead.objects.create(last=last)
    client = ApiClient.objects.get(name=DIALLER)
    follower = Follower.objects.create(client=client, seq=last)
    Acknowledgement.objects.bulk_create(_acknowledged(follower, entries))


def _entries(since: datetime) -> Iterator[FeedEntry]:
    """As they would have been numbered, one second after each was recorded."""
    events: list[Any] = list(ConsentEvent.objects.filter(recorded_at__gte=since))
    stops: list[Any] = list(Restriction.objects.filter(recorded_at__gte=since))
    recorded = sorted([*events, *stops], key=lambda each: (each.recorded_at, each.pk))
    for seq, record in enumerate(recorded, start=1):
        numbered_at = record.recorded_at + NUMBERED_AFTER
        if isinstance(record, ConsentEvent):
            ends = record.kind in ENDING
            yield FeedEntry(seq=seq, event=record, ends_contact=ends, numbered_at=numbered_at)
        else:
            ends = record.lifts_id is None
            yield FeedEntry(seq=seq, restriction=record, ends_contact=ends, numbered_at=numbered_at)


def _acknowledged(follower: Follower, entries: list[FeedEntry]) -> Iterator[Acknowledgement]:
    after, earlier = 0, entries[0].numbered_at
    for number, entry in enumerate(entry for entry in entries if entry.ends_contact):
        wait = timedelta(seconds=1 + entry.seq * 7 % SECONDS)
        late = RESTART if number % RESTARTED == RESTARTED - 1 else timedelta()
        earlier = max(earlier, entry.numbered_at + wait + late)
        at = min(earlier, timezone.now())
        yield Acknowledgement(follower=follower, after=after, seq=entry.seq, at=at)
        after = entry.seq
