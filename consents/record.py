"""A consent with everything that it follows from: acts, the texts people saw, and the proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consents.choices import EventKind
from consents.models import Consent, ConsentEvent, ConsentWording, Evidence
from notices.models import NoticeVersion

ANSWERS = (EventKind.GIVEN, EventKind.REFUSED)


@dataclass(frozen=True)
class Act:
    """An event with the wording that it answers and its evidence, as far as they are known."""

    event: ConsentEvent
    wording: ConsentWording | None
    evidence: Evidence | None


@dataclass(frozen=True)
class Record:
    """``acts`` in the order in which the person acted."""

    consent: Consent
    acts: list[Act]

    @property
    def wording(self) -> ConsentWording | None:
        """The text that the present state rests on; what was withdrawn rests on none."""
        found = [act.wording for act in self.acts if act.event.pk == self.consent.event_id]
        return found[0] if found else None


def record_of(consent: Consent) -> Record:
    """Everything about ``consent``, in a few queries whatever there is."""
    events = ConsentEvent.objects.of_consent(consent).with_wording()
    told = list(events.select_related("about", "source__vendor").order_by("occurred_at", "pk"))
    wordings = wordings_of(event.rests_on_id for event in told)
    evidence = _kept(event.evidence_id for event in told)
    acts = [
        Act(event, _answered(event, wordings), evidence.get(event.evidence_id)) for event in told
    ]
    return Record(consent, acts)


def _answered(event: ConsentEvent, wordings: dict[int, ConsentWording]) -> ConsentWording | None:
    """The text that the person said yes or no to; who withdraws answers none."""
    return wordings.get(event.rests_on_id) if event.kind in ANSWERS else None


def wordings_of(keys: Iterable[int | None]) -> dict[int, ConsentWording]:
    return ConsentWording.objects.in_bulk({key for key in keys if key})


def _kept(keys: Iterable[int]) -> dict[int, Evidence]:
    """Evidence that was not erased, without its content: nobody reads it by the way."""
    return Evidence.objects.defer("body", "salt").in_bulk(set(keys))


def notices_about(purpose: Any, moment: datetime | None = None) -> list[NoticeVersion]:
    """What people are told by about ``purpose`` at ``moment``, now by default."""
    versions = NoticeVersion.objects.in_force(moment).for_purpose(purpose)
    return list(versions.select_related("notice").order_by("notice__slug"))
