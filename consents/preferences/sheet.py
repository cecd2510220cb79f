"""What the page shows a person: their consents by purpose and channel, and what was just done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import display
from consents.choices import ConsentState, EventKind, RestrictionKind
from consents.contacts import shown_email
from consents.models import (
    Consent,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    Restriction,
    SourceWording,
)
from consents.preferences.acts import STANDING, Done, consents_of, objections
from consents.preferences.giving import has_expired, offers
from notices.models import Notice, NoticeVersion
from processing.choices import Channel, ContactKind
from processing.models import Purpose
from processors.models import Organisation

WITHDRAWN = {
    Channel.EMAIL: gettext_lazy("Consent to e-mail is withdrawn."),
    Channel.VOICE: gettext_lazy("Consent to phone calls is withdrawn."),
    Channel.SMS: gettext_lazy("Consent to SMS is withdrawn."),
    Channel.AUTOMATED_CALL: gettext_lazy("Consent to automated calls is withdrawn."),
    Channel.MESSENGER: gettext_lazy("Consent to messages is withdrawn."),
    Channel.PUSH: gettext_lazy("Consent to push notifications is withdrawn."),
    Channel.POST: gettext_lazy("Consent to letters is withdrawn."),
}
ORDER = {channel: number for number, channel in enumerate(WITHDRAWN)}
# The short names of our tables tell a person too little.
SPOKEN = {
    # Translators: "Połączenie automatyczne"
    Channel.AUTOMATED_CALL: pgettext_lazy("to the person", "Automated call"),
    # Translators: "List wysyłany pocztą"
    Channel.POST: pgettext_lazy("to the person", "Letter by post"),
}


@dataclass(frozen=True)
class Row:
    """One consent: what it is for, how it stands, and the words that it was given in."""

    consent: Consent
    contact: str
    wording: ConsentWording | None
    offer: SourceWording | None

    @property
    def channel(self) -> str:
        return spoken(self.consent.channel)

    @property
    def state(self) -> str:
        if self.consent.state == ConsentState.GIVEN and has_expired(self.consent):
            return "expired"
        return self.consent.state

    @property
    def can_withdraw(self) -> bool:
        return self.state in STANDING

    @property
    def said(self) -> SafeString:
        """How it stands and since when, in one line."""
        sentences = {
            ConsentState.GIVEN: _("consent given {}"),
            ConsentState.UNCONFIRMED: _("waits for your confirmation, {}"),
            ConsentState.WITHDRAWN: _("withdrawn {}"),
            ConsentState.REFUSED: _("not given {}"),
            "expired": _("expired {}"),
        }
        since = self.consent.valid_until if self.state == "expired" else self.consent.since
        return format_html(sentences[self.state], _day(since))

    @property
    def badge(self) -> str:
        """The word for what no button is needed for; empty where one is."""
        words = {
            ConsentState.WITHDRAWN: pgettext("consent", "Withdrawn"),
            ConsentState.REFUSED: pgettext("consent", "Not given"),
            "expired": pgettext("consent", "Expired"),
        }
        return words.get(self.state, "")


@dataclass(frozen=True)
class Group:
    """A purpose, the consents to it, and the objection to it if one stands."""

    purpose: Purpose
    rows: list[Row]
    objection: Restriction | None

    @property
    def objected_channel(self) -> str:
        """The one channel that the objection is about; empty where it is about all."""
        return spoken(self.objection.channel) if self.objection and self.objection.channel else ""


@dataclass(frozen=True)
class Receipt:
    """What was done, when, and the number under which the house finds it again."""

    said: str
    about: str
    moment: datetime
    uuid: UUID
    is_all: bool = True  # the person has nothing else to do

    @property
    def when(self) -> SafeString:
        return at(self.moment)

    @property
    def reference(self) -> str:
        return reference(self.uuid)


@dataclass(frozen=True)
class Sheet:
    """Everything on the page of one person under one controller."""

    controller: Organisation
    contacts: list[str]
    groups: list[Group]
    objection: Restriction | None
    notices: list[Notice] = field(default_factory=list)

    @property
    def who(self) -> str:
        """The contacts in one line: “a, b and c”."""
        if len(self.contacts) < 2:
            return "".join(self.contacts)
        parts = {"first": ", ".join(self.contacts[:-1]), "last": self.contacts[-1]}
        return _("%(first)s and %(last)s") % parts

    @property
    def can_withdraw_all(self) -> bool:
        return any(row.can_withdraw for group in self.groups for row in group.rows)


def spoken(channel: str) -> str:
    """The name of ``channel`` as a person says it who has never seen our tables."""
    return str(SPOKEN.get(Channel(channel), Channel(channel).label))


def reference(uuid: UUID) -> str:
    """``3F2A-9C1E-77B0``: the end of a uuid as a person can read it out."""
    last = uuid.hex[-12:].upper()
    return f"{last[:4]}-{last[4:8]}-{last[8:]}"


def at(moment: datetime) -> SafeString:
    """“Today at 09:44” or “06.11.2026 at 09:44”, local, with the exact instant for machines."""
    local = timezone.localtime(moment)
    clock = formats.date_format(local, "TIME_FORMAT")
    if local.date() == timezone.localdate():
        said = _("Today at %(time)s.") % {"time": clock}
    else:
        day = formats.date_format(local, "DATE_FORMAT")
        said = _("On %(day)s at %(time)s.") % {"day": day, "time": clock}
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), said)


def _day(moment: datetime) -> Any:
    if timezone.localdate(moment) == timezone.localdate():
        return _("today")
    return display.day(moment)


# The page --------------------------------------------------------------------------------------


def sheet_of(point: ContactPoint) -> Sheet:
    """What the person of ``point`` sees; a dozen queries, however many consents there are."""
    told = consents_of(point).exclude(event=None).with_wording()
    consents = sorted(told, key=_in_order)
    stops = list(objections(point))
    points = list(ContactPoint.objects.live().filter(subject=point.subject_id).order_by("pk"))
    return Sheet(
        controller=point.controller,
        contacts=[masked(each) for each in points],
        groups=list(_groups(_rows(consents, points, offers(consents, point)), stops)),
        objection=_to_all(stops),
        notices=notices_for(point.controller, {consent.purpose_id for consent in consents}),
    )


def _in_order(consent: Consent) -> Any:
    return consent.purpose.name, consent.purpose_id, ORDER[Channel(consent.channel)], consent.pk


def _to_all(stops: Iterable[Restriction]) -> Restriction | None:
    told = (s for s in stops if s.kind == RestrictionKind.OBJECTION and s.channel is None)
    return next(told, None)


def _rows(
    consents: list[Consent], points: list[ContactPoint], open_: dict[int, SourceWording]
) -> Iterator[Row]:
    wordings = ConsentWording.objects.in_bulk({c.rests_on_id for c in consents if c.rests_on_id})
    kinds = [point.kind for point in points]
    for consent in consents:
        is_one_of_many = kinds.count(consent.contact_point.kind) > 1
        yield Row(
            consent,
            contact=masked(consent.contact_point) if is_one_of_many else "",
            wording=wordings.get(consent.rests_on_id),
            offer=open_.get(consent.pk),
        )


def _groups(rows: Iterator[Row], stops: list[Restriction]) -> Iterator[Group]:
    """By purpose; a purpose that was only objected to has no rows."""
    named = [stop for stop in stops if stop.purpose_id]
    against = {stop.purpose_id: stop for stop in reversed(named)}
    for purpose, those in groupby(rows, key=lambda row: row.consent.purpose):
        yield Group(purpose, list(those), against.pop(purpose.pk, None))
    for stop in against.values():
        yield Group(stop.purpose, [], stop)


def masked(point: ContactPoint) -> str:
    """A number or address as its owner knows it again, and nobody else."""
    if point.kind == ContactKind.EMAIL:
        return display.masked_email(shown_email(point.value))
    if point.kind == ContactKind.PHONE:
        return display.masked_phone(point.value)
    return point.get_kind_display()


def notices_for(controller: Organisation, purposes: set[int]) -> list[Notice]:
    """Notices in force that name a purpose of the person's, else all of the controller."""
    versions = NoticeVersion.objects.in_force().filter(notice__controller=controller)
    naming = Q(purposes_named__purpose__in=purposes)
    chosen = versions.filter(naming) if versions.filter(naming).exists() else versions
    found = Notice.objects.filter(versions__in=chosen).distinct()
    return list(found.order_by("slug"))


# What was done ---------------------------------------------------------------------------------


def receipt_of(point: ContactPoint, uuid: Any) -> Receipt | None:
    """What the person did under the number ``uuid``; None for what is none of theirs."""
    theirs = Q(contact_point__subject=point.subject_id)
    event = ConsentEvent.objects.filter(theirs, uuid=uuid).select_related(
        "purpose", "contact_point"
    )
    stop = Restriction.objects.filter(theirs, uuid=uuid).select_related("purpose")
    done = event.first() or stop.first()
    return receipt(done) if done else None


def receipt(done: Done, *, alone: bool = False) -> Receipt:
    """What ``done`` says to the person; ``alone`` where it stands for no more than itself."""
    if isinstance(done, Restriction):
        return _receipt(done, _("Your objection is recorded."), _reach(done))
    if done.batch and not alone:
        return _receipt(done, _("All your consents are withdrawn."), "")
    about = done.purpose.name
    if done.kind == EventKind.GIVEN:
        about = f"{about}, {masked(done.contact_point)}"
        asks = _receipt(done, _("A letter asks you to confirm."), about)
        return replace(asks, is_all=False)
    return _receipt(done, str(WITHDRAWN[Channel(done.channel)]), about)


def _reach(stop: Restriction) -> str:
    if stop.purpose is None:
        return "" if stop.channel else _("No offers any more, on any channel")
    channel = [spoken(stop.channel)] if stop.channel else []
    return " · ".join([stop.purpose.name, *channel])


def _receipt(done: Done, said: str, about: str) -> Receipt:
    moment = done.effective_at if isinstance(done, Restriction) else done.occurred_at
    return Receipt(said, about, moment, done.uuid)
