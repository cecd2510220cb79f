"""What the columns of a file mean: the language of ``--map``, of presets and of the picker.

A mapping is JSON: {"header", "delimiter", "encoding", "columns": {name: meaning}}. Without a header
the names are column numbers from 1; ``6+`` is the sixth and all after it, ``Opted out: *`` every
column that begins so. A meaning is one of MEANINGS with its options; presets may say more
(``recognise``, ``every_row``, …). Names are checked one by one, and refused by name.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from audit.reading.errors import Refused, nearest
from consents.choices import RestrictionKind
from consents.importing.presets import folded
from processing.choices import Channel

FIELDS = (
    "email",
    "phone",
    "postal",
    "handle",
    "device",
    "first_name",
    "last_name",
    "company",
    "external_id",
    "given_at",
    "confirmed_at",
    "withdrawn_at",
    "expires_at",
    "ip",
    "ignore",
)
CONTACTS = FIELDS[:5]
# Of presets: a time that dates the row's flags, and another for where that is empty; a row that
# names its own contact, channel, purpose.
PRESET_FIELDS = ("stated_at", "added_at", "party", "contact", "channel", "purpose", "full_name")
MEANINGS = ("field", "consent", "withdrawal", "restriction", "suppression", "status", "consents")
OPTIONS = {
    "field": ("format", "values"),
    "consent": ("yes", "no", "no_means"),
    "withdrawal": ("yes", "no"),
    "restriction": ("channel", "purpose", "yes", "no"),
    "suppression": (),
    "status": ("channel", "purpose"),
    "consents": (),
}
KEYS = ("header", "delimiter", "encoding", "columns")
PRESET_KEYS = ("recognise", "every_row", "lone_confirmation", "as_of", "guarded", "own_export")
STATUSES = ("contact", "given", "refused", "withdrawn", *RestrictionKind.values)


def checked(mapping: Any, purposes: Iterable[str], *, preset: bool = False) -> dict[str, Any]:
    """``mapping`` if every name in it is known; Refused naming the first that is not."""
    if not isinstance(mapping, dict):
        raise Refused(_("A mapping is a JSON object."))
    _known("key", mapping, KEYS + PRESET_KEYS if preset else KEYS)
    columns = mapping.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise Refused(_("The mapping names no columns."))
    if mapping.get("header", True) not in (True, False):
        raise Refused(_("“header” is true or false."))
    _check_delimiter(mapping.get("delimiter", ","))
    for name, meaning in columns.items():
        _check_meaning(name, meaning, set(purposes), preset)
    if not mapping.get("header", True):
        _check_numbers(columns)
    return mapping


def names_contact(mapping: dict[str, Any]) -> bool:
    """Whether rows can be read by this mapping alone: some column of it is a number or address."""
    means = mapping["columns"].values()
    return any("suppression" in each or each.get("field") in CONTACTS for each in means)


def laid_upon(preset: dict[str, Any], mapping: dict[str, Any]) -> dict[str, Any]:
    """``preset`` with what ``mapping`` says otherwise, or more; its columns stand first."""
    named = {folded(name) for name in mapping.get("columns", {})}
    kept = {n: m for n, m in preset.get("columns", {}).items() if folded(n) not in named}
    return {**preset, **mapping, "columns": {**mapping.get("columns", {}), **kept}}


def _check_delimiter(delimiter: Any) -> None:
    if delimiter not in (",", ";", "\t", "|"):
        raise Refused(_("The delimiter is a comma, a semicolon, a tab or a vertical bar."))


def _check_numbers(columns: dict[str, Any]) -> None:
    for name in columns:
        number = name.removesuffix("+")
        if not number.isdecimal() or int(number) < 1:
            text = _("Without a header, columns are numbers from 1, not “{name}”.")
            raise Refused(text.format(name=name))


def _check_meaning(name: str, meaning: Any, purposes: set[str], preset: bool) -> None:
    kinds = [kind for kind in MEANINGS if isinstance(meaning, dict) and kind in meaning]
    if len(kinds) != 1:
        text = _("Column “{name}” needs exactly one of: {meanings}.")
        raise Refused(text.format(name=name, meanings=", ".join(MEANINGS)))
    kind = kinds[0]
    _known("key", meaning, (kind, *OPTIONS[kind]))
    _CHECKS[kind](meaning, purposes, preset)
    for words in (meaning.get("yes", []), meaning.get("no", [])):
        if not isinstance(words, list):
            raise Refused(_("“yes” and “no” of column “{name}” are lists.").format(name=name))


def _check_field(meaning: dict, purposes: set[str], preset: bool) -> None:
    _known("field", [meaning["field"]], FIELDS + PRESET_FIELDS if preset else FIELDS)


def _check_target(target: Any, purposes: set[str]) -> None:
    if not isinstance(target, dict) or "channel" not in target:
        raise Refused(_("A consent names its channel and, if not the import's, its purpose."))
    _known("key", target, ("purpose", "channel"))
    _check_scope(target, purposes)


def _check_scope(scope: dict, purposes: set[str]) -> None:
    _known("channel", _listed(scope.get("channel")), Channel.values)
    _known("purpose", _listed(scope.get("purpose")), sorted(purposes))


def _check_consent(meaning: dict, purposes: set[str], preset: bool) -> None:
    _check_target(meaning["consent"], purposes)
    _known("meaning of no", _listed(meaning.get("no_means")), ("refused", "withdrawn"))


def _check_withdrawal(meaning: dict, purposes: set[str], preset: bool) -> None:
    _check_target(meaning["withdrawal"], purposes)


def _check_restriction(meaning: dict, purposes: set[str], preset: bool) -> None:
    _known("restriction", [meaning["restriction"]], RestrictionKind.values)
    _check_scope(meaning, purposes)


def _check_suppression(meaning: dict, purposes: set[str], preset: bool) -> None:
    _known("channel", _listed(meaning["suppression"]), Channel.values)


def _check_status(meaning: dict, purposes: set[str], preset: bool) -> None:
    if not isinstance(meaning["status"], dict):
        raise Refused(_("“status” says what each word means."))
    _known("status", meaning["status"].values(), STATUSES)
    _check_scope(meaning, purposes)


def _check_consents(meaning: dict, purposes: set[str], preset: bool) -> None:
    if not isinstance(meaning["consents"], dict):
        raise Refused(_("“consents” says what each id means."))
    for target in meaning["consents"].values():
        _check_target(target, purposes)


_CHECKS = {
    "field": _check_field,
    "consent": _check_consent,
    "withdrawal": _check_withdrawal,
    "restriction": _check_restriction,
    "suppression": _check_suppression,
    "status": _check_status,
    "consents": _check_consents,
}


def _listed(value: Any) -> list:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _known(what: str, names: Iterable[Any], known: Iterable[str]) -> None:
    allowed = list(known)
    for name in names:
        if name not in allowed:
            text = _("Unknown {what} in the mapping: {nearest}.")
            named = {
                "key": _("key"),
                "field": _("field"),
                "channel": _("channel"),
                "purpose": _("purpose"),
                "restriction": _("restriction"),
                "status": _("status"),
                "meaning of no": _("meaning of no"),
            }
            raise Refused(text.format(what=named[what], nearest=nearest(str(name), allowed)))
