"""Acts of a person about one purpose on one channel (Art. 4(11), 7): a yes, a no, what ends it."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.act import acting
from audit.days import midnight
from consents import letters
from consents.batch import holding
from consents.choices import EventKind, EvidenceKind, Giver
from consents.models import (
    NEVER,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    Evidence,
    LeadSource,
    SourceWording,
    month_after,
)
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import Purpose

# Clocks differ a little; anything further ahead has not happened yet (verdict.md §1).
CLOCKS_DIFFER = timedelta(minutes=5)
# Of an event: keys of records that were read a moment ago, which the database holds, and its proof.
_READ = ("contact_point", "purpose", "source", "wording", "about")
UNCHECKED = (*_READ, "evidence_id", "evidence_sha256")


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
    """Record a withdrawal (Art. 7(3)); it counts from ``occurred_at``, never backwards.

    Said just now, where no moment is given or ``is_now`` says so: it ends every consent there is.
    """
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
    is_now: bool = False,
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
    return _tell(event, evidence, is_now=is_now or occurred_at is None)


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
    with holding(given.contact_point_id) as batch:
        told = batch.same_act(given)
        return any(letters.asks(each) or each.pk in batch.asked_by_letter for each in told)


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


def _tell(event: ConsentEvent, evidence: Evidence | str, *, is_now: bool = False) -> ConsentEvent:
    """Add ``event`` unless the same act was told before, and fold; returns the one that stands."""
    with holding(event.contact_point_id) as batch:
        if is_now:
            event.occurred_at = _after_every_yes(event, batch.of_point(event.contact_point))
        _check(event, batch.held[event.contact_point_id])
        tellings = batch.same_act(event)
        if tellings and not _adds(event, tellings):
            return tellings[0]
        batch.add(event, proof_of(evidence))
    return event


def _after_every_yes(no: ConsentEvent, told: list[ConsentEvent]) -> datetime:
    """Now; or when the latest consent is dated, by a program whose clock is ahead.

    At equal instants the no is the later one (verdict.md §1).
    """
    given = (event for event in told if event.kind == EventKind.GIVEN)
    same = (g for g in given if (g.purpose_id, g.channel) == (no.purpose_id, no.channel))
    return max([no.occurred_at, *(event.occurred_at for event in same)])


def proof_of(evidence: Evidence | str) -> Evidence:
    """Words stand for evidence of the words that were heard."""
    if isinstance(evidence, str):
        return Evidence.of(EvidenceKind.WORDS, evidence)
    return evidence


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
    return midnight(month_after(timezone.localdate(occurred_at), wording.valid_months))
