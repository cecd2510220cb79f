"""Links that need no login: each says whom it is about and what it is for, and is signed.

Nothing is stored, and nothing can be guessed: 256 bits of HMAC-SHA256 under HMAC_KEY, with the use
as its salt, so that a link for one thing opens nothing else. Links end with the contact point:
retired, it is as if it had never been (security.md 9–12).
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from consents.models import ConfirmationLetter, ContactPoint
from processing.choices import Channel
from processing.models import Purpose

UUID_BYTES, MAC_BYTES = 16, 32
NOBODY = UUID(int=0)
SUBJECT = "controller", "subject"


class Use(StrEnum):
    """What a link is for."""

    PREFERENCES = "preferences"
    MAILING = "one-click"
    CONFIRMATION = "confirmation"


class Unknown(Exception):
    """A link that opens nothing: forged, cut short, or of a contact that is retired."""


@dataclass(frozen=True)
class Mailing:
    """What a person unsubscribes from: messages for one purpose on one channel."""

    point: ContactPoint
    purpose: Purpose
    channel: str


# Addresses ---------------------------------------------------------------------------------------


def preferences_url(point: ContactPoint) -> str:
    """Where the person of ``point`` sees and withdraws their consents; never expires."""
    return settings.SITE_URL.rstrip("/") + preferences_path(point)


def preferences_path(point: ContactPoint) -> str:
    """``preferences_url`` on the house's own pages."""
    return reverse("preferences", args=[_token(Use.PREFERENCES, point.uuid.bytes)])


def unsubscribe_url(point: ContactPoint, purpose: Purpose, channel: str) -> str:
    """For the header List-Unsubscribe of messages for ``purpose`` on ``channel`` (RFC 8058)."""
    about = point.uuid.bytes + purpose.uuid.bytes + channel.encode()
    return _absolute("preferences_one_click", _token(Use.MAILING, about))


def confirmation_url(letter: ConfirmationLetter) -> str:
    """Where whoever reads the mailbox confirms what ``letter`` is about."""
    return _absolute("preferences_confirm", _token(Use.CONFIRMATION, letter.uuid.bytes))


def _absolute(name: str, token: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=[token])


# Whom they are about -----------------------------------------------------------------------------


def point_of(token: str) -> ContactPoint:
    """The live contact point of a link to the preferences. Raises Unknown."""
    about, is_ours = _opened(Use.PREFERENCES, token)
    point = _live(_uuid(about))
    if not is_ours or point is None or len(about) != UUID_BYTES:
        raise Unknown
    return point


def mailing_of(token: str) -> Mailing:
    """What a link of List-Unsubscribe is about. Raises Unknown."""
    about, is_ours = _opened(Use.MAILING, token)
    point, channel = _live(_uuid(about)), about[2 * UUID_BYTES :].decode("ascii", "replace")
    if not is_ours or point is None or channel not in Channel.values:
        raise Unknown
    return Mailing(point, _purpose(_uuid(about[UUID_BYTES:])), channel)


def letter_of(token: str) -> ConfirmationLetter:
    """The letter that a link to confirm stood in, of a live contact point. Raises Unknown."""
    about, is_ours = _opened(Use.CONFIRMATION, token)
    letters = ConfirmationLetter.objects.filter(given__contact_point__retired_at=None)
    letter = letters.select_related(*_letter_parts()).filter(uuid=_uuid(about)).first()
    if not is_ours or letter is None or len(about) != UUID_BYTES:
        raise Unknown
    return letter


def _letter_parts() -> list[str]:
    return [f"given__contact_point__{part}" for part in SUBJECT]


def _live(uuid: UUID) -> ContactPoint | None:
    return ContactPoint.objects.live().select_related(*SUBJECT).filter(uuid=uuid).first()


def _purpose(uuid: UUID) -> Purpose:
    found: Any = Purpose.objects.select_related("activity").filter(uuid=uuid).first()
    if found is None:
        raise Unknown
    return found


def _uuid(about: bytes) -> UUID:
    return UUID(bytes=about[:UUID_BYTES]) if len(about) >= UUID_BYTES else NOBODY


# Signatures --------------------------------------------------------------------------------------


def _token(use: Use, about: bytes) -> str:
    return urlsafe_b64encode(about + _mac(use, about)).decode().rstrip("=")


def _opened(use: Use, token: str) -> tuple[bytes, bool]:
    """What a token says, and whether the house signed it for ``use``.

    Who holds a forged one waits as long as for a true one of a contact that is gone: both ask the
    database once.
    """
    signed = _decoded(token)
    about, mac = signed[:-MAC_BYTES], signed[-MAC_BYTES:]
    return about, hmac.compare_digest(mac, _mac(use, about))


def _decoded(token: str) -> bytes:
    """The bytes of ``token``; none where it is not spelt exactly as the house spells it."""
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, NotBase64, ValueError):
        return b""
    # The last letter has bits to spare: four spellings would otherwise open the same.
    return signed if urlsafe_b64encode(signed).decode().rstrip("=") == token else b""


def _mac(use: Use, about: bytes) -> bytes:
    key = hmac.digest(settings.HMAC_KEY.encode(), f"ccgdpr link: {use}".encode(), sha256)
    return hmac.digest(key, about, sha256)
