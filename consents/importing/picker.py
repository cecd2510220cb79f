"""The column picker: what each column of a file may mean, as choices and as a mapping."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consents.choices import RestrictionKind
from consents.importing.mapping import FIELDS, MEANINGS
from processing.choices import Channel
from processing.models import Purpose

FIELD_NAMES: dict[str, Promise] = {
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone number"),
    "postal": gettext_lazy("Postal address"),
    "handle": gettext_lazy("Messenger handle"),
    "device": gettext_lazy("Device"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "company": gettext_lazy("Company"),
    "external_id": gettext_lazy("External id"),
    "given_at": gettext_lazy("When consent was given or refused"),
    "confirmed_at": gettext_lazy("When consent was confirmed"),
    "withdrawn_at": gettext_lazy("When consent was withdrawn"),
    "expires_at": gettext_lazy("When consent ends"),
    "ip": gettext_lazy("IP address"),
    "ignore": gettext_lazy("Ignore"),
    "stated_at": gettext_lazy("When it was stated"),
    "added_at": gettext_lazy("When it was stated"),
    "party": gettext_lazy("Person by id"),
    "contact": gettext_lazy("Number or address"),
    "channel": gettext_lazy("Channel"),
    "purpose": gettext_lazy("Purpose"),
    "full_name": gettext_lazy("Full name"),
}
KEEP = "keep"


@dataclass(frozen=True)
class Picked:
    """One column of the picker: its name, an example, and what it means now."""

    number: int
    name: str
    example: str
    meaning: dict[str, Any] | None
    chosen: str
    said: str

    @property
    def is_read(self) -> bool:
        return bool(self.meaning) and self.meaning.get("field") != "ignore"

    @property
    def format(self) -> str:
        return (self.meaning or {}).get("format", "")

    @property
    def yes(self) -> str:
        return ", ".join((self.meaning or {}).get("yes", []))

    @property
    def no(self) -> str:
        return ", ".join((self.meaning or {}).get("no", []))


def choices(purposes: list[Purpose]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Groups of options: contact and person, dates, consents, objections."""
    yield _("Person and contact"), [(f"field:{f}", str(FIELD_NAMES[f])) for f in FIELDS]
    for purpose in purposes:
        options = [
            (f"consent:{purpose.slug}:{c.value}", f"{purpose.name} × {c.label}") for c in Channel
        ]
        yield _("Consent: {purpose}").format(purpose=purpose.name), options
    everything = ("", _("every channel"))
    for kind in RestrictionKind:
        channels = [everything, *((c.value, str(c.label)) for c in Channel)]
        options = [
            (f"restriction:{kind.value}:{code}", f"{kind.label} × {c}") for code, c in channels
        ]
        yield str(kind.label), options
    bans = [(f"suppression:{c.value}", str(c.label)) for c in Channel]
    yield _("Number for the suppression list"), bans


def chosen(meaning: dict[str, Any] | None, purpose: str) -> str:
    """The option that says what ``meaning`` does; KEEP where only the format itself can say it."""
    if not meaning:
        return "field:ignore"
    if meaning.get("field") in FIELDS:
        return f"field:{meaning['field']}"
    if "consent" in meaning and "no_means" not in meaning:
        target = meaning["consent"]
        return f"consent:{target.get('purpose') or purpose}:{target['channel']}"
    channel = meaning.get("channel") or ""
    if "restriction" in meaning and isinstance(channel, str) and not meaning.get("purpose"):
        return f"restriction:{meaning['restriction']}:{channel}"
    return KEEP


def meaning_of(option: str, *, pattern: str, yes: str, no: str) -> dict[str, Any]:
    """The meaning that an option stands for, with its date format or flag words."""
    kind, _colon, rest = option.partition(":")
    name, _colon, channel = rest.partition(":")
    if kind == "field":
        return {"field": name, **({"format": pattern} if pattern else {})}
    if kind == "suppression":
        return {"suppression": [name]}
    words = {key: _words(text) for key, text in (("yes", yes), ("no", no)) if _words(text)}
    if kind == "consent":
        return {"consent": {"purpose": name, "channel": channel}, **words}
    return {"restriction": name, **({"channel": channel} if channel else {}), **words}


def said(meaning: dict[str, Any] | None, purposes: dict[str, str]) -> str:
    """A meaning in words, for the preview."""
    kind = next((kind for kind in MEANINGS if meaning and kind in meaning), "")
    if not meaning or not kind or meaning.get("field") == "ignore":
        return _("not read")
    if kind == "field":
        return " · ".join(filter(None, (str(FIELD_NAMES[meaning["field"]]), meaning.get("format"))))
    if kind in ("consent", "withdrawal"):
        return f"{_NAMED[kind]()}: {_target(meaning[kind], purposes)}"
    if kind == "restriction":
        return f"{RestrictionKind(meaning[kind]).label} × {_channels(meaning.get('channel'))}"
    if kind == "suppression":
        return f"{_('Suppression list')} × {_channels(meaning[kind])}"
    return _NAMED[kind]()


_NAMED = {
    "consent": lambda: _("Consent"),
    "withdrawal": lambda: _("Withdrawal"),
    "status": lambda: _("Status"),
    "consents": lambda: _("Ids of consents"),
}


def _target(target: dict[str, str], purposes: dict[str, str]) -> str:
    key = target.get("purpose", "")
    return f"{purposes.get(key, key)} × {Channel(target['channel']).label}"


def _channels(value: Any) -> str:
    codes = value if isinstance(value, list) else [value] if value else []
    return ", ".join(str(Channel(code).label) for code in codes) or _("every channel")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
