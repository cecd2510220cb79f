"""What people say, recorded: each verb is one transaction that keeps its proof and folds anew.

Instants are aware; the current act (``audit.act``) says who records them, by which way and why.
Every verb raises ValidationError with a sentence for the clerk where the act cannot be.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.act import acting
from consents import letters, outbox
from consents.batch import holding
from consents.choices import EventKind, EvidenceKind, Giver
from consents.contacts import Contact, keyed_hmac, normalise
from consents.fold import lock
from consents.models import (
    NEVER,
    Acquisition,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    Evidence,
    LeadSource,
    NamedController,
    Restriction,
    SourceWording,
    Suppression,
    month_after,
)
from consents.suppressing import suppress_all
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import Purpose

# Clocks differ a little; anything further ahead has not happened yet (verdict.md §1).
CLOCKS_DIFFER = timedelta(minutes=5)
# Of an event: keys of records that were read a moment ago, which the database holds, and its proof.
_READ = ("contact_point", "purpose", "source", "wording", "about")
UNCHECKED = (*_READ, "evidence_id", "evidence_sha256")


# People and their numbers ------------------------------------------------------------------------


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


# Acts --------------------------------------------------------------------------------------------


def give(
    point: ContactPoint,
    purpose: Purpose,
    channel: str,
    *,
    source: LeadSource,
    method: str,
    evidence: Evidence | str,
    occurred_at: datetime | None = None,
    own_time: bool = True,
    wording: ConsentWording | None = None,
    giver: str = Giver.USER,
    needs_confirmation: bool | None = None,
    valid_until: datetime | None = None,
) -> ConsentEvent:
    """Record that the person consented (Art. 4(11)); without ``wording``, to what was shown."""
    occurred_at = occurred_at or timezone.now()
    with holding(point.pk) as batch:
        shown = wording or batch.shown(source, purpose, channel, occurred_at)
        event = ConsentEvent(
            contact_point=point,
            purpose=purpose,
            channel=channel,
            kind=EventKind.GIVEN,
            occurred_at=occurred_at,
            own_time=own_time,
            wording=wording,
            giver=giver,
            method=method,
            source=source,
            needs_confirmation=(
                source.confirmation_asked if needs_confirmation is None else needs_confirmation
            ),
            valid_until=valid_until or end_of(shown, occurred_at),
        )
        return _tell(event, evidence)


def refuse(point: ContactPoint, purpose: Purpose, channel: str, **act: Any) -> ConsentEvent:
    """Record an explicit no to a request for consent."""
    return _say_no(EventKind.REFUSED, point, purpose, channel, **act)


def withdraw(point: ContactPoint, purpose: Purpose, channel: str, **act: Any) -> ConsentEvent:
    """Record a withdrawal (Art. 7(3)); it counts from ``occurred_at``, never backwards."""
    return _say_no(EventKind.WITHDRAWN, point, purpose, channel, **act)


def _say_no(
    kind: str,
    point: ContactPoint,
    purpose: Purpose,
    channel: str,
    *,
    source: LeadSource,
    method: str,
    evidence: Evidence | str,
    occurred_at: datetime | None = None,
    own_time: bool = True,
    giver: str = Giver.USER,
) -> ConsentEvent:
    event = ConsentEvent(
        contact_point=point,
        purpose=purpose,
        channel=channel,
        kind=kind,
        occurred_at=occurred_at or timezone.now(),
        own_time=own_time,
        giver=giver,
        method=method,
        source=source,
    )
    return _tell(event, evidence)


def confirm(
    given: ConsentEvent,
    *,
    method: str,
    evidence: Evidence | str,
    occurred_at: datetime | None = None,
    by_letter: bool = False,
) -> ConsentEvent:
    """Record the person's confirmation of a consent (double opt-in).

    ``by_letter`` says that it came by the link of the house's own letter: where one asks, nothing
    else confirms.
    """
    if given.kind != EventKind.GIVEN:
        raise ValidationError(_("Only a given consent can be confirmed."))
    if not by_letter and _is_confirmed_by_letter(given):
        raise ValidationError(
            _("The person alone confirms this consent: by the link in the letter that they got."),
            code="confirmed_by_letter",
        )
    return _tell(_about(given, EventKind.CONFIRMED, method, occurred_at), evidence)


def _is_confirmed_by_letter(given: ConsentEvent) -> bool:
    return any(letters.is_confirmed_by_letter(told) for told in _tellings(given))


def invalidate(event: ConsentEvent, *, method: str, reason: str) -> ConsentEvent:
    """Strike out a consent or confirmation that was never valid; a no is never struck out."""
    if event.kind not in (EventKind.GIVEN, EventKind.CONFIRMED):
        raise ValidationError(_("Only a consent or its confirmation can be invalidated."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it was never valid.")})
    with acting(reason=reason):
        return _tell(_about(event, EventKind.INVALIDATED, method, None), reason)


def _about(
    event: ConsentEvent, kind: str, method: str, occurred_at: datetime | None
) -> ConsentEvent:
    return ConsentEvent(
        contact_point=event.contact_point,
        purpose=event.purpose,
        channel=event.channel,
        kind=kind,
        occurred_at=occurred_at or timezone.now(),
        about=_first_telling(event),
        method=method,
        source=event.source,
    )


def _tell(event: ConsentEvent, evidence: Evidence | str) -> ConsentEvent:
    """Add ``event`` unless the same act was told before, and fold; returns the one that stands."""
    with holding(event.contact_point_id) as batch:
        _check(event, batch.held[event.contact_point_id])
        tellings = batch.same_act(event)
        if tellings and not _adds(event, tellings):
            return tellings[0]
        batch.add(event, _evidence(evidence))
    return event


def _evidence(evidence: Evidence | str) -> Evidence:
    if isinstance(evidence, str):
        return Evidence.of(EvidenceKind.WORDS, evidence)
    return evidence


def _prove(record: Restriction, evidence: Evidence | str) -> None:
    evidence = _evidence(evidence)
    if evidence._state.adding:
        evidence.save()
    record.evidence_id, record.evidence_sha256 = evidence.pk, evidence.sha256


def _check(event: ConsentEvent, point: ContactPoint) -> None:
    if KIND_OF_CHANNEL[Channel(event.channel)] != point.kind:
        raise ValidationError({"channel": _("This contact cannot be reached on this channel.")})
    controllers = {
        point.controller_id,
        event.purpose.activity.controller_id,
        event.source.controller_id,
    }
    if len(controllers) > 1:
        raise ValidationError(
            _("The contact, the purpose and the source have different controllers.")
        )
    refuse_the_future(event.occurred_at, "occurred_at")
    if point.retired_at and event.occurred_at >= point.retired_at:
        raise ValidationError(_("At that moment this number or address was already retired."))
    event.full_clean(exclude=UNCHECKED, validate_unique=False, validate_constraints=False)


def refuse_the_future(moment: datetime, field: str = NON_FIELD_ERRORS) -> None:
    """Raise ValidationError for a moment further ahead than clocks differ."""
    if moment > timezone.now() + CLOCKS_DIFFER:
        raise ValidationError({field: _("This moment has not come yet. Correct the date.")})


def same_act(event: ConsentEvent) -> Any:
    """All tellings of the act that ``event`` tells, first one first (verdict.md §1, Identity)."""
    return ConsentEvent.objects.filter(
        contact_point=event.contact_point_id,
        purpose=event.purpose_id,
        channel=event.channel,
        kind=event.kind,
        occurred_at=event.occurred_at,
        source=event.source_id,
        own_time=event.own_time,
        about=event.about_id,
    ).order_by("pk")


def _first_telling(event: ConsentEvent) -> ConsentEvent:
    return next(iter(_tellings(event)), event)


def _tellings(event: ConsentEvent) -> list[ConsentEvent]:
    with holding(event.contact_point_id) as batch:
        return batch.same_act(event)


def _adds(event: ConsentEvent, tellings: list[ConsentEvent]) -> bool:
    """A later telling stands beside the earlier ones if it asks for confirmation or ends sooner."""
    asks = event.needs_confirmation and not any(told.needs_confirmation for told in tellings)
    ends = min(told.valid_until or NEVER for told in tellings)
    return asks or (event.valid_until or NEVER) < ends


def wording_shown(
    source: LeadSource, purpose: Purpose, channel: str, moment: datetime
) -> ConsentWording | None:
    """The wording that ``source`` showed for the purpose on the channel at ``moment``."""
    shown = SourceWording.objects.shown(source, purpose, channel, moment)
    found = shown.select_related("wording").first()
    return found.wording if found else None


def end_of(wording: ConsentWording | None, occurred_at: datetime) -> datetime | None:
    """When a consent given at ``occurred_at`` ends by its wording: a local midnight, or None."""
    if wording is None or not wording.valid_months:
        return None
    day = month_after(timezone.localdate(occurred_at), wording.valid_months)
    return timezone.make_aware(datetime.combine(day, time.min))


# What keeps people from being contacted ----------------------------------------------------------


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


# Wordings ----------------------------------------------------------------------------------------


@transaction.atomic
def new_version(wording: ConsentWording) -> ConsentWording:
    """A copy of ``wording`` under the next number, with the controllers it names; not yet used."""
    versions = ConsentWording.objects.filter(
        purpose=wording.purpose_id, channel=wording.channel, language=wording.language
    )
    latest = versions.order_by("-version").values_list("version", flat=True)[0]
    copy = ConsentWording(
        purpose_id=wording.purpose_id,
        channel=wording.channel,
        language=wording.language,
        version=latest + 1,
        title=wording.title,
        text=wording.text,
        regime=wording.regime,
        bundled=wording.bundled,
        valid_months=wording.valid_months,
    )
    copy.full_clean()
    copy.save()
    for named in wording.named.all():
        NamedController(wording=copy, organisation_id=named.organisation_id).save()
    return copy
