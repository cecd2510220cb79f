"""The verdict once more, row by row, written from verdict.md alone: what the SQL is held against.

Plain Python over all rows of the house, its own fold included. Rows are kept by the key that they
are looked up by, and by nothing else: what holds when is decided here, one row after another.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from consents.contacts import Unusable, normalise
from consents.models import (
    Acquisition,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    Restriction,
    SourceWording,
    Suppression,
    WordingReview,
)
from legitimate_interest.models import BalanceTest
from processing.models import ActivityTool, ChannelRule, Purpose
from processors.models import AutomationTool, ProcessingAgreement
from tests.screening.reference_fold import Act, folded

WARSAW = ZoneInfo("Europe/Warsaw")
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
KINDS = {
    "email": "email",
    "sms": "phone",
    "voice": "phone",
    "automated_call": "phone",
    "messenger": "handle",
    "push": "device",
    "post": "postal",
}
SPOKEN = ("voice", "automated_call")
# Tools that make a contact: naming one leaves the others out.
MAKING = ("dialler", "chatbot", "voicebot", "ivr", "mailing", "sms_gateway", "social_inbox")
DOUBTFUL = ("survey", "renewal", "image")


@dataclass(frozen=True)
class Expected:
    """What must be answered about one value."""

    reasons: tuple[str, ...]
    obligations: tuple[str, ...] = ()
    event_id: int | None = None


def _kept(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


class House:
    """Every row that a verdict may ask about, read once."""

    def __init__(self) -> None:
        self.rules = list(ChannelRule.objects.all())
        self.agreements = list(ProcessingAgreement.objects.select_related("processor"))
        self.tests = list(BalanceTest.objects.all())
        self.uses = list(ActivityTool.objects.select_related("tool"))
        self._read_people()
        self._read_texts()

    def _read_people(self) -> None:
        points = ContactPoint.objects.select_related("subject")
        self.points = list(points)
        self.by_key = _kept(self.points, lambda p: (p.controller_id, p.kind, p.key))
        self.events = _kept(
            ConsentEvent.objects.select_related("source"),
            lambda e: (e.contact_point_id, e.purpose_id, e.channel),
        )
        self.confirmations = _kept(
            ConsentEvent.objects.filter(kind="confirmed"), lambda e: e.contact_point_id
        )
        self.strikings = _kept(
            ConsentEvent.objects.filter(kind="invalidated"), lambda e: e.about_id
        )
        stops = list(Restriction.objects.select_related("contact_point"))
        self.stops = _kept(stops, lambda r: r.contact_point.subject_id)
        self.lifts = _kept((r for r in stops if r.lifts_id), lambda r: r.lifts_id)
        entries = list(Suppression.objects.all())
        self.entries = _kept(entries, lambda s: (s.controller_id, s.hmac))
        self.entry_lifts = _kept((s for s in entries if s.lifts_id), lambda s: s.lifts_id)
        self.acquisitions = _kept(
            Acquisition.objects.select_related("source"), lambda a: a.contact_point_id
        )

    def _read_texts(self) -> None:
        self.wordings = {
            w.pk: (w, {n.organisation_id for n in w.named.all()})
            for w in ConsentWording.objects.prefetch_related("named")
        }
        self.shown = _kept(
            SourceWording.objects.select_related("wording"),
            lambda s: (s.source_id, s.wording.purpose_id, s.wording.channel),
        )
        self.reviews = _kept(WordingReview.objects.all(), lambda r: (r.wording_id, r.regime))

    def asked(
        self,
        purpose: Purpose,
        channel: str,
        at: datetime,
        known_at: datetime,
        tool: AutomationTool | None = None,
    ) -> "Asked":
        return Asked(self, purpose, channel, at, known_at, tool)

    def reasons(
        self,
        purpose: Purpose,
        channel: str,
        value: str,
        at: datetime,
        known_at: datetime,
        tool: AutomationTool | None = None,
    ) -> list[str]:
        return list(self.asked(purpose, channel, at, known_at, tool).of(value).reasons)

    def holder(self, controller: int, kind: str, key: str, at: datetime) -> ContactPoint | None:
        """Live = not retired by then; of several, the one whose number was retired first."""
        live = [
            p
            for p in self.by_key[controller, kind, key]
            if not (p.retired_at and p.retired_at <= at)
        ]
        return min(live, key=lambda p: (p.retired_at or NEVER, p.pk)) if live else None

    def register(self, purpose: Purpose, channel: str, at: datetime) -> list[ContactPoint]:
        """Live contact points of the controller that the channel can use."""
        controller = purpose.activity.controller_id
        return [
            point
            for point in self.points
            if point.controller_id == controller
            and point.kind == KINDS[channel]
            and self.holder(controller, point.kind, point.key, at) == point
        ]


class Asked:
    """One question, and what it comes to for each value."""

    def __init__(
        self,
        house: House,
        purpose: Purpose,
        channel: str,
        at: datetime,
        known_at: datetime,
        tool: AutomationTool | None,
    ) -> None:
        self.house, self.purpose, self.channel = house, purpose, channel
        self.at, self.known_at, self.tool = at, known_at, tool
        self.day = at.astimezone(WARSAW).date()
        self.controller = purpose.activity.controller
        self.commercial = purpose.nature == "commercial" or (
            purpose.campaign in DOUBTFUL and not purpose.service_approved_at <= at
        )
        self.rules = [
            r for r in house.rules if r.channel == channel and self._on(r.valid_from, r.valid_until)
        ]
        self.tools_in_use = [
            use.tool
            for use in house.uses
            if use.activity_id == purpose.activity_id
            and self._holds(use.since, use.until)
            and use.tool.in_use_from
            and self._holds(use.tool.in_use_from, use.tool.retired_at)
        ]
        self.for_everybody = self._of_the_purpose()

    def _on(self, start: date, end: date | None) -> bool:
        return start <= self.day and (end is None or self.day < end)

    def _holds(self, start: datetime, end: datetime | None) -> bool:
        return start <= self.at and (end is None or self.at < end)

    def of(self, value: str) -> Expected:
        key = _key(KINDS[self.channel], value)
        if key is None:
            return Expected((*self.for_everybody, "invalid_contact"))
        point = self.house.holder(self.controller.pk, KINDS[self.channel], key, self.at)
        if point is None:
            return Expected((*self.for_everybody, "unknown_contact"))
        of_consent, give = self._of_the_consent(point)
        reasons = (*self.for_everybody, *self._of_the_contact(point), *of_consent)
        if reasons:
            return Expected(reasons)
        return Expected((), tuple(self._obligations(point)), give.event.pk if give else None)

    # Of the purpose -------------------------------------------------------------------------------

    def _of_the_purpose(self) -> list[str]:
        purpose, found = self.purpose, []
        if not self._holds(purpose.active_from, purpose.active_until):
            found.append("purpose_inactive")
        if not self.controller.is_own and not any(map(self._binds, self.house.agreements)):
            found.append("no_instruction")
        if purpose.basis == "6-1-f":
            found += self._of_the_test()
        if self.tool and self.tool not in self.tools_in_use:
            found.append("tool_not_in_use")
        if purpose.campaign == "consent_request" and any(r.consent_required for r in self.rules):
            found.append("consent_request_blocked")
        return found

    def _binds(self, agreement: ProcessingAgreement) -> bool:
        ours = agreement.controller_id == self.controller.pk and agreement.processor.is_own
        ends = [d for d in (agreement.in_force_until, agreement.terminated_on) if d]
        begins = [agreement.signed_on, agreement.in_force_from]
        begun = all(d is not None and d <= self.day for d in begins)
        return ours and begun and all(self.day < end for end in ends)

    def _of_the_test(self) -> list[str]:
        standing = [
            t
            for t in self.house.tests
            if t.purpose_id == self.purpose.pk
            and t.state == "approved"
            and t.outcome in ("rely", "rely_with_safeguards")
            and self._holds(t.valid_from, t.superseded_at)
        ]
        if not standing:
            return ["balance_test_missing"]
        if all(t.review_on <= self.day for t in standing):
            return ["balance_test_expired"]
        return []

    # Of the contact -------------------------------------------------------------------------------

    def _of_the_contact(self, point: ContactPoint) -> list[str]:
        kinds = self._restricted(point)
        found = [
            c for c in ("undeliverable", "processing_restricted", "do_not_contact") if c in kinds
        ]
        if self._is_suppressed(point):
            found.append("suppressed")
        if (self.commercial and "objection" in kinds) or "objection_purpose" in kinds:
            found.append("objection")
        if self.commercial:
            minor_since = point.subject.minor_since
            found += ["minor"] if minor_since and minor_since <= self.day else []
            found += self._of_the_origin(point)
        return found

    def _of_the_origin(self, point: ContactPoint) -> list[str]:
        origins, found = self._origins(point), []
        if origins and all(self._is_untold(a) and a.due_on < self.day for a in origins):
            found.append("art14_overdue")
        if origins and all(
            a.source.kind == "purchased"
            and not (a.source.names_controller and a.source.proof_on <= self.day)
            for a in origins
        ):
            found.append("source_unproven")
        return found

    def _origins(self, point: ContactPoint) -> list[Acquisition]:
        return [a for a in self.house.acquisitions[point.pk] if a.obtained_on <= self.day]

    def _is_untold(self, acquisition: Acquisition) -> bool:
        informed = acquisition.informed_on is not None and acquisition.informed_on <= self.day
        return acquisition.source.kind in ("partner", "purchased") and not informed

    def _restricted(self, point: ContactPoint) -> set[str]:
        return {
            r.kind
            for r in self.house.stops[point.subject_id]
            if self._reaches(r, point)
            and self._stands(r)
            and not (r.kind == "undeliverable" and self._was_reached(point, r.effective_at))
        }

    def _reaches(self, stop: Restriction, point: ContactPoint) -> bool:
        of_the_person = stop.channel is None and stop.kind in (
            "objection",
            "objection_purpose",
            "processing_restricted",
        )
        return (
            (stop.contact_point_id == point.pk or of_the_person)
            and stop.channel in (None, self.channel)
            and stop.purpose_id in (None, self.purpose.pk)
        )

    def _stands(self, stop: Restriction) -> bool:
        lifted = any(
            r.recorded_at <= self.known_at and r.effective_at <= self.at
            for r in self.house.lifts[stop.pk]
        )
        known = stop.recorded_at <= self.known_at
        return (
            known
            and not stop.lifts_id
            and not lifted
            and self._holds(stop.effective_at, stop.until)
        )

    def _was_reached(self, point: ContactPoint, since: datetime) -> bool:
        return any(
            e.recorded_at <= self.known_at
            and since < e.occurred_at <= self.at
            and not any(s.recorded_at <= self.known_at for s in self.house.strikings[e.pk])
            for e in self.house.confirmations[point.pk]
        )

    def _is_suppressed(self, point: ContactPoint) -> bool:
        return any(
            s.recorded_at <= self.known_at
            and not s.lifts_id
            and not any(r.recorded_at <= self.known_at for r in self.house.entry_lifts[s.pk])
            and s.channel in (None, self.channel)
            and (s.scope == "all" or self.commercial)
            and not (s.until and s.until <= self.at)
            for s in self.house.entries[point.controller_id, point.hmac]
        )

    # Of the consent -------------------------------------------------------------------------------

    def _of_the_consent(self, point: ContactPoint) -> tuple[list[str], Act | None]:
        company = point.subject.kind == "company"
        requiring = [
            r
            for r in self.rules
            if self.commercial and r.consent_required and (r.protects == "everybody" or not company)
        ]
        if not requiring and (self.purpose.basis != "6-1-a" or company):
            return [], None
        state, give = folded(
            self.house.events[point.pk, self.purpose.pk, self.channel], self.at, self.known_at
        )
        if give is None or state != "given":
            return ["no_consent" if state == "none" else state], None
        return self._of_the_give(point, give.event, {r.regime for r in requiring}), give

    def _of_the_give(self, point: ContactPoint, give: ConsentEvent, regimes: set) -> list[str]:
        found = []
        wording_id = give.wording_id or self._shown(give)
        wording, named = self.house.wordings.get(wording_id, (None, set()))
        place = (self.purpose.pk, self.channel)
        if wording is None or (wording.purpose_id, wording.channel) != place:
            found.append("wording_unknown")
        else:
            if point.controller_id not in named:
                found.append("controller_not_named")
            worth = {self._worth(wording, regime, give) for regime in regimes or {"gdpr"}}
            if "defective" in worth:
                found.append("wording_defective")
            elif "pending" in worth:
                found.append("wording_pending")
        if give.giver == "third_party":
            found.append("giver_not_user")
        return found

    def _shown(self, give: ConsentEvent) -> int | None:
        shown = [
            s
            for s in self.house.shown[give.source_id, self.purpose.pk, self.channel]
            if s.shown_from <= give.occurred_at
            and not (s.shown_until and s.shown_until <= give.occurred_at)
        ]
        polish_first = sorted(shown, key=lambda s: (s.wording.language != "pl", s.pk))
        return polish_first[0].wording_id if polish_first else None

    def _worth(self, wording: ConsentWording, regime: str, give: ConsentEvent) -> str:
        reviews = [
            r
            for r in self.house.reviews[wording.pk, regime]
            if r.effective_from <= self.at and r.recorded_at <= self.known_at
        ]
        if reviews:
            return max(reviews, key=lambda r: (r.effective_from, r.recorded_at, r.pk)).outcome
        by_us = give.source.kind in ("own_form", "phone")
        return "ok" if by_us and wording.regime == regime else "pending"

    # What comes with a yes ------------------------------------------------------------------------

    def _obligations(self, point: ContactPoint) -> list[str]:
        origins = self._origins(point)
        made_with = [self.tool] if self.tool else self.tools_in_use
        beside = [t for t in self.tools_in_use if t.kind not in MAKING] if self.tool else []
        may_be_a_machine = self.tool or self.channel in ("automated_call", "messenger")
        applies = {
            "give_art14_notice": origins and all(map(self._is_untold, origins)),
            "tell_right_to_object": self.purpose.basis == "6-1-f",
            "announce_recording": self.channel in SPOKEN
            and any(t.records_calls for t in (*made_with, *beside)),
            "announce_ai": may_be_a_machine
            and any(t.kind in ("voicebot", "chatbot") for t in made_with),
            "mark_commercial": self.commercial and self.channel == "email",
        }
        return [code for code, holds in applies.items() if holds]


@lru_cache(maxsize=100_000)
def _key(kind: str, value: str) -> str | None:
    """The wrong kind for a letter is what could be dialled or mailed to."""
    try:
        key = normalise(kind, value).key
    except Unusable:
        return None
    others = ("phone", "email") if kind == "postal" else ()
    return None if any(_key(other, value) for other in others) else key
