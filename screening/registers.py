"""What the registers said at a moment, read once for all the purposes that are asked about.

The verdict on one contact and the page of a whole house ask alike: each register is one query.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from consents.choices import FROM_OTHERS, SourceKind
from consents.models import (
    ConsentWording,
    LeadSource,
    NamedController,
    SourceWording,
    WordingReview,
)
from legitimate_interest.choices import RELYING
from legitimate_interest.models import BalanceTest
from notices.models import NoticeVersion, VersionPurpose
from processing.choices import Basis
from processing.models import ActivityTool, ChannelRule, Purpose
from processors.models import AutomationTool, ProcessingAgreement


@dataclass(frozen=True)
class Registers:
    """The registers as dated at ``at``; reviews, which are acts, as known at ``known_at`` too."""

    at: datetime
    known_at: datetime
    purposes: tuple[Purpose, ...] = field(repr=False)

    @cached_property
    def day(self) -> date:
        return local_day(self.at)

    @cached_property
    def controllers(self) -> set[int]:
        return {purpose.activity.controller_id for purpose in self.purposes}

    # The law and the purpose ----------------------------------------------------------------------

    @cached_property
    def rules(self) -> dict[str, tuple[ChannelRule, ...]]:
        """In force, by channel."""
        found = _by("channel", ChannelRule.objects.in_force(self.day))
        return {channel: tuple(rules) for channel, rules in found.items()}

    @cached_property
    def instructed(self) -> set[int]:
        """Controllers with whom an agreement is in force, by which they entrust data to us."""
        agreements = ProcessingAgreement.objects.taken().in_force(self.day)
        named = agreements.filter(controller__in=self.controllers)
        return set(named.order_by().values_list("controller", flat=True))

    @cached_property
    def balance_tests(self) -> dict[int, BalanceTest]:
        """The approved tests that purposes rest on; the newest, where there are several."""
        current = BalanceTest.objects.current(self.at).filter(purpose__in=self._interests)
        return {test.purpose_id: test for test in current.order_by("version")}

    @cached_property
    def outlived(self) -> set[int]:
        """Purposes whose test still stands, but its review has passed."""
        tests = BalanceTest.objects.expired(self.at).filter(outcome__in=RELYING)
        named = tests.filter(purpose__in=self._interests)
        return set(named.order_by().values_list("purpose", flat=True))

    @property
    def _interests(self) -> list[Purpose]:
        return [p for p in self.purposes if p.basis == Basis.LEGITIMATE_INTEREST]

    @cached_property
    def notices(self) -> dict[int, NoticeVersion]:
        """What people were told of each purpose; the newest, where several notices name it."""
        named = VersionPurpose.objects.filter(
            purpose__in=self.purposes, version__in=NoticeVersion.objects.in_force(self.at)
        ).select_related("version__notice")
        newest = named.order_by("version__effective_from", "version_id")
        return {each.purpose_id: each.version for each in newest}

    @cached_property
    def tools(self) -> dict[int, list[AutomationTool]]:
        """Tools in use, by the activity that has them."""
        activities = {purpose.activity_id for purpose in self.purposes}
        parts = ActivityTool.objects.running(self.at).filter(
            activity__in=activities, tool__in=AutomationTool.objects.in_use(self.at)
        )
        found: dict[int, list[AutomationTool]] = defaultdict(list)
        for part in parts.select_related("tool").order_by("tool__name", "tool_id"):
            if part.tool not in found[part.activity_id]:
                found[part.activity_id].append(part.tool)
        return found

    # Sources and texts ----------------------------------------------------------------------------

    @cached_property
    def sources(self) -> dict[int, list[LeadSource]]:
        """By controller."""
        return _by("controller_id", LeadSource.objects.filter(controller__in=self.controllers))

    def others(self, controller: int) -> list[LeadSource]:
        """Sources by which data come from others than the person (Art. 14)."""
        return [s for s in self.sources.get(controller, ()) if s.kind in FROM_OTHERS]

    def unproven(self, controller: int) -> list[LeadSource]:
        """Purchases without proof by then that people agreed to this controller (Art. 7(1))."""
        bought = (s for s in self.others(controller) if s.kind == SourceKind.PURCHASED)
        return [s for s in bought if not (s.names_controller and _by_day(s.proof_on, self.day))]

    @cached_property
    def wordings(self) -> dict[tuple[int, str], list[ConsentWording]]:
        """By purpose and channel."""
        return _placed(ConsentWording.objects.filter(purpose__in=self.purposes).order_by("pk"))

    @cached_property
    def named(self) -> set[tuple[int, int]]:
        """Wordings, each with the controllers that it names."""
        rows = NamedController.objects.filter(wording__purpose__in=self.purposes)
        return set(rows.order_by().values_list("wording", "organisation"))

    @cached_property
    def shown(self) -> dict[int, list[SourceWording]]:
        """By source, the preferred one first where several were shown."""
        rows = SourceWording.objects.filter(wording__purpose__in=self.purposes)
        return _by("source_id", rows.select_related("wording").preferred())

    @cached_property
    def outcomes(self) -> dict[tuple[int, str], str]:
        """Of the latest review of each wording under each regime."""
        reviews = WordingReview.objects.known(self.at, self.known_at)
        latest: dict[tuple[int, str], str] = {}
        for review in reviews.filter(wording__purpose__in=self.purposes):
            latest.setdefault((review.wording_id, review.regime), review.outcome)
        return latest


def _by(name: str, rows: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return dict(found)


def _placed(wordings: Iterable[ConsentWording]) -> dict[tuple[int, str], list[ConsentWording]]:
    found: dict[tuple[int, str], list[ConsentWording]] = defaultdict(list)
    for wording in wordings:
        found[wording.purpose_id, wording.channel].append(wording)
    return dict(found)


def _by_day(day: date | None, asked: date) -> bool:
    return day is not None and day <= asked


def local_day(moment: datetime) -> date:
    """The calendar day of ``moment`` in the house's own time zone."""
    return timezone.localdate(moment, timezone.get_default_timezone())
