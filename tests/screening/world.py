"""A house full of people in every state, made from a seed: what the verdicts are compared over."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from audit import bulk
from consents.choices import (
    FROM_OTHERS,
    Giver,
    RestrictionKind,
    ReviewOutcome,
    SourceKind,
    SubjectKind,
    SuppressionOrigin,
    SuppressionScope,
)
from consents.contacts import keyed_hmac, normalise
from consents.fold import refold
from consents.models import (
    Acquisition,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    NamedController,
    Restriction,
    SourceWording,
    Suppression,
    WordingReview,
    month_after,
)
from legitimate_interest.choices import RELYING, Outcome
from processing.choices import Basis, Campaign, Channel, Nature, Regime
from processing.models import Purpose
from processors.models import AutomationTool
from tests.factories import (
    ActivityFactory,
    AgreementFactory,
    OrganisationFactory,
    PurposeFactory,
    SourceFactory,
)
from tests.screening.registers import approved_test, tool_in_use, used_by

# Around both changes of law that the rules know, and after: 2024-11-10 is when the PKE came.
MOMENTS = [
    datetime(2024, 6, 1, 10, tzinfo=UTC),
    datetime(2024, 11, 9, 22, 59, tzinfo=UTC),
    datetime(2024, 11, 9, 23, 0, tzinfo=UTC),
    datetime(2025, 2, 1, 23, 30, tzinfo=UTC),
    datetime(2025, 3, 1, 12, tzinfo=UTC),
]
LATER = datetime(2025, 6, 1, tzinfo=UTC)
DAYS = [date(2024, 5, 2), date(2024, 10, 9), date(2025, 2, 1), date(2025, 2, 2)]
CHANNELS = [Channel.EMAIL, Channel.VOICE, Channel.SMS, Channel.POST]
KINDS = ("email", "phone", "postal")
BOXES = (
    "distinguishable",
    "not_conditional",
    "no_preticked_box",
    "told_of_withdrawal",
    "channels_apart",
    "controller_named",
    "meets_recital_171",
)
PROOF = {"evidence_id": 1, "evidence_sha256": "0" * 64}


# Houses of one test stand beside each other: no two have the same number.
STREET = itertools.count()
TOOLS = itertools.count()


class World:
    """``size`` people of two controllers and everything that was ever recorded of them."""

    def __init__(self, seed: int, size: int = 60) -> None:
        self.rng = random.Random(seed)
        self.controllers = [OrganisationFactory(), OrganisationFactory(client=True)]
        self.purposes = [self._purpose(n) for n in range(7)]
        self._agree()
        self._test_interests()
        self.tools = [self._tool(n) for n in range(4)]
        self.sources = [self._source(c, kind) for c in self.controllers for kind in SourceKind]
        self.wordings = [
            self._wording(p, c, n) for p in self.purposes for c in CHANNELS for n in (1, 2)
        ]
        self._show()
        self._review()
        self.points = self._people(size)
        for point in self.points:
            self._live(point)
        self._suppress()
        refold()

    # Registers -----------------------------------------------------------------------------------

    def _purpose(self, number: int) -> Purpose:
        basis, campaign, nature = (
            (Basis.CONSENT, Campaign.OFFER, Nature.COMMERCIAL),
            (Basis.LEGITIMATE_INTEREST, Campaign.OFFER, Nature.COMMERCIAL),
            (Basis.CONTRACT, Campaign.MATTER, Nature.SERVICE),
            (Basis.CONSENT, Campaign.MATTER, Nature.SERVICE),
            (Basis.CONSENT, Campaign.OFFER, Nature.COMMERCIAL),
            (Basis.LEGITIMATE_INTEREST, Campaign.CONSENT_REQUEST, Nature.COMMERCIAL),
            (Basis.CONSENT, Campaign.OFFER, Nature.COMMERCIAL),
        )[number]
        return PurposeFactory(
            activity=ActivityFactory(controller=self.controllers[number == 4]),
            basis=basis,
            campaign=campaign,
            nature=nature,
            active_until=MOMENTS[3] if number == 6 else None,
        )

    def _agree(self) -> None:
        """None at first; then it held for a while, and in some houses was made anew."""
        centre, client = self.controllers
        periods = [(DAYS[1], DAYS[2]), *([(DAYS[3], None)] if self.rng.random() < 0.5 else [])]
        for start, end in periods:
            AgreementFactory(
                controller=client,
                processor=centre,
                signed_on=start,
                in_force_from=start,
                in_force_until=end,
                complete=False,
            )

    def _test_interests(self) -> None:
        """One test outlived its review; another holds, waits, says no, or is not there."""
        old, other = (p for p in self.purposes if p.basis == Basis.LEGITIMATE_INTEREST)
        approved_test(old, MOMENTS[0], lasts=timedelta(days=self.rng.choice([90, 200])))
        if self.rng.random() < 0.7:
            outcome = self.rng.choice([*RELYING, Outcome.NOT_RELY])
            approved_test(other, self.rng.choice(MOMENTS[:4]), outcome=outcome)

    def _tool(self, number: int) -> AutomationTool:
        tool = tool_in_use(f"tool-{next(TOOLS)}", self.rng.choice(MOMENTS[:3]))
        for activity in {p.activity for p in self.purposes}:
            if self.rng.random() < 0.6:
                until = self.rng.choice([None, None, LATER, MOMENTS[4]])
                used_by(activity, tool, self.rng.choice(MOMENTS[:3]), until)
        return tool

    def _source(self, controller: Any, kind: str) -> LeadSource:
        proven = controller == self.controllers[1]
        return SourceFactory(
            controller=controller,
            kind=kind,
            vendor=OrganisationFactory(vendor=True) if kind in FROM_OTHERS else None,
            names_controller=proven,
            proof="nagranie" if proven else "",
            proof_on=DAYS[0] if proven else None,
        )

    def _wording(self, purpose: Purpose, channel: str, version: int) -> ConsentWording:
        wording = ConsentWording(
            purpose=purpose,
            channel=channel,
            language=self.rng.choice(["pl", "pl", "en"]),
            version=version,
            title="Zgoda",
            text="Zgadzam się.",
            regime=self.rng.choice([Regime.PKE398, Regime.PKE398, Regime.PT172, Regime.GDPR]),
        )
        wording.save()
        if self.rng.random() < 0.85:
            NamedController(wording=wording, organisation=purpose.activity.controller).save()
        return wording

    def _show(self) -> None:
        """Overlapping languages and gaps included."""
        for wording in self.wordings:
            for source in self.sources:
                if source.controller_id == wording.purpose.activity.controller_id:
                    start = self.rng.choice([datetime(2019, 1, 1, tzinfo=UTC), *MOMENTS[:3]])
                    until = self.rng.choice([None, MOMENTS[2], MOMENTS[3], LATER])
                    if self.rng.random() < 0.6 and (until is None or until > start):
                        SourceWording(
                            source=source, wording=wording, shown_from=start, shown_until=until
                        ).save()

    def _review(self) -> None:
        for wording in self.wordings:
            for _ in range(self.rng.choice([0, 0, 1, 3])):
                WordingReview(
                    wording=wording,
                    regime=self.rng.choice(
                        [Regime.PKE398, Regime.PKE398, Regime.GDPR, Regime.PT172]
                    ),
                    outcome=self.rng.choice(ReviewOutcome.values),
                    effective_from=self.rng.choice(MOMENTS),
                    recorded_at=self.rng.choice(MOMENTS),
                    **dict.fromkeys(BOXES, True),
                ).save()

    # People --------------------------------------------------------------------------------------

    def _people(self, size: int) -> list[ContactPoint]:
        """Some numbers are held by several people one after another."""
        subjects = bulk.create(
            DataSubject(
                controller=self.controllers[n % 6 == 5],
                kind=self.rng.choice([*SubjectKind.values, SubjectKind.PERSON, SubjectKind.PERSON]),
                minor_since=self.rng.choice([None] * 9 + [DAYS[2]]),
            )
            for n in range(size)
        )
        points = []
        for number, subject in zip(STREET, subjects, strict=False):
            for kind in KINDS:
                holders = self.rng.choice([1, 1, 1, 1, 2, 3])
                for retired_at in [*sorted(self.rng.sample(MOMENTS, holders - 1)), None]:
                    points.append(self._point(subject, kind, number, retired_at))
        return bulk.create(points)

    def _point(self, subject: DataSubject, kind: str, number: int, retired_at: Any) -> ContactPoint:
        value = {
            "email": f"osoba{number}@poczta.example",
            "phone": f"+48601{number:06d}",
            "postal": f"ul. Prosta {number}, Kraków",
        }[kind]
        key = normalise(kind, value).key
        return ContactPoint(
            controller=subject.controller,
            subject=subject,
            kind=kind,
            value=value,
            key=key,
            hmac=keyed_hmac(kind, key),
            retired_at=retired_at,
            retired_for="reassigned" if retired_at else "",
        )

    # What was recorded ---------------------------------------------------------------------------

    def _live(self, point: ContactPoint) -> None:
        own = [p for p in self.purposes if p.activity.controller_id == point.controller_id]
        channels = [
            c
            for c in CHANNELS
            if {"voice": "phone", "sms": "phone", "post": "postal"}.get(c, c) == point.kind
        ]
        sources = [s for s in self.sources if s.controller_id == point.controller_id]
        for purpose in own:
            for channel in channels:
                if self.rng.random() < 0.8:
                    self._speak(point, purpose, channel, sources)
        if self.rng.random() < 0.4:
            self._restrict(point, own, channels)
        for source in self.rng.sample(sources, self.rng.choice([0, 1, 1, 2])):
            self._acquire(point, source)

    def _speak(self, point: ContactPoint, purpose: Purpose, channel: str, sources: list) -> None:
        told: set[tuple] = set()
        for _ in range(self.rng.choice([1, 1, 1, 2, 4])):
            event = ConsentEvent(
                contact_point=point,
                purpose=purpose,
                channel=channel,
                kind=self.rng.choice(["given"] * 6 + ["refused", "withdrawn"]),
                occurred_at=self.rng.choice(MOMENTS) - timedelta(hours=self.rng.choice([0, 0, 5])),
                recorded_at=self.rng.choice(MOMENTS),
                own_time=self.rng.random() < 0.8,
                giver=self.rng.choice([Giver.USER] * 8 + [Giver.THIRD_PARTY]),
                source=self.rng.choice(sources),
                method="form",
                **PROOF,
            )
            identity = (event.kind, event.occurred_at, event.source_id, event.own_time)
            if identity not in told:
                told.add(identity)
                self._tell(event)

    def _tell(self, event: ConsentEvent) -> None:
        if event.kind == "given":
            event.needs_confirmation = self.rng.random() < 0.2
            event.valid_until = self.rng.choice([None] * 5 + [MOMENTS[3], LATER])
            if self.rng.random() < 0.4:
                event.wording = self.rng.choice(self._wordings_for(event))
        event.save()
        if event.kind == "given" and self.rng.random() < 0.3:
            self._follow(event, self.rng.choice(["confirmed", "confirmed", "invalidated"]))

    def _wordings_for(self, event: ConsentEvent) -> list[ConsentWording]:
        """Of its purpose and channel, and now and then a stray one."""
        if self.rng.random() < 0.05:
            return self.wordings
        return [
            w
            for w in self.wordings
            if (w.purpose_id, w.channel) == (event.purpose_id, event.channel)
        ]

    def _follow(self, event: ConsentEvent, kind: str) -> None:
        following = ConsentEvent.objects.create(
            contact_point=event.contact_point,
            purpose=event.purpose,
            channel=event.channel,
            kind=kind,
            occurred_at=self.rng.choice(MOMENTS),
            recorded_at=self.rng.choice(MOMENTS),
            about=event,
            source=event.source,
            method="link",
            **PROOF,
        )
        if kind == "confirmed" and self.rng.random() < 0.2:
            self._follow(following, "invalidated")

    def _restrict(self, point: ContactPoint, purposes: list, channels: list) -> None:
        kind = self.rng.choice([*RestrictionKind.values, RestrictionKind.UNDELIVERABLE])
        named = kind == RestrictionKind.OBJECTION_PURPOSE or self.rng.random() < 0.2
        restriction = Restriction.objects.create(
            contact_point=point,
            kind=kind,
            channel=self.rng.choice([None, None, *channels]),
            purpose=self.rng.choice(purposes) if named else None,
            effective_at=self.rng.choice(MOMENTS),
            until=self.rng.choice([None, None, LATER, MOMENTS[4]]),
            recorded_at=self.rng.choice(MOMENTS),
        )
        if self.rng.random() < 0.3:
            Restriction.objects.create(
                contact_point=point,
                kind=kind,
                channel=restriction.channel,
                purpose=restriction.purpose,
                effective_at=self.rng.choice(MOMENTS),
                recorded_at=self.rng.choice(MOMENTS),
                lifts=restriction,
                reason="na prośbę osoby",
            )

    def _acquire(self, point: ContactPoint, source: LeadSource) -> None:
        obtained_on = self.rng.choice(DAYS)
        informed_on = self.rng.choice([None, None, date(2025, 2, 2)])
        Acquisition(
            contact_point=point,
            source=source,
            obtained_on=obtained_on,
            due_on=month_after(obtained_on) if source.kind in FROM_OTHERS else None,
            informed_on=informed_on,
        ).save()

    def _suppress(self) -> None:
        for point in self.rng.sample(self.points, len(self.points) // 8):
            facts = {
                "controller": self.rng.choice(self.controllers),
                "hmac": point.hmac,
                "channel": self.rng.choice([None, *CHANNELS]),
                "scope": self.rng.choice(SuppressionScope.values),
                "origin": SuppressionOrigin.DO_NOT_CALL,
                "until": self.rng.choice([None, None, MOMENTS[4], LATER]),
            }
            if Suppression.objects.filter(**facts).exists():
                continue
            entry = Suppression.objects.create(recorded_at=self.rng.choice(MOMENTS), **facts)
            if self.rng.random() < 0.3:
                Suppression.objects.create(
                    recorded_at=self.rng.choice(MOMENTS), lifts=entry, reason="pomyłka", **facts
                )
