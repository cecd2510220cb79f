"""An objection, or the wish not to be contacted at all, as a program reports it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from consents import outbox, services
from consents.choices import RestrictionKind
from consents.contacts import Contact
from consents.fold import lock
from consents.models import ContactPoint, Evidence, Restriction, Suppression
from consents.strangers import StrangersNo, keep_away
from processing.models import Purpose

# What people say for themselves; the others are recorded by the house.
OBJECTIONS = (
    RestrictionKind.OBJECTION,
    RestrictionKind.OBJECTION_PURPOSE,
    RestrictionKind.DO_NOT_CONTACT,
)


@dataclass(frozen=True)
class Objection:
    """What somebody said, in effect from the aware instant ``effective_at`` on."""

    controller: Any
    contact_kind: str
    contact: Contact
    kind: str
    effective_at: datetime
    evidence: Evidence
    purpose: Purpose | None = None
    channel: str | None = None


@transaction.atomic
def record_objection(objection: Objection) -> tuple[Restriction | Suppression, bool]:
    """Record it; returns what stands, and whether it is new. A stranger is kept away all the same.

    Raises ValidationError for a moment that has not come yet.
    """
    services.refuse_the_future(objection.effective_at, "effective_at")
    point = _holder(objection)
    if point is None:
        return _keep_away(objection)
    lock([point.pk])
    newest = outbox.newest(Restriction)
    stop = services.restrict(
        point,
        objection.kind,
        words=objection.evidence,
        channel=objection.channel,
        purpose=objection.purpose,
        effective_at=objection.effective_at,
    )
    return stop, stop.pk > newest


def _holder(objection: Objection) -> ContactPoint | None:
    return ContactPoint.objects.holding(
        objection.controller,
        objection.contact_kind,
        objection.contact.key,
        objection.effective_at,
    )


def _keep_away(objection: Objection) -> tuple[Suppression, bool]:
    no = StrangersNo(
        objection.controller,
        objection.contact_kind,
        objection.contact.value,
        objection.effective_at,
        objection.evidence,
        channel=objection.channel,
        everything=objection.kind == RestrictionKind.DO_NOT_CONTACT,
    )
    [kept] = keep_away(no)
    return kept
