"""How values read on screen: numbers, instants, phone numbers, masked people, badges.

Pure functions: they answer for the active language and time zone and touch no database.
"""

import re
from datetime import UTC, date, datetime

import phonenumbers
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.choices import Way

NBSP = "\N{NO-BREAK SPACE}"
# Always four and three: the number of dots must not tell how long the hidden part is.
WORD = "\N{BULLET}" * 4
DIGITS = "\N{BULLET}" * 3

# The state's colour, and the icon that goes with it unless another one says more.
TONES = {"ok": "check", "warn": "clock", "bad": "cross", "off": "minus", "info": "info"}

WAY_ICONS = {
    Way.ADMIN: "panel",
    Way.API: "code",
    Way.LINK: "link",
    Way.IMPORT: "upload",
    Way.COMMAND: "terminal",
}

_POLISH = re.compile(r"\+48(\d{3})(\d{3})(\d{3})")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def number(value: int | None) -> str:
    """``1204512`` as ``1 204 512`` with no-break spaces; nothing for None."""
    return "" if value is None else f"{value:,}".replace(",", NBSP)


def phone(value: str) -> str:
    """An E.164 number in groups, ``+48 601 602 603``; anything else as it is."""
    if polish := _POLISH.fullmatch(value):
        return "+48 " + " ".join(polish.groups())
    if not _E164.fullmatch(value):
        return value
    return phonenumbers.format_number(_parsed(value), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked_phone(value: str) -> str:
    """``+48 601 ••• •03``: country, first group and two last digits (none of a short number)."""
    if not _E164.fullmatch(value):
        return WORD
    parsed = _parsed(value)
    national = str(parsed.national_number)
    shown = f"{national[:3]} " if len(national) >= 9 else ""
    return f"+{parsed.country_code} {shown}{DIGITS} {DIGITS[0]}{national[-2:]}"


def masked_email(value: str) -> str:
    """``j••••@p••••.example``: first letters and the top-level domain."""
    local, _at, domain = value.rpartition("@")
    name, _dot, top = domain.rpartition(".")
    if not local or not name:
        return WORD
    return f"{local[0]}{WORD}@{name[0]}{WORD}.{top}"


def masked_name(value: str) -> str:
    """``J•••• K••••``: the initials of the first and the last word."""
    words = value.split()
    return " ".join(word[0] + WORD for word in words[:1] + words[1:][-1:])


def masked_contact(value: str) -> str:
    """A contact value of any kind, masked; postal addresses and handles show nothing at all."""
    if "@" in value:
        return masked_email(value)
    return masked_phone(value)


def moment(value: datetime | None) -> SafeString | str:
    """An instant in local time to the minute; the exact one stands in ``datetime`` and on hover."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.astimezone(UTC).isoformat(),
        f"{local:%Y-%m-%d %H:%M:%S.%f} {local:%Z}",
        formats.date_format(local, "DATETIME_FORMAT"),
    )


def brief_moment(value: datetime) -> SafeString:
    """An instant in a narrow column: the time if it is of today, else the day, both local."""
    local = timezone.localtime(value)
    is_today = local.date() == timezone.localdate()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.astimezone(UTC).isoformat(),
        formats.date_format(local, "DATETIME_FORMAT"),
        formats.date_format(local, "TIME_FORMAT" if is_today else "DATE_FORMAT"),
    )


def day(value: date | None) -> SafeString | str:
    """A calendar day (no instant), or the local day of an instant."""
    if value is None:
        return ""
    local = timezone.localdate(value) if isinstance(value, datetime) else value
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(),
        formats.date_format(local, "DATE_FORMAT"),
    )


def icon(name: str) -> SafeString:
    """A decorative icon of the sprite that every page carries (``templates/admin/icons.html``)."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


def badge(word: object, tone: str = "off", icon_name: str = "") -> SafeString:
    """A record's state as word, icon and colour; ``tone`` is one of TONES (KeyError otherwise)."""
    mark = icon(icon_name or TONES[tone])
    said = word if isinstance(word, SafeString) else capfirst(str(word))
    return format_html('<span class="badge {}">{}{}</span>', tone, mark, said)


def yes_or_no(value: bool | None) -> str:
    """A plain word: whether yes is good or bad depends on the question."""
    return {True: _("yes"), False: _("no")}.get(value, "\N{EM DASH}")


def _parsed(value: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.parse(value)


def way_icon(way: str) -> str:
    """The icon of the way by which a change came in (``audit.choices.Way``)."""
    return WAY_ICONS.get(way, "panel")
