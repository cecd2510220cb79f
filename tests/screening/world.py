"""A house full of people in every state, made from a seed: what the verdicts are compared over."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from audit import bulk
from audit.sql import refresh_statistics
from consents.choices import FROM_OTHERS, ReviewOutcome, SourceKind
from consents.fold import refold
from consents.models import (
    Acquisition,
    Consent,
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
)
from legitimate_interest.choices import RELYING, Outcome
from processing.choices import Basis, Campaign, Channel, Nature, Regime
from processing.models import Purpose
from processors.choices import ToolKind, ToolState
from processors.models import AutomationTool
from tests.factories import (
    ActivityFactory,
    AgreementFactory,
    OrganisationFactory,
    PurposeFactory,
    SourceFactory,
    UserFactory,
)
from tests.screening.lives import DAYS, LATER, MOMENTS, Lives
from tests.screening.registers import approved_test, tool_in_use, used_by

CHANNELS = [Channel.EMAIL, Channel.VOICE, Channel.SMS, Channel.MESSENGER, Channel.POST]
BOXES = (
    "distinguishable",
    "not_conditional",
    "no_preticked_box",
    "told_of_withdrawal",
    "channels_apart",
    "controller_named",
    "meets_recital_171",
)
REGIMES = (Regime.PKE398, Regime.PKE398, Regime.GDPR, Regime.PT172, Regime.USUDE10)
TEXT = "Zgadzam się."
HELD = (Acquisition, Consent, ConsentEvent, ContactPoint, DataSubject, Restriction, Suppression)

# Houses of one test stand beside each other: no two have a tool of the same name.
TOOLS = itertools.count()


class World:
    """``size`` people of two controllers and everything that was ever recorded of them."""

    def __init__(self, seed: int, size: int = 60) -> None:
        self.rng = random.Random(seed)
        self.controllers = [OrganisationFactory(), OrganisationFactory(client=True)]
        self.purposes = [self._purpose(n) for n in range(8)]
        self._agree()
        self._test_interests()
        self.tools = [self._tool(n) for n in range(4)]
        self.sources = [self._source(c, kind) for c in self.controllers for kind in SourceKind]
        self.wordings = self._wordings()
        self._show()
        self._review()
        lives = Lives(self.rng, self.controllers, self.purposes, self.sources, self.wordings)
        self.points = lives.of(size)
        refold()
        # Nobody analyses within a transaction, and a planner that takes the house for empty joins
        # all its events row by row.
        refresh_statistics(*HELD)

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
            (Basis.CONTRACT, Campaign.SURVEY, Nature.SERVICE),
        )[number]
        return PurposeFactory(
            activity=ActivityFactory(controller=self.controllers[number == 4]),
            basis=basis,
            campaign=campaign,
            nature=nature,
            active_from=MOMENTS[1] if number == 6 else datetime(2018, 5, 25, tzinfo=UTC),
            active_until=MOMENTS[3] if number == 6 else None,
            **(self._approval() if campaign == Campaign.SURVEY else {}),
        )

    def _approval(self) -> dict[str, Any]:
        """A survey was commercial until that day."""
        return {
            "service_reason": "Badamy tylko obsługę zgłoszenia.",
            "service_opinion": "Bez zastrzeżeń.",
            "service_approved_by": UserFactory(approver=True),
            "service_approved_at": self.rng.choice(MOMENTS[1:4]),
        }

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
        facts: dict[str, Any] = {
            "kind": self.rng.choice([ToolKind.DIALLER, ToolKind.VOICEBOT, ToolKind.CRM]),
            "records_calls": self.rng.random() < 0.4,
        }
        if self.rng.random() < 0.3:
            retired = {"state": ToolState.RETIRED, "retired_at": MOMENTS[4]}
            facts |= {**retired, "retired_by": UserFactory(approver=True)}
        tool = tool_in_use(f"tool-{next(TOOLS)}", self.rng.choice(MOMENTS[:3]), **facts)
        for activity in dict.fromkeys(p.activity for p in self.purposes):
            if self.rng.random() < 0.6:
                until = self.rng.choice([None, None, LATER, MOMENTS[4]])
                used_by(activity, tool, self.rng.choice(MOMENTS[:3]), until)
        return tool

    def _source(self, controller: Any, kind: str) -> LeadSource:
        proven = controller == self.controllers[1] or self.rng.random() < 0.5
        return SourceFactory(
            controller=controller,
            kind=kind,
            vendor=OrganisationFactory(vendor=True) if kind in FROM_OTHERS else None,
            names_controller=proven,
            proof="nagranie" if proven else "",
            proof_on=self.rng.choice(DAYS[1:]) if proven else None,
        )

    def _wordings(self) -> list[ConsentWording]:
        wordings = bulk.create(
            ConsentWording(
                purpose=purpose,
                channel=channel,
                language=self.rng.choice(["pl", "pl", "en"]),
                version=version,
                title="Zgoda",
                text=TEXT,
                sha256=sha256(TEXT.encode()).hexdigest(),
                regime=self.rng.choice(REGIMES),
            )
            for purpose in self.purposes
            for channel in CHANNELS
            for version in (1, 2)
        )
        bulk.create(
            NamedController(wording=w, organisation=self._named(w))
            for w in wordings
            if self.rng.random() < 0.9
        )
        return wordings

    def _named(self, wording: ConsentWording) -> Any:
        """Its own controller, and now and then the other one alone."""
        own = wording.purpose.activity.controller
        return own if self.rng.random() < 0.9 else next(c for c in self.controllers if c != own)

    def _show(self) -> None:
        """Overlapping languages and gaps included."""
        shown = []
        for wording in self.wordings:
            for source in self.sources:
                if source.controller_id == wording.purpose.activity.controller_id:
                    start = self.rng.choice([datetime(2019, 1, 1, tzinfo=UTC), *MOMENTS[:3]])
                    until = self.rng.choice([None, MOMENTS[2], MOMENTS[3], LATER])
                    if self.rng.random() < 0.6 and (until is None or until > start):
                        shown.append(
                            SourceWording(
                                source=source,
                                wording=wording,
                                shown_from=start,
                                shown_until=until,
                            )
                        )
        bulk.create(shown)

    def _review(self) -> None:
        WordingReview.objects.bulk_create(
            WordingReview(
                wording=wording,
                regime=self.rng.choice(REGIMES),
                outcome=self.rng.choice([*ReviewOutcome.values, *[ReviewOutcome.OK] * 4]),
                effective_from=self.rng.choice(MOMENTS[:3]),
                recorded_at=self.rng.choice(MOMENTS),
                **dict.fromkeys(BOXES, True),
            )
            for wording in self.wordings
            for _ in range(self.rng.choice([0, 0, 1, 5]))
        )
