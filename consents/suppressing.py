"""The suppression list is written here, however many entries come at once."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from consents.models import Suppression

# What makes two entries the same one (verdict.md §1).
Place = tuple[Any, ...]


def suppress_all(wanted: list[Suppression]) -> list[Suppression]:
    """Add each of ``wanted`` unless it stands already; returns what stands for each, in order.

    One that was lifted is renewed: the person, heard again, asked to have it back.
    """
    try:
        with transaction.atomic():
            return _listed(wanted)
    except IntegrityError:
        # Somebody else listed the same meanwhile.
        return _listed(wanted)


def _listed(wanted: list[Suppression]) -> list[Suppression]:
    standing, lifted = _known(wanted)
    new = []
    for entry in wanted:
        place = _place(entry)
        if place not in standing:
            entry.renews = lifted.get(place)
            standing[place] = entry
            new.append(entry)
    # In one order for everybody, so that two batches with the same contacts do not meet.
    Suppression.objects.bulk_create(sorted(new, key=lambda entry: entry.hmac))
    return [standing[_place(entry)] for entry in wanted]


def _known(
    wanted: Iterable[Suppression],
) -> tuple[dict[Place, Suppression], dict[Place, Suppression]]:
    """The latest entry of each place: those that stand, and those that were lifted."""
    listed = Suppression.objects.filter(hmac__in={entry.hmac for entry in wanted}, lifts=None)
    liftings = Suppression.objects.filter(lifts=OuterRef("pk"))
    latest = {_place(entry): entry for entry in listed.order_by("pk")}
    lifted = set(listed.filter(Exists(liftings)).values_list("pk", flat=True))
    return (
        {place: entry for place, entry in latest.items() if entry.pk not in lifted},
        {place: entry for place, entry in latest.items() if entry.pk in lifted},
    )


def _place(entry: Suppression) -> Place:
    return (
        entry.controller_id,
        entry.hmac,
        entry.channel,
        entry.scope,
        entry.origin,
        entry.until,
    )
