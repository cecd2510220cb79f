"""People and their numbers: found in any spelling, made once, retired, acquired (Art. 14)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.act import acting
from consents import outbox
from consents.contacts import Contact, keyed_hmac, normalise
from consents.fold import lock
from consents.models import (
    Acquisition,
    ContactPoint,
    DataSubject,
    LeadSource,
    month_after,
)


@transaction.atomic
def contact_point(
    controller: Any, kind: str, text: str, *, subject: DataSubject | None = None, **person: Any
) -> ContactPoint:
    """The live contact point of ``text`` in any spelling, made with its person if there is none.

    Raises contacts.Unusable where the text is no number or address of that kind.
    """
    contact = normalise(kind, text)
    live = ContactPoint.objects.live().filter(controller=controller, kind=kind, key=contact.key)
    if found := live.first():
        return found
    try:
        with transaction.atomic():
            return _new_point(controller, kind, contact, subject, person)
    except IntegrityError:
        # Somebody else entered the same contact meanwhile.
        return live.get()


def _new_point(
    controller: Any,
    kind: str,
    contact: Contact,
    subject: DataSubject | None,
    person: dict[str, Any],
) -> ContactPoint:
    if subject is None:
        subject = DataSubject(controller=controller, **person)
        subject.full_clean()
        subject.save()
    point = ContactPoint(
        controller=controller,
        subject=subject,
        kind=kind,
        value=contact.value,
        key=contact.key,
        hmac=keyed_hmac(kind, contact.key),
    )
    point.save()
    return point


@transaction.atomic
def reassign(point: ContactPoint, *, retired_for: str, reason: str) -> None:
    """Retire a number or address: it begins anew, without a past, for whoever holds it now."""
    lock([point.pk])
    point.refresh_from_db()
    if point.retired_at:
        raise ValidationError(_("This number or address is already retired."))
    point.retired_at, point.retired_for = timezone.now(), retired_for
    point.full_clean()
    with acting(reason=reason):
        point.save(update_fields=["retired_at", "retired_for"])
    outbox.note(point)


@transaction.atomic
def acquire(point: ContactPoint, source: LeadSource, *, obtained_on: Any) -> Acquisition:
    """Record that ``point`` came from ``source``; told twice, the earlier day holds (Art. 14)."""
    lock([point.pk])
    known = Acquisition.objects.filter(contact_point=point, source=source).first()
    if known and known.obtained_on <= obtained_on:
        return known
    acquisition = known or Acquisition(contact_point=point, source=source)
    acquisition.obtained_on, acquisition.due_on = obtained_on, informing_due(source, obtained_on)
    acquisition.full_clean()
    acquisition.save()
    return acquisition


def informing_due(source: LeadSource, obtained_on: date) -> date | None:
    """By when people must be told whose data came from ``source`` on ``obtained_on`` (Art. 14)."""
    return month_after(obtained_on) if source.is_from_others else None
