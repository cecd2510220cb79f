"""A no from a number or address that nobody knows: it is kept without making a person of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.act import acting
from consents import services
from consents.choices import EvidenceKind, SuppressionOrigin, SuppressionScope
from consents.models import Evidence, Suppression


@dataclass(frozen=True)
class Stranger:
    """Whom ``text`` (in any spelling) of the contact kind ``kind`` may belong to."""

    controller: Any
    kind: str
    text: str


@transaction.atomic
def keep_away(
    stranger: Stranger,
    *,
    words: Evidence | str,
    moment: datetime,
    channel: str | None = None,
    everything: bool = False,
) -> tuple[Suppression, bool]:
    """Put the contact on the suppression list; returns the entry, and whether it is a new one.

    The words stay as evidence that can be erased; the entry names it. Raises ValidationError for a
    moment that has not come yet, contacts.Unusable for a contact that cannot be read.
    """
    services.refuse_the_future(moment)
    evidence = Evidence.of(EvidenceKind.WORDS, words) if isinstance(words, str) else words
    reason = f"evidence {evidence.uuid}, SHA-256 {evidence.sha256}"
    with acting(reason=reason):
        entry = services.suppress(
            stranger.controller,
            stranger.kind,
            stranger.text,
            origin=SuppressionOrigin.DO_NOT_CALL,
            scope=SuppressionScope.ALL if everything else SuppressionScope.COMMERCIAL,
            channel=channel,
            listed_on=timezone.localdate(moment),
        )
    # An entry that stood already keeps its own words: nobody could find these again.
    is_new = entry.reason == reason
    if is_new and evidence._state.adding:
        evidence.save()
    return entry, is_new
