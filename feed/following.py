"""Who has heard what: followers acknowledge, and the house knows how long a no took to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import ApiClient
from feed.models import Acknowledgement, FeedEntry, FeedHead, Follower
from feed.reading import NotYet

DAYS = 30


@transaction.atomic
def acknowledge(client: ApiClient, seq: int) -> Follower:
    """Note that ``client`` has acted on everything up to the number ``seq``; it never goes back.

    From its first acknowledgement on the client is a follower, and is measured. Raises NotYet for a
    number that no entry has.
    """
    if seq > FeedHead.now().last:
        raise NotYet
    now = timezone.now()
    begun = {"seq": seq, "acknowledged_at": now}
    followers = Follower.objects.select_for_update()
    follower, is_new = followers.get_or_create(client=client, defaults=begun)
    if not is_new:
        _move_on(follower, seq, now)
    return follower


def _move_on(follower: Follower, seq: int, now: datetime) -> None:
    if seq > follower.seq:
        heard = FeedEntry.objects.within(follower.seq, seq).ending().seen_by(follower.client)
        if heard.exists():
            Acknowledgement.objects.create(follower=follower, after=follower.seq, seq=seq, at=now)
        follower.seq = seq
    follower.acknowledged_at = now
    follower.save(update_fields=["seq", "acknowledged_at"])


@dataclass(frozen=True)
class Latency:
    """How long what ends contact took from its record to its acknowledgement."""

    count: int
    median: timedelta
    worst: timedelta

    @classmethod
    def of(cls, delays: Iterable[timedelta]) -> "Latency | None":
        """None where there was nothing to acknowledge."""
        known = list(delays)
        return cls(len(known), median(known), max(known)) if known else None


@dataclass(frozen=True)
class Heard:
    """One no, acknowledged at an instant ``delay`` after it was recorded."""

    at: datetime
    delay: timedelta

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


def heard_by(follower: Follower, days: int = DAYS) -> Iterator[Heard]:
    """What ``follower`` acknowledged in the last ``days`` days, as far as its grants now open."""
    for at, recorded_at in _acknowledged(follower, timezone.now() - timedelta(days=days)):
        yield Heard(at, max(at - recorded_at, timedelta()))


def _acknowledged(follower: Follower, since: datetime) -> QuerySet:
    covering = Acknowledgement.objects.filter(
        follower=follower, seq__gte=OuterRef("seq"), after__lt=OuterRef("seq"), at__gte=since
    )
    ended = FeedEntry.objects.ending().seen_by(follower.client).with_recorded()
    heard = ended.annotate(heard_at=Subquery(covering.order_by("seq").values("at")[:1]))
    return heard.filter(heard_at__isnull=False).values_list("heard_at", "recorded_at")
