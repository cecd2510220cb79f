"""A no that somebody heard, from whoever said it: recorded at once, known or not."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from audit.act import acting, new_batch
from consents import services
from consents.choices import (
    ConsentState,
    EvidenceKind,
    Method,
    RestrictionKind,
    SourceKind,
)
from consents.contacts import normalise
from consents.lookup import kind_of
from consents.models import Consent, ContactPoint, Evidence, LeadSource
from consents.needing import needs_consent, object_instead
from consents.strangers import StrangersNo, keep_away
from processing.choices import channels_of
from processing.models import Purpose

# How the reason of a suppression names the words that it rests on.
NAMED_EVIDENCE = re.compile(r"evidence ([0-9a-f-]{36}), SHA-256 [0-9a-f]{64}")


class Heard(models.TextChoices):
    """What an agent heard; restrictive alone, never a consent."""

    WITHDRAWAL = "withdrawal", _("withdraws consent")
    OBJECTION = "objection", _("objects to marketing")
    DO_NOT_CONTACT = "do_not_contact", _("does not want to be contacted at all")


@dataclass(frozen=True)
class Hearing:
    """One statement: ``text`` is the contact in any spelling, ``moment`` an aware instant."""

    controller: Any
    text: str
    what: str
    words: str
    moment: datetime
    purpose: Purpose | None = None
    channel: str | None = None

    @property
    def kind(self) -> str:
        return kind_of(self.text)


@transaction.atomic
def hear(hearing: Hearing) -> UUID:
    """Record it; returns the key of what is recorded, which says nothing of who is known.

    A stranger goes on the suppression list. Raises contacts.Unusable for an unreadable contact,
    ValidationError for a moment that has not come yet.
    """
    key = normalise(hearing.kind, hearing.text).key
    point = ContactPoint.objects.holding(hearing.controller, hearing.kind, key, hearing.moment)
    if point is None:
        return _suppress(hearing)
    if hearing.what == Heard.WITHDRAWAL:
        return _withdraw(hearing, point)
    return _restrict(hearing, point)


def _suppress(hearing: Hearing) -> UUID:
    no = StrangersNo(
        hearing.controller,
        hearing.kind,
        hearing.text,
        hearing.moment,
        Evidence.of(EvidenceKind.WORDS, hearing.words),
        channel=hearing.channel,
        everything=hearing.what == Heard.DO_NOT_CONTACT,
    )
    [(entry, _is_new)] = keep_away(no)
    return entry.uuid


def _restrict(hearing: Hearing, point: ContactPoint, kind: str = "") -> UUID:
    kinds = {
        Heard.OBJECTION: RestrictionKind.OBJECTION,
        Heard.DO_NOT_CONTACT: RestrictionKind.DO_NOT_CONTACT,
    }
    stop = services.restrict(
        point,
        kind or kinds[Heard(hearing.what)],
        words=hearing.words,
        channel=hearing.channel,
        effective_at=hearing.moment,
        purpose=hearing.purpose if kind == RestrictionKind.OBJECTION_PURPOSE else None,
    )
    return stop.uuid


def _withdraw(hearing: Hearing, point: ContactPoint) -> UUID:
    meant = _meant(hearing, point)
    source = _source(hearing, point)
    if not meant or source is None:
        # Nothing was given that could be withdrawn: what the person wants is clear all the same.
        named = hearing.purpose is not None
        kind = RestrictionKind.OBJECTION_PURPOSE if named else RestrictionKind.OBJECTION
        return _restrict(hearing, point, kind)
    told = partial(
        services.withdraw,
        point,
        source=source,
        method=Method.CALL,
        evidence=Evidence.of(EvidenceKind.WORDS, hearing.words),
        occurred_at=hearing.moment,
    )
    if len(meant) == 1:
        _object_too(hearing, point, *meant[0])
        return told(*meant[0]).uuid
    with acting(batch=new_batch()) as act:
        for purpose, channel in meant:
            _object_too(hearing, point, purpose, channel)
            told(purpose, channel)
    return act.batch


def _object_too(hearing: Hearing, point: ContactPoint, purpose: Purpose, channel: str) -> None:
    if not needs_consent(point, purpose, channel):
        object_instead(point, purpose, channel, hearing.words, at=hearing.moment)


def _meant(hearing: Hearing, point: ContactPoint) -> list[tuple[Purpose, str]]:
    """The purposes × channels that a withdrawal reaches."""
    if hearing.purpose and hearing.channel:
        return [(hearing.purpose, hearing.channel)]
    given = Consent.objects.filter(
        contact_point=point, state__in=(ConsentState.GIVEN, ConsentState.UNCONFIRMED)
    )
    if hearing.purpose:
        given = given.filter(purpose=hearing.purpose)
    if hearing.channel:
        given = given.filter(channel=hearing.channel)
    found = [(consent.purpose, consent.channel) for consent in given.select_related("purpose")]
    if hearing.purpose and not found:
        return [(hearing.purpose, channel) for channel in channels_of(point.kind)]
    return found


def _source(hearing: Hearing, point: ContactPoint) -> LeadSource | None:
    """The controller's own phone line, else where the person's last act came from."""
    own = LeadSource.objects.filter(controller=hearing.controller, kind=SourceKind.PHONE)
    if line := own.order_by("pk").first():
        return line
    last = point.events.select_related("source").order_by("-pk").first()
    return last.source if last else None
