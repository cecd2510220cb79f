"""What a person says no to by a link: they withdraw, object, unsubscribe.

Each looks again under the lock of all contacts of the person, so that the same click twice is one
event. Each returns the row that stands for it: the new one, or the one from the click before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit.act import acting, new_batch
from audit.choices import Way
from consents import services
from consents.choices import (
    ConsentState,
    EvidenceKind,
    Method,
    RestrictionKind,
)
from consents.fold import lock
from consents.models import (
    Consent,
    ConsentEvent,
    ContactPoint,
    Evidence,
    Restriction,
)
from consents.needing import needs_consent, object_instead
from consents.preferences.links import Mailing, Unknown

STANDING = (ConsentState.GIVEN, ConsentState.UNCONFIRMED)
Done = ConsentEvent | Restriction
by_link = partial(acting, by=None, name="", way=Way.LINK, reason="")


@contextmanager
def held(point: ContactPoint) -> Iterator[None]:
    """Act for the person of ``point``, whose contacts are held. Raises Unknown if it is retired."""
    with transaction.atomic(), by_link():
        lock(ContactPoint.objects.filter(subject=point.subject_id).values_list("pk", flat=True))
        point.refresh_from_db(fields=["retired_at"])
        if point.retired_at:
            raise Unknown
        yield


def consents_of(point: ContactPoint) -> Any:
    """Consents of the person of ``point`` through any contact that is live."""
    live = Q(contact_point__subject=point.subject_id, contact_point__retired_at=None)
    return Consent.objects.filter(live).select_related(
        "contact_point", "purpose__activity", "event__source"
    )


# Withdrawing -------------------------------------------------------------------------------------


def withdraw(point: ContactPoint, consent_uuid: Any, words: str) -> Done | None:
    """Withdraw one consent of the person of ``point`` (Art. 7(3)); None where there is none."""
    with held(point):
        consent = consents_of(point).filter(uuid=consent_uuid).first()
        return _withdrawn(consent, words) if consent else None


def withdraw_all(point: ContactPoint, words: str) -> Done | None:
    """Withdraw every consent of the person: one batch; the latest withdrawal of it, if any."""
    with held(point):
        standing = list(consents_of(point).filter(state__in=STANDING).order_by("pk"))
        if not standing:
            return _last_withdrawal(point)
        # One proof for what was one click.
        proof = Evidence.of(EvidenceKind.FORM, words)
        with acting(batch=new_batch()):
            return [_withdrawn(consent, proof) for consent in standing][-1]


def _withdrawn(consent: Consent, proof: Evidence | str) -> ConsentEvent | None:
    if consent.state not in STANDING:
        return consent.event
    return services.withdraw(
        consent.contact_point,
        consent.purpose,
        consent.channel,
        source=consent.event.source,
        method=Method.LINK,
        evidence=form(proof),
    )


def form(proof: Evidence | str) -> Evidence:
    return Evidence.of(EvidenceKind.FORM, proof) if isinstance(proof, str) else proof


def _last_withdrawal(point: ContactPoint) -> ConsentEvent | None:
    withdrawn = consents_of(point).filter(state=ConsentState.WITHDRAWN)
    last = withdrawn.order_by("-event__occurred_at", "-event").first()
    return last.event if last else None


def object_to_marketing(point: ContactPoint, words: str) -> Restriction:
    """Object to all marketing of the controller, on every channel (Art. 21(2))."""
    with held(point):
        told = objections(point).filter(kind=RestrictionKind.OBJECTION, channel=None).first()
        return told or services.restrict(point, RestrictionKind.OBJECTION, words=form(words))


def objections(point: ContactPoint) -> Any:
    """Objections that stand for the person of ``point``, the first one first."""
    kinds = (RestrictionKind.OBJECTION, RestrictionKind.OBJECTION_PURPOSE)
    theirs = Q(contact_point__subject=point.subject_id, channel=None) | Q(contact_point=point)
    stops = Restriction.objects.standing().filter(theirs, kind__in=kinds)
    return stops.select_related("purpose").order_by("effective_at", "pk")


def unsubscribe(mailing: Mailing, words: str) -> Done:
    """Stop messages for one purpose on one channel (RFC 8058).

    That withdraws the consent to them; where they need none, it is an objection to the purpose.
    """
    with held(mailing.point):
        consent = Consent.objects.filter(
            contact_point=mailing.point, purpose=mailing.purpose, channel=mailing.channel
        ).select_related("contact_point", "purpose__activity", "event__source")
        told = _no_to(consent.first(), words)
        if told is None or not needs_consent(mailing.point, mailing.purpose, mailing.channel):
            return object_instead(mailing.point, mailing.purpose, mailing.channel, form(words))
        return told


def _no_to(consent: Consent | None, words: str) -> ConsentEvent | None:
    is_known = consent and consent.state in (*STANDING, ConsentState.WITHDRAWN)
    return _withdrawn(consent, words) if is_known else None
