"""What keeps people from being contacted, and how it ends (Art. 17, 18, 21)."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consents import outbox
from consents.contacts import keyed_hmac, normalise
from consents.fold import lock
from consents.models import (
    NEVER,
    ContactPoint,
    Evidence,
    LeadSource,
    Restriction,
    Suppression,
)
from consents.services.acts import proof_of, refuse_the_future
from consents.suppressing import suppress_all
from processing.models import Purpose


@transaction.atomic
def restrict(
    point: ContactPoint,
    kind: str,
    *,
    words: Evidence | str,
    channel: str | None = None,
    purpose: Purpose | None = None,
    effective_at: datetime | None = None,
    until: datetime | None = None,
    source: LeadSource | None = None,
) -> Restriction:
    """Record an objection (Art. 21), a restriction (Art. 18), do-not-contact or undeliverable.

    Rights of the person follow them to all their contact points unless narrowed to a channel.
    """
    lock([point.pk])
    effective_at = effective_at or timezone.now()
    refuse_the_future(effective_at, "effective_at")
    if purpose and purpose.activity.controller_id != point.controller_id:
        raise ValidationError({"purpose": _("This purpose belongs to another controller.")})
    restriction = Restriction(
        contact_point=point,
        kind=kind,
        channel=channel or None,
        purpose=purpose,
        effective_at=effective_at,
        until=until,
        source=source,
    )
    while told := _same_restriction(restriction):
        if _stands_as_long(told, until):
            return told
        # Lifted, or ending sooner: the person heard again stands beside it, an instant later.
        restriction.effective_at += timedelta(microseconds=1)
    return _kept(restriction, words)


def _stands_as_long(told: Restriction, until: datetime | None) -> bool:
    is_lifted = Restriction.objects.filter(lifts=told).exists()
    return not is_lifted and (told.until or NEVER) >= (until or NEVER)


def _same_restriction(restriction: Restriction) -> Restriction | None:
    return Restriction.objects.filter(
        contact_point=restriction.contact_point_id,
        kind=restriction.kind,
        channel=restriction.channel,
        purpose=restriction.purpose_id,
        effective_at=restriction.effective_at,
        source=restriction.source_id,
        lifts=None,
    ).first()


def _kept(restriction: Restriction, words: Evidence | str) -> Restriction:
    _prove(restriction, words)
    restriction.full_clean()
    restriction.save()
    outbox.note(restriction)
    return restriction


def _prove(record: Restriction, evidence: Evidence | str) -> None:
    evidence = proof_of(evidence)
    if evidence._state.adding:
        evidence.save()
    record.evidence_id, record.evidence_sha256 = evidence.pk, evidence.sha256


@transaction.atomic
def lift(restriction: Restriction, *, reason: str) -> Restriction:
    """End a restriction by hand, with a reason; the row that was stays as it is."""
    lock([restriction.contact_point_id])
    if restriction.lifts_id or Restriction.objects.filter(lifts=restriction).exists():
        raise ValidationError(_("This restriction is already lifted."))
    lifting = Restriction(
        contact_point_id=restriction.contact_point_id,
        kind=restriction.kind,
        channel=restriction.channel,
        purpose_id=restriction.purpose_id,
        effective_at=timezone.now(),
        source_id=restriction.source_id,
        lifts=restriction,
        reason=reason,
    )
    # A lifting has no evidence but its reason.
    lifting.full_clean(exclude=["evidence_id"])
    lifting.save()
    outbox.note(lifting)
    return lifting


@transaction.atomic
def suppress(
    controller: Any,
    kind: str,
    text: str,
    *,
    origin: str,
    scope: str,
    channel: str | None = None,
    until: datetime | None = None,
    listed_on: Any = None,
) -> Suppression:
    """Put a number or address on the suppression list, as a keyed digest alone (Art. 17, 21)."""
    suppression = Suppression(
        controller=controller,
        hmac=keyed_hmac(kind, normalise(kind, text).key),
        channel=channel or None,
        scope=scope,
        origin=origin,
        until=until,
        listed_on=listed_on,
    )
    suppression.full_clean(
        exclude=["controller"], validate_unique=False, validate_constraints=False
    )
    return suppress_all([suppression])[0]


@transaction.atomic
def lift_suppression(suppression: Suppression, *, reason: str) -> Suppression:
    """Take a digest off the suppression list by hand, with a reason."""
    if suppression.lifts_id or Suppression.objects.filter(lifts=suppression).exists():
        raise ValidationError(_("This entry is already lifted."))
    lifting = Suppression(
        controller_id=suppression.controller_id,
        hmac=suppression.hmac,
        channel=suppression.channel,
        scope=suppression.scope,
        origin=suppression.origin,
        until=suppression.until,
        lifts=suppression,
        reason=reason,
    )
    lifting.full_clean(validate_constraints=False)
    lifting.save()
    return lifting
