"""How people, contacts and states of consents read on every screen: masked, in words."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import display
from consents.choices import ConsentState, EventKind, RestrictionKind, ReviewOutcome
from consents.contacts import shown_email
from consents.models import Consent, ContactPoint, DataSubject, Restriction
from processing.choices import ContactKind
from processors.models import Organisation

SOON = timedelta(days=30)
NOTHING = "—"

# Tone and icon of a state (look.md): word and icon carry the meaning, colour repeats it.
STATES = {
    ConsentState.GIVEN: ("ok", ""),
    ConsentState.UNCONFIRMED: ("warn", "question"),
    ConsentState.REFUSED: ("bad", ""),
    ConsentState.WITHDRAWN: ("bad", ""),
    ConsentState.NONE: ("bad", "slashed"),
}
EVENTS = {
    EventKind.GIVEN: ("ok", "check"),
    EventKind.CONFIRMED: ("ok", "check"),
    EventKind.REFUSED: ("bad", "cross"),
    EventKind.WITHDRAWN: ("bad", "cross"),
    EventKind.INVALIDATED: ("bad", "slashed"),
}
OUTCOMES = {ReviewOutcome.OK: "ok", ReviewOutcome.DEFECTIVE: "bad", ReviewOutcome.PENDING: "warn"}


def state(consent: Consent, moment: datetime | None = None) -> str:
    """The badge of a consent: its state, never whether contact is allowed."""
    ends, moment = consent.valid_until, moment or timezone.now()
    if consent.state == ConsentState.GIVEN and ends:
        if ends <= moment:
            return display.badge(_("Expired"), "off")
        if ends - moment <= SOON:
            return display.badge(_ends_in((ends - moment).days), "warn")
    tone, icon = STATES[ConsentState(consent.state)]
    return display.badge(consent.get_state_display(), tone, icon)


def _ends_in(days: int) -> str:
    if days == 0:
        return _("Expires today")
    return ngettext("Expires in %(days)d day", "Expires in %(days)d days", days) % {"days": days}


def contact(point: ContactPoint) -> str:
    """A number or address, masked; a postal address or handle hides altogether."""
    masks = {ContactKind.EMAIL: display.masked_email, ContactKind.PHONE: display.masked_phone}
    mask = masks.get(ContactKind(point.kind))
    return mask(point.value) if mask else f"{point.get_kind_display()} {display.WORD}"


def clear_contact(point: ContactPoint) -> str:
    """A number or address in full, for the one answer to a reveal."""
    ways = {ContactKind.EMAIL: shown_email, ContactKind.PHONE: display.phone}
    way = ways.get(ContactKind(point.kind))
    return way(point.value) if way else point.value


def person(subject: DataSubject) -> str:
    """A person by initials, or by the reference where no name is known."""
    return display.masked_name(subject.full_name) if subject.full_name else subject.reference


def stop(restriction: Restriction) -> str:
    """The badge of a restriction."""
    icon = "slashed" if restriction.kind != RestrictionKind.UNDELIVERABLE else "warning"
    tone = "bad" if restriction.kind != RestrictionKind.UNDELIVERABLE else "warn"
    return display.badge(restriction.get_kind_display(), tone, icon)


def scope(row: Any) -> str:
    """Channel and purpose of a restriction or suppression; all where they name none."""
    parts = [row.get_channel_display() if row.channel else _("every channel")]
    if getattr(row, "purpose_id", None):
        parts.append(row.purpose.name)
    return " · ".join(parts)


def link(label: Any, record: Any) -> str:
    """``label`` as a link to a record's page in the admin."""
    opts = record._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
    return format_html('<a href="{}">{}</a>', url, label)


def several_controllers() -> bool:
    """Whether the house works for more than one controller; if not, nobody sees the field."""
    return Organisation.objects.filter(activities__isnull=False).distinct().count() > 1


def capped(rows: QuerySet, cap: int = 10_000) -> str:
    """How many rows there are, without counting more than ``cap`` of them."""
    found = rows.order_by()[: cap + 1].count()
    return display.number(found) if found <= cap else f"> {display.number(cap)}"
