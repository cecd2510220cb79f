"""The verdict once more, row by row, written from verdict.md alone: what the SQL is held against.

Slow on purpose: plain Python over all rows of the house, its own fold included.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
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


@dataclass
class House:
    """Every row that a verdict may ask about, read once."""

    points: list = field(
        default_factory=lambda: list(ContactPoint.objects.select_related("subject"))
    )
    rules: list = field(default_factory=lambda: list(ChannelRule.objects.all()))
    wordings: dict = field(
        default_factory=lambda: {
            w.pk: (w, {n.organisation_id for n in w.named.all()})
            for w in ConsentWording.objects.prefetch_related("named")
        }
    )
    shown: list = field(
        default_factory=lambda: list(SourceWording.objects.select_related("wording"))
    )
    reviews: list = field(default_factory=lambda: list(WordingReview.objects.all()))
    restrictions: list = field(
        default_factory=lambda: list(Restriction.objects.select_related("contact_point"))
    )
    suppressions: list = field(default_factory=lambda: list(Suppression.objects.all()))
    agreements: list = field(
        default_factory=lambda: list(ProcessingAgreement.objects.select_related("processor"))
    )
    tests: list = field(default_factory=lambda: list(BalanceTest.objects.all()))
    uses: list = field(default_factory=lambda: list(ActivityTool.objects.select_related("tool")))

    def __post_init__(self) -> None:
        self.events: dict[int, list[ConsentEvent]] = defaultdict(list)
        for event in ConsentEvent.objects.select_related("source"):
            self.events[event.contact_point_id].append(event)
        self.acquisitions: dict[int, list[Acquisition]] = defaultdict(list)
        for acquisition in Acquisition.objects.select_related("source"):
            self.acquisitions[acquisition.contact_point_id].append(acquisition)
        self.by_key: dict[tuple, list[ContactPoint]] = defaultdict(list)
        for point in self.points:
            self.by_key[point.controller_id, point.kind, point.key].append(point)

    # The contact ---------------------------------------------------------------------------------

    def holder(self, controller: int, kind: str, key: str, at: datetime) -> ContactPoint | None:
        live = [
            p
            for p in self.by_key[controller, kind, key]
            if not (p.retired_at and p.retired_at <= at)
        ]
        return min(live, key=lambda p: p.retired_at or NEVER) if live else None

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

    # The verdict ---------------------------------------------------------------------------------

    def reasons(
        self,
        purpose: Purpose,
        channel: str,
        value: str,
        at: datetime,
        known_at: datetime,
        tool: AutomationTool | None = None,
    ) -> list[str]:
        day = at.astimezone(WARSAW).date()
        rules = [
            r
            for r in self.rules
            if r.channel == channel
            and r.valid_from <= day
            and (not r.valid_until or day < r.valid_until)
        ]
        found = []
        if at < purpose.active_from or (purpose.active_until and purpose.active_until <= at):
            found.append("purpose_inactive")
        found += self._of_the_registers(purpose, at, day, tool)
        if purpose.campaign == "consent_request" and any(r.consent_required for r in rules):
            found.append("consent_request_blocked")
        key = _key(KINDS[channel], value)
        if key is None:
            return [*found, "invalid_contact"]
        point = self.holder(purpose.activity.controller_id, KINDS[channel], key, at)
        if point is None:
            return [*found, "unknown_contact"]
        found += self._of_the_contact(purpose, channel, point, at, known_at, day)
        return found + self._of_the_consent(purpose, channel, point, at, known_at, rules)

    def _of_the_registers(self, purpose, at, day: date, tool) -> list[str]:
        found = []
        controller = purpose.activity.controller
        if not controller.is_own and not any(
            a.controller_id == controller.pk and a.processor.is_own and _binds(a, day)
            for a in self.agreements
        ):
            found.append("no_instruction")
        if purpose.basis == "6-1-f":
            standing = [
                t
                for t in self.tests
                if t.purpose_id == purpose.pk
                and t.state == "approved"
                and t.outcome in ("rely", "rely_with_safeguards")
                and t.valid_from <= at
                and not (t.superseded_at and t.superseded_at <= at)
            ]
            if not standing:
                found.append("balance_test_missing")
            elif all(t.review_on <= day for t in standing):
                found.append("balance_test_expired")
        if tool and not any(
            use.tool_id == tool.pk
            and use.activity_id == purpose.activity_id
            and use.since <= at
            and not (use.until and use.until <= at)
            and tool.in_use_from
            and tool.in_use_from <= at
            and not (tool.retired_at and tool.retired_at <= at)
            for use in self.uses
        ):
            found.append("tool_not_in_use")
        return found

    def _of_the_contact(self, purpose, channel, point, at, known_at, day: date) -> list[str]:
        commercial = purpose.nature == "commercial"
        kinds = self._restrictions(purpose, channel, point, at, known_at)
        found = [
            c for c in ("undeliverable", "processing_restricted", "do_not_contact") if c in kinds
        ]
        if self._suppressed(commercial, channel, point, at, known_at):
            found.append("suppressed")
        if (commercial and "objection" in kinds) or "objection_purpose" in kinds:
            found.append("objection")
        if commercial and point.subject.minor_since and point.subject.minor_since <= day:
            found.append("minor")
        origins = [a for a in self.acquisitions[point.pk] if a.obtained_on <= day]
        if commercial and origins:
            if all(_from_others(a) and not _informed(a, day) and a.due_on < day for a in origins):
                found.append("art14_overdue")
            if all(a.source.kind == "purchased" and not a.source.names_controller for a in origins):
                found.append("source_unproven")
        return found

    def _restrictions(self, purpose, channel, point, at, known_at) -> set[str]:
        lifted = {
            r.lifts_id
            for r in self.restrictions
            if r.lifts_id and r.recorded_at <= known_at and r.effective_at <= at
        }
        kinds = set()
        for r in self.restrictions:
            stands = (
                not r.lifts_id
                and r.pk not in lifted
                and r.recorded_at <= known_at
                and r.effective_at <= at
                and not (r.until and r.until <= at)
            )
            in_scope = r.channel in (None, channel) and r.purpose_id in (None, purpose.pk)
            of_the_person = (
                r.kind in ("objection", "objection_purpose", "processing_restricted")
                and r.channel is None
                and r.contact_point.subject_id == point.subject_id
            )
            if not (stands and in_scope and (r.contact_point_id == point.pk or of_the_person)):
                continue
            if r.kind == "undeliverable" and self._reached(point, r.effective_at, at, known_at):
                continue
            kinds.add(r.kind)
        return kinds

    def _reached(self, point, since, at, known_at) -> bool:
        known = [e for e in self.events[point.pk] if e.recorded_at <= known_at]
        struck = {e.about_id for e in known if e.kind == "invalidated"}
        return any(
            e.kind == "confirmed" and since < e.occurred_at <= at and e.pk not in struck
            for e in known
        )

    def _suppressed(self, commercial, channel, point, at, known_at) -> bool:
        known = [s for s in self.suppressions if s.recorded_at <= known_at]
        lifted = {s.lifts_id for s in known if s.lifts_id}
        return any(
            not s.lifts_id
            and s.pk not in lifted
            and s.controller_id == point.controller_id
            and s.hmac == point.hmac
            and s.channel in (None, channel)
            and (s.scope == "all" or commercial)
            and not (s.until and s.until <= at)
            for s in known
        )

    def give(self, purpose: Purpose, channel: str, value: str, at: datetime, known_at: datetime):
        """The consent that the state of ``value`` rests on, whatever it is worth."""
        key = normalise(KINDS[channel], value).key
        point = self.holder(purpose.activity.controller_id, KINDS[channel], key, at)
        return self._state(purpose, channel, point, at, known_at)[1]

    def _of_the_consent(self, purpose, channel, point, at, known_at, rules) -> list[str]:
        company = point.subject.kind == "company"
        requiring = [
            r
            for r in rules
            if purpose.nature == "commercial"
            and r.consent_required
            and (r.protects == "everybody" or not company)
        ]
        if not requiring and (purpose.basis != "6-1-a" or company):
            return []
        state, give = self._state(purpose, channel, point, at, known_at)
        if state != "given":
            return ["no_consent" if state == "none" else state]
        found = []
        wording_id = give.wording_id or self._shown(purpose, channel, give)
        wording, named = self.wordings.get(wording_id, (None, set()))
        if wording is None or (wording.purpose_id, wording.channel) != (purpose.pk, channel):
            found.append("wording_unknown")
        else:
            if point.controller_id not in named:
                found.append("controller_not_named")
            regimes = {r.regime for r in requiring} or {"gdpr"}
            worth = {self._worth(wording, regime, give, at, known_at) for regime in regimes}
            if "defective" in worth:
                found.append("wording_defective")
            elif "pending" in worth:
                found.append("wording_pending")
        if give.giver == "third_party":
            found.append("giver_not_user")
        return found

    def _shown(self, purpose, channel, give) -> int | None:
        shown = [
            s
            for s in self.shown
            if s.source_id == give.source_id
            and s.wording.purpose_id == purpose.pk
            and s.wording.channel == channel
            and s.shown_from <= give.occurred_at
            and not (s.shown_until and s.shown_until <= give.occurred_at)
        ]
        polish_first = sorted(shown, key=lambda s: (s.wording.language != "pl", s.pk))
        return polish_first[0].wording_id if polish_first else None

    def _worth(self, wording, regime, give, at, known_at) -> str:
        reviews = [
            r
            for r in self.reviews
            if r.wording_id == wording.pk
            and r.regime == regime
            and r.effective_from <= at
            and r.recorded_at <= known_at
        ]
        if reviews:
            return max(reviews, key=lambda r: (r.effective_from, r.recorded_at, r.pk)).outcome
        by_us = give.source.kind in ("own_form", "phone")
        return "ok" if by_us and wording.regime == regime else "pending"

    # The fold ------------------------------------------------------------------------------------

    def _state(self, purpose, channel, point, at, known_at) -> tuple[str, ConsentEvent | None]:
        taken = [
            e
            for e in self.events[point.pk]
            if e.purpose_id == purpose.pk
            and e.channel == channel
            and e.recorded_at <= known_at
            and (e.kind == "invalidated" or e.occurred_at <= at)
        ]
        by_id = {e.pk: e for e in taken}
        struck = {
            _act(by_id[e.about_id])
            for e in taken
            if e.kind == "invalidated" and e.about_id in by_id
        }
        held = [e for e in taken if e.kind != "invalidated" and _act(e) not in struck]
        confirmed = {
            _act(by_id[e.about_id]) for e in held if e.kind == "confirmed" and e.about_id in by_id
        }
        acts: dict[tuple, list[ConsentEvent]] = defaultdict(list)
        for event in held:
            if event.kind != "confirmed":
                acts[_act(event)].append(event)
        ordered = sorted(acts.values(), key=_order)
        if not ordered:
            return "none", None
        if ordered[-1][0].kind != "given":
            return ordered[-1][0].kind, ordered[-1][0]
        while ordered and ordered[-1][0].kind == "given":
            tellings = ordered.pop()
            if not any(e.needs_confirmation for e in tellings) or _act(tellings[0]) in confirmed:
                told = min(
                    tellings, key=lambda e: (e.valid_until or NEVER, not e.needs_confirmation, e.pk)
                )
                expired = min(e.valid_until or NEVER for e in tellings) <= at
                return ("expired" if expired else "given"), told
        return "unconfirmed", None


def _key(kind: str, value: str) -> str | None:
    """The wrong kind for a letter is what could be dialled or mailed to."""
    try:
        key = normalise(kind, value).key
    except Unusable:
        return None
    others = ("phone", "email") if kind == "postal" else ()
    return None if any(_key(other, value) for other in others) else key


def _binds(agreement: ProcessingAgreement, day: date) -> bool:
    ends = [d for d in (agreement.in_force_until, agreement.terminated_on) if d]
    begun = (
        agreement.signed_on
        and agreement.in_force_from
        and (agreement.signed_on <= day and agreement.in_force_from <= day)
    )
    return bool(begun) and all(day < end for end in ends)


def _from_others(acquisition: Acquisition) -> bool:
    return acquisition.source.kind in ("partner", "purchased")


def _informed(acquisition: Acquisition, day: date) -> bool:
    return acquisition.informed_on is not None and acquisition.informed_on <= day


def _act(event: ConsentEvent) -> tuple:
    return (event.kind, event.occurred_at, event.source_id, event.own_time, event.about_id)


def _order(tellings: list[ConsentEvent]) -> tuple:
    first = tellings[0]
    flagged = first.kind == "given" and not first.own_time
    rank = {"given": 0, "refused": 1, "withdrawn": 2}[first.kind]
    ends = min(e.valid_until or NEVER for e in tellings)
    return (not flagged, first.occurred_at, rank, -ends.timestamp(), first.source.slug)
