"""A no from a number or address that nobody knows: it is kept without making a person of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from consents import services
from consents.choices import SuppressionOrigin, SuppressionScope
from consents.contacts import keyed_hmac, normalise
from consents.models import Evidence, Suppression
from consents.suppressing import suppress_all


@dataclass(frozen=True)
class StrangersNo:
    """``text`` is the contact in any spelling, of the kind ``kind``; ``moment`` is aware.

    ``everything``: whoever says so wants no contact at all, not commercial contact alone.
    """

    controller: Any
    kind: str
    text: str
    moment: datetime
    words: Evidence
    channel: str | None = None
    everything: bool = False

    @property
    def reason(self) -> str:
        """The words stay as evidence that can be erased; the entry names it."""
        return f"evidence {self.words.uuid}, SHA-256 {self.words.sha256}"

    def entry(self) -> Suppression:
        """Not yet saved. Raises contacts.Unusable for a contact that cannot be read."""
        return Suppression(
            controller=self.controller,
            hmac=keyed_hmac(self.kind, normalise(self.kind, self.text).key),
            channel=self.channel,
            scope=SuppressionScope.ALL if self.everything else SuppressionScope.COMMERCIAL,
            origin=SuppressionOrigin.DO_NOT_CALL,
            listed_on=timezone.localdate(self.moment),
            reason=self.reason,
        )


@transaction.atomic
def keep_away(*nos: StrangersNo) -> list[tuple[Suppression, bool]]:
    """Put each on the suppression list; returns the entries, and whether each is a new one.

    Raises ValidationError for a moment that has not come yet.
    """
    for no in nos:
        services.refuse_the_future(no.moment)
    wanted = [no.entry() for no in nos]
    kept = [
        (entry, entry is asked) for entry, asked in zip(suppress_all(wanted), wanted, strict=True)
    ]
    # An entry that stood already keeps its own words: nobody could find these again.
    words = [no.words for no, (_entry, is_new) in zip(nos, kept, strict=True) if is_new]
    unsaved = {id(proof): proof for proof in words if proof._state.adding}
    Evidence.objects.bulk_create(unsaved.values())
    return kept
