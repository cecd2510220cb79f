"""One spelling for every number and address: the same on every way in (security.md 3).

Nothing here touches the database. What cannot be used is refused with a reason, never guessed.
"""

import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import phonenumbers
from django.conf import settings
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from processing.choices import ContactKind

MAX_LENGTH = 320


@dataclass(frozen=True, slots=True)
class Contact:
    """``value`` is dialled, written to and shown; ``key`` is what is compared."""

    value: str
    key: str


class Unusable(ValueError):
    """A value that no number or address can be read from; ``reason`` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# Values, and what is compared of them.
Spellings = tuple[list[str | None], list[str | None]]
REASONS = ("contact_empty", "value_too_long", "phone_destroyed", "phone_invalid", "email_invalid")


def normalise(kind: str, text: str, region: str = "PL") -> Contact:
    """The one spelling of ``text``; numbers without a country code belong to ``region``.

    Raises Unusable with its reason, and KeyError for an unknown kind.
    """
    return _NORMALISERS[kind](text, region)


def normalise_all(kind: str, texts: Sequence[str], region: str = "PL") -> Spellings:
    """``normalise`` for a whole list at once, in order; None in both where one can't be used.

    Numbers of a Polish list take a fraction of the time. Raises KeyError for an unknown kind.
    """
    if kind == ContactKind.PHONE and region == "PL":
        numbers = _phones(texts)
        return numbers, numbers
    contacts = [_usable(kind, text, region) for text in texts]
    return [c.value if c else None for c in contacts], [c.key if c else None for c in contacts]


def _usable(kind: str, text: str, region: str) -> Contact | None:
    try:
        return normalise(kind, text, region)
    except Unusable:
        return None


def keyed_hmac(kind: str, key: str) -> str:
    """Hex HMAC-SHA256 of a contact under HMAC_KEY: what suppressions hold instead of values."""
    return hmac.digest(settings.HMAC_KEY.encode(), f"{kind}:{key}".encode(), sha256).hex()


# Phones ------------------------------------------------------------------------------------------

_SEPARATORS = dict.fromkeys(map(ord, " \t\r\n\N{NO-BREAK SPACE}-()./"))
# A spreadsheet turned the number into 6.01603E+08: the last digits are gone.
_DESTROYED = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+")
_DECIMALS = re.compile(r"(\d)[.,]0+$")
_DIALLABLE = re.compile(r"\+?[0-9]{3,18}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def _polish_numbers() -> str:
    """Nine digits that phonenumbers' own metadata call a valid Polish number, as an expression."""
    return rf"(?=[0-9]{{9}}\Z)(?:{_valid_in_poland()})"


def _valid_in_poland() -> str:
    """Digits of any length that they call one."""
    polish = phonenumbers.PhoneMetadata.metadata_for_region("PL")
    kinds = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number")
    kinds += ("voip", "pager", "uan", "voicemail")
    patterns = [getattr(polish, kind) for kind in kinds]
    return "|".join(d.national_number_pattern for d in patterns if d and d.national_number_pattern)


_POLISH = re.compile(rf"(?:\+48|0048|48)?({_polish_numbers()})").fullmatch


def _phone(text: str, region: str) -> Contact:
    if region == "PL" and (plain := _POLISH(text) or _POLISH(text.translate(_SEPARATORS))):
        number = "+48" + plain[1]
        return Contact(number, number)
    return _any_phone(text, region)


# Digits without a code of their own that are none of these are no number at all: known at once.
_MAYBE_POLISH = re.compile(rf"\+.*|00.*|(?:48)?(?:{_valid_in_poland()})").fullmatch
# The numbers of a whole list, one a line: an empty group where a line is no plain Polish number.
_POLISH_LINES = re.compile(
    rf"^(?:(?:\+48|0048|48)?({_polish_numbers().replace(chr(92) + 'Z', '$')})$|.*$)", re.MULTILINE
).findall
# A line's end parts the numbers here, and no other separator is looked at one by one.
_SEPARATORS_IN_LINE = {code: None for code in _SEPARATORS if chr(code) != "\n"}


def _phones(texts: Sequence[str]) -> list[str | None]:
    lines = "\n".join(texts)
    if lines.count("\n") != len(texts) - 1:
        return [_phone_or_none(text) for text in texts]
    plain = _POLISH_LINES(lines.translate(_SEPARATORS_IN_LINE))
    # What is no plain number is often the same word again and again.
    others = {text for text, number in zip(texts, plain, strict=True) if not number}
    read = {text: _phone_or_none(text) for text in others}
    return ["+48" + n if n else read[text] for text, n in zip(texts, plain, strict=True)]


def _phone_or_none(text: str) -> str | None:
    contact = _usable(ContactKind.PHONE, text, "PL")
    return contact.value if contact else None


def _any_phone(text: str, region: str) -> Contact:
    text = _printable(text)
    if not text:
        raise Unusable("contact_empty")
    if _DESTROYED.fullmatch(text):
        raise Unusable("phone_destroyed")
    digits = _DECIMALS.sub(r"\1", text).translate(_SEPARATORS)
    # Letters, extensions and second numbers: phonenumbers would read one out of them.
    if not _DIALLABLE.fullmatch(digits):
        raise Unusable("phone_invalid")
    if region == "PL" and not _MAYBE_POLISH(digits):
        raise Unusable("phone_invalid")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return _parsed_phone(digits, region)


def _parsed_phone(digits: str, region: str) -> Contact:
    try:
        parsed = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException as error:
        raise Unusable("phone_invalid") from error
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(parsed) or not _E164.fullmatch(number):
        raise Unusable("phone_invalid")
    return Contact(number, number)


def _printable(text: str) -> str:
    """Full-width and other digits as 0-9, every dash as one, nothing invisible."""
    characters = unicodedata.normalize("NFKC", text).lstrip("'")
    return "".join(map(_plain_character, characters)).strip()


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if character == "\N{MINUS SIGN}":
        return "-"
    return {"Pd": "-", "Cf": "", "Zs": " "}.get(category, character)


# E-mail ------------------------------------------------------------------------------------------

_SPECIAL = "|".join(re.escape(name) for name in SPECIAL_USE_DOMAIN_NAMES)
# Plain addresses, in which email-validator finds nothing to object to or to change but case.
_PLAIN_EMAIL = re.compile(
    r"(?=.{1,64}@)(?=.{6,254}\Z)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@"
    rf"(?!(?:.*\.)?(?i:{_SPECIAL})\Z)(?!..--)(?!.*\...--)"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
).fullmatch


def _email(text: str, region: str) -> Contact:
    text = text.strip()
    if _PLAIN_EMAIL(text):
        local, _at, domain = text.partition("@")
        value = f"{local}@{domain.lower()}"
        return Contact(value, value.lower())
    return _any_email(text)


def _any_email(text: str) -> Contact:
    text = _visible(text)
    if not text:
        raise Unusable("contact_empty")
    try:
        valid = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise Unusable("email_invalid") from error
    # A domain that IDNA cannot write in ASCII is one no mail server finds.
    if not valid.ascii_domain:
        raise Unusable("email_invalid")
    value = f"{valid.local_part}@{valid.ascii_domain.lower()}"
    return Contact(value, unicodedata.normalize("NFC", value.casefold()))


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if unicodedata.category(c) != "Cf").strip()


@lru_cache(maxsize=4096)
def shown_email(value: str) -> str:
    """A stored address as people read it: the domain in Unicode."""
    local, _at, domain = value.rpartition("@")
    try:
        return f"{local}@{validate_email(value, check_deliverability=False).domain}"
    except EmailNotValidError:
        return f"{local}@{domain}"


# The rest ----------------------------------------------------------------------------------------


def _caseless(text: str, region: str) -> Contact:
    value = _collapsed(text)
    return Contact(value, unicodedata.normalize("NFC", value.casefold()))


def _exact(text: str, region: str) -> Contact:
    value = _collapsed(text)
    return Contact(value, value)


def _collapsed(text: str) -> str:
    value = " ".join(_visible(text).split())
    if not value:
        raise Unusable("contact_empty")
    if len(value) > MAX_LENGTH:
        raise Unusable("value_too_long")
    return value


_NORMALISERS = {
    ContactKind.PHONE: _phone,
    ContactKind.EMAIL: _email,
    ContactKind.HANDLE: _caseless,
    ContactKind.DEVICE: _exact,
    ContactKind.POSTAL: _caseless,
}
