"""A stretch of the feed as one client reads it."""

from dataclasses import dataclass
from typing import Any

from accounts.models import ApiClient
from feed.models import FeedEntry, FeedEntryQuerySet, FeedHead
from feed.sequencer import number_soon

# A client to whom nearly all is closed reads on past it, so many numbers at a time.
SLICE, SLICES = 1_000, 10
CONTACTS = ("event__contact_point", "restriction__contact_point", "contact_point")
READ_WITH = (
    *(f"{contact}__controller" for contact in CONTACTS),
    *(f"{about}__{key}" for about in ("event", "restriction") for key in ("purpose", "source")),
    "event__about",
    "restriction__lifts",
)


class Erased(Exception):
    """What is asked for is kept no longer; ``oldest`` is the number from which one may go on."""

    def __init__(self, oldest: int) -> None:
        super().__init__(oldest)
        self.oldest = oldest


class NotYet(Exception):
    """Nothing has this number yet: whoever asks for it followed another feed."""


@dataclass(frozen=True)
class Stretch:
    """Entries up to the number ``last``, after which the client goes on; ``more`` if at once."""

    entries: list[FeedEntry]
    last: int
    more: bool


def read(client: ApiClient, after: int | None, limit: int) -> Stretch:
    """At most ``limit`` entries that ``client`` may see, after the number ``after``.

    From the oldest that is kept if that is None. Raises Erased or NotYet for a number that the feed
    does not hold any more, or yet.
    """
    number_soon()
    head = FeedHead.now()
    start = last = head.erased if after is None else after
    if start < head.erased:
        raise Erased(head.erased)
    if start > head.last:
        raise NotYet
    seen, found = FeedEntry.objects.seen_by(client).select_related(*READ_WITH), []
    while last < min(head.last, start + SLICE * SLICES) and len(found) < limit:
        through = min(last + SLICE, head.last)
        found += _first(seen, last, through, limit - len(found))
        last = found[-1].seq if len(found) == limit else through
    return Stretch(found, last, last < head.last)


def _first(seen: FeedEntryQuerySet, after: int, through: int, most: int) -> list[FeedEntry]:
    return list(seen.within(after, through)[:most])


def told(entry: FeedEntry) -> dict[str, Any]:
    """What a client is told of ``entry``, as ``FeedEntrySerializer`` writes it."""
    if entry.event:
        return _event(entry)
    return _restriction(entry) if entry.restriction else _retirement(entry)


def _event(entry: FeedEntry) -> dict[str, Any]:
    event = entry.event
    return {
        **_whom(entry, event.contact_point),
        "type": f"consent.{event.kind}",
        "uuid": event.uuid,
        "about": event.about and event.about.uuid,
        "purpose": event.purpose.slug,
        "channel": event.channel,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "valid_until": event.valid_until,
        "needs_confirmation": event.needs_confirmation,
        "source": event.source.slug,
        "method": event.method,
    }


def _restriction(entry: FeedEntry) -> dict[str, Any]:
    stop = entry.restriction
    return {
        **_whom(entry, stop.contact_point),
        "type": "lifted" if stop.lifts else stop.kind,
        "uuid": stop.uuid,
        "about": stop.lifts and stop.lifts.uuid,
        "purpose": stop.purpose and stop.purpose.slug,
        "channel": stop.channel,
        "occurred_at": stop.effective_at,
        "recorded_at": stop.recorded_at,
        "valid_until": stop.until,
        "source": stop.source and stop.source.slug,
    }


def _retirement(entry: FeedEntry) -> dict[str, Any]:
    point = entry.contact_point
    return {
        **_whom(entry, point),
        "type": "contact.retired",
        "uuid": point.uuid,
        "occurred_at": point.retired_at,
        "recorded_at": point.retired_at,
    }


def _whom(entry: FeedEntry, point: Any) -> dict[str, Any]:
    """What every entry says, and nothing for what only some do."""
    return {
        "seq": entry.seq,
        "contact": point.value,
        "controller": point.controller.slug,
        **dict.fromkeys(("about", "purpose", "channel", "valid_until", "source", "method")),
        "needs_confirmation": False,
    }
