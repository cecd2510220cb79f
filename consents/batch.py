"""Acts are recorded in batches: a single one is a batch of one.

A batch holds its contact points, knows what was told of them, and writes what is new in a handful
of statements: evidence, events, notes of what goes out, and the fold. Within ``together`` the verbs
of ``consents.services`` add to the batch around them, and what one adds the next one knows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from consents import letters, outbox
from consents.fold import lock, refold
from consents.models import (
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    Evidence,
    LeadSource,
    SourceWording,
)
from processing.models import Purpose, within

# The same act told twice is one event (verdict.md §1, Identity).
Identity = tuple[Any, ...]


class Batch:
    """What is to be recorded about ``contact_points``, held until the end of the transaction."""

    def __init__(self, contact_points: Iterable[int]) -> None:
        # Read once they are held: somebody may have retired one meanwhile.
        self.held = ContactPoint.objects.in_bulk(lock(contact_points))
        self._new: list[ConsentEvent] = []
        self._proofs: list[Evidence] = []
        self._showings: dict[tuple[int, int, str], list[SourceWording]] = {}

    def of_point(self, point: ContactPoint) -> list[ConsentEvent]:
        """Everything told of ``point``, in the order in which it was, this batch's own too."""
        return self._known[point.pk]

    def same_act(self, event: ConsentEvent) -> list[ConsentEvent]:
        """All tellings of the act that ``event`` tells, first one first."""
        act = _identity(event)
        return [told for told in self._known[event.contact_point_id] if _identity(told) == act]

    def add(self, event: ConsentEvent, proof: Evidence) -> None:
        """Record ``event`` with its proof at the end of the batch; its uuid holds already."""
        self._known[event.contact_point_id].append(event)
        self._new.append(event)
        self._proofs.append(proof)

    def shown(
        self, source: LeadSource, purpose: Purpose, channel: str, moment: datetime
    ) -> ConsentWording | None:
        """The wording that ``source`` showed for the purpose on the channel at ``moment``."""
        place = (source.pk, purpose.pk, channel)
        if place not in self._showings:
            showings = SourceWording.objects.showings(source, purpose, channel)
            self._showings[place] = list(showings.select_related("wording"))
        showings = self._showings[place]
        then = (s for s in showings if within(moment, s.shown_from, s.shown_until))
        return next((showing.wording for showing in then), None)

    def write(self) -> None:
        """Record what was added. Its order is kept, but what is about another event comes last."""
        if not self._new:
            return
        self._prove()
        acts = [event for event in self._new if event.about is None]
        ConsentEvent.objects.bulk_create(acts)
        ConsentEvent.objects.bulk_create([event for event in self._new if event.about])
        outbox.note_events(self._new)
        refold({event.contact_point_id for event in self._new})
        letters.order(self._new)

    def _prove(self) -> None:
        unsaved = {id(proof): proof for proof in self._proofs if proof._state.adding}
        Evidence.objects.bulk_create(unsaved.values())
        for event, proof in zip(self._new, self._proofs, strict=True):
            event.evidence_id, event.evidence_sha256 = proof.pk, proof.sha256

    @cached_property
    def asked_by_letter(self) -> set[int]:
        """Keys of the consents about which the house has asked the mailbox itself."""
        return letters.asked_about(self.held)

    @cached_property
    def _known(self) -> dict[int, list[ConsentEvent]]:
        known: dict[int, list[ConsentEvent]] = defaultdict(list)
        told = ConsentEvent.objects.filter(contact_point__in=self.held)
        for event in told.select_related("source").order_by("pk"):
            known[event.contact_point_id].append(event)
        return known


def _identity(event: ConsentEvent) -> Identity:
    # What this batch itself adds has no key yet.
    about = event.about_id or (event.about and event.about.uuid)
    return (
        event.purpose_id,
        event.channel,
        event.kind,
        event.occurred_at,
        event.source_id,
        event.own_time,
        about,
    )


_batch: ContextVar[Batch | None] = ContextVar("batch", default=None)


@contextmanager
def together(contact_points: Iterable[int]) -> Iterator[Batch]:
    """Record what the verbs tell of ``contact_points`` in the block at its end, all or nothing."""
    with transaction.atomic():
        batch = Batch(contact_points)
        token = _batch.set(batch)
        try:
            yield batch
        finally:
            _batch.reset(token)
        batch.write()


@contextmanager
def holding(contact_point: int) -> Iterator[Batch]:
    """The batch around that holds ``contact_point``, else one of its own."""
    batch = _batch.get()
    if batch and contact_point in batch.held:
        yield batch
    else:
        with together([contact_point]) as batch:
            yield batch
