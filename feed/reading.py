"""A stretch of the feed as one client reads it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Coalesce, Concat

from accounts.models import ApiClient
from consents.choices import OF_THE_PERSON
from consents.models import ContactPoint
from feed.models import FeedEntry, FeedEntryQuerySet, FeedHead
from feed.sequencer import number_soon

POINTS = ("event__contact_point", "restriction__contact_point", "contact_point")
LIFTED, RETIRED = "lifted", "contact.retired"
# A client to whom nearly all is closed reads on past it, so many numbers at a time.
SLICE, SLICES = 1_000, 10
# What a client is told of an entry, as ``FeedEntrySerializer`` describes it.
TOLD: dict[str, Any] = {
    "type": Case(
        When(event__isnull=False, then=Concat(Value("consent."), "event__kind")),
        When(restriction__lifts__isnull=False, then=Value(LIFTED)),
        When(restriction__isnull=False, then="restriction__kind"),
        default=Value(RETIRED),
        output_field=CharField(),
    ),
    "uuid": Coalesce("event__uuid", "restriction__uuid", "contact_point__uuid"),
    "about": Coalesce("event__about__uuid", "restriction__lifts__uuid"),
    "contact": Coalesce(*(f"{point}__value" for point in POINTS)),
    "controller": Coalesce(*(f"{point}__controller__slug" for point in POINTS)),
    "purpose": Coalesce("event__purpose__slug", "restriction__purpose__slug"),
    "channel": Coalesce("event__channel", "restriction__channel"),
    "occurred_at": Coalesce(
        "event__occurred_at", "restriction__effective_at", "contact_point__retired_at"
    ),
    "valid_until": Coalesce("event__valid_until", "restriction__until"),
    "needs_confirmation": Coalesce("event__needs_confirmation", False),
    "source": Coalesce("event__source__slug", "restriction__source__slug"),
    "method": F("event__method"),
    # By which "also" is found; clients are not told of these two.
    "subject": F("restriction__contact_point__subject"),
    "of_the_person": Case(When(restriction__kind__in=OF_THE_PERSON, then=True), default=False),
}


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

    entries: list[dict[str, Any]]
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
    seen = FeedEntry.objects.seen_by(client)
    found: list[dict[str, Any]] = []
    while last < min(head.last, start + SLICE * SLICES) and len(found) < limit:
        through = min(last + SLICE, head.last)
        found += told(seen.within(last, through), most=limit - len(found))
        last = found[-1]["seq"] if len(found) == limit else through
    return Stretch(found, last, last < head.last)


def told(entries: FeedEntryQuerySet, most: int | None = None) -> list[dict[str, Any]]:
    """``entries`` as clients are told of them: rows for ``FeedEntrySerializer``."""
    rows = entries.with_recorded().values("seq", "recorded_at", **TOLD)[:most]
    found = list(rows)
    others = _others({row["subject"] for row in found if _is_of_the_person(row)})
    for row in found:
        theirs = others.get(row["subject"], ()) if _is_of_the_person(row) else ()
        row["also"] = [value for value in theirs if value != row["contact"]]
    return found


def _is_of_the_person(row: dict[str, Any]) -> bool:
    """Rights of the person follow them to every number and address unless narrowed (Art. 18, 21).

    So does the end of one.
    """
    return row["channel"] is None and row["of_the_person"]


def _others(subjects: set[int]) -> dict[int, list[str]]:
    """The live contacts of these people."""
    found: dict[int, list[str]] = defaultdict(list)
    if subjects:
        live = ContactPoint.objects.live().filter(subject__in=subjects).order_by("kind", "pk")
        for subject, value in live.values_list("subject", "value"):
            found[subject].append(value)
    return found
