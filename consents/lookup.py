"""From what a clerk types to whom it means: exact, by index, and never by way of a URL.

Only keyed digests and row keys leave here, so that a list can be narrowed by an address that says
nothing about anybody (security.md 36).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from consents.contacts import Unusable, keyed_hmac, normalise
from consents.models import ContactPoint, DataSubject
from processing.choices import ContactKind

_REFERENCE = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class Found:
    """Digests of contact points, else keys of people; both empty where nobody is meant."""

    digests: tuple[str, ...] = ()
    people: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.digests or self.people)


def find(text: str) -> Found:
    """Contact points of ``text`` in any spelling, else people by reference or external id."""
    text = text.strip()
    points = ContactPoint.objects.filter(hmac__in=digests(text)) if text else ()
    if held := sorted({point.hmac for point in points}):
        return Found(digests=tuple(held))
    return Found(people=tuple(_people(text)) if text else ())


def digests(text: str) -> list[str]:
    """Keyed digests of every contact that ``text`` can be read as."""
    return list(_readings(text))


def _readings(text: str) -> Iterator[str]:
    for kind in ContactKind.values:
        try:
            yield keyed_hmac(kind, normalise(kind, text).key)
        except Unusable:
            continue


def kind_of(text: str) -> str:
    """Whether a typed contact is an e-mail address or a phone number."""
    return ContactKind.EMAIL if "@" in text else ContactKind.PHONE


def _people(text: str) -> list[int]:
    by_external_id = DataSubject.objects.filter(external_id=text).exclude(external_id="")
    found = set(by_external_id.order_by().values_list("pk", flat=True)[:50])
    if bounds := _uuid_bounds(text.lower()):
        by_reference = DataSubject.objects.filter(uuid__range=bounds)
        found |= set(by_reference.order_by().values_list("pk", flat=True)[:50])
    return sorted(found)


def _uuid_bounds(text: str) -> tuple[UUID, UUID] | None:
    """The uuids that begin with a person's reference, or the one that ``text`` is."""
    if _REFERENCE.fullmatch(text):
        return UUID(text + "0" * 24), UUID(text + "f" * 24)
    try:
        return UUID(text), UUID(text)
    except ValueError:
        return None
