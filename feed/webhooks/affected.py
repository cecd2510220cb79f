"""Which members of a list the changes of a range of the feed touch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from consents.choices import OF_THE_PERSON
from feed.models import FeedEntry
from screening.members import held
from screening.models import ContactList


@dataclass(frozen=True)
class Touched:
    """A contact point that a change may keep from being contacted; None is every one."""

    seq: int
    point_id: int
    purpose_id: int | None
    channel: str | None

    def concerns(self, contact_list: ContactList) -> bool:
        return self.purpose_id in (None, contact_list.purpose_id) and self.channel in (
            None,
            contact_list.channel,
        )


def touched(first: Any, last: Any) -> list[Touched]:
    """What ends contact among the numbers ``first`` to ``last``, in their order.

    A right of the person reaches every number and address of theirs (Art. 18, 21).
    """
    ending = FeedEntry.objects.within(first - 1, last).filter(ends_contact=True)
    rows = [row for part in _parts(ending) for row in part.iterator()]
    return [Touched(*row) for row in sorted(rows, key=lambda row: row[:2])]


def _parts(ending: QuerySet[FeedEntry]) -> Iterator[QuerySet]:
    stopped = ending.filter(restriction__isnull=False)
    rights = stopped.filter(restriction__kind__in=OF_THE_PERSON)
    others = stopped.exclude(restriction__kind__in=OF_THE_PERSON)
    scope = ("restriction__purpose", "restriction__channel")
    acts = ending.filter(event__isnull=False)
    yield acts.values_list("seq", "event__contact_point", "event__purpose", "event__channel")
    yield others.values_list("seq", "restriction__contact_point", *scope)
    yield rights.values_list("seq", "restriction__contact_point__subject__contact_points", *scope)
    # A retirement names no restriction: its scope is empty, and so is all of it.
    yield ending.filter(contact_point__isnull=False).values_list("seq", "contact_point", *scope)


def on_list(contact_list: ContactList, changes: Iterable[Touched]) -> dict[int, set[int]]:
    """The members of ``contact_list`` among ``changes``, by the number that touches them."""
    concerning = [each for each in changes if each.concerns(contact_list)]
    members = held(contact_list, {each.point_id for each in concerning})
    found: dict[int, set[int]] = defaultdict(set)
    for each in concerning:
        if each.point_id in members:
            found[each.seq].add(each.point_id)
    return dict(found)
