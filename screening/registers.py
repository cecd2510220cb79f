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
from consents.models import ConsentWording, LeadSource, SourceWording
from legitimate_interest.models import BalanceTest
from notices.models import NoticeVersion
from processing.choices import Basis
from processing.models import ChannelRule, Purpose
from processors.models import AutomationTool
from screening.rows import QUERIES, Told


@dataclass(frozen=True)
class Registers:
    """The registers as dated at ``at``; reviews, which are acts, as known at ``known_at`` too.

    ``told`` has their rows, where all have been read at once.
    """

    at: datetime
    known_at: datetime
    purposes: tuple[Purpose, ...] = field(repr=False)
    told: Told | None = field(default=None, repr=False)

    def _rows(self, name: str) -> Iterable[Any]:
        return QUERIES[name](self) if self.told is None else self.told.rows[name]

    @cached_property
    def day(self) -> date:
        return local_day(self.at)

    @cached_property
    def controllers(self) -> set[int]:
        return {purpose.activity.controller_id for purpose in self.purposes}

    @cached_property
    def activities(self) -> set[int]:
        return {purpose.activity_id for purpose in self.purposes}

    @property
    def interests(self) -> list[Purpose]:
        """The purposes that rest on Art. 6(1)(f): only those have balance tests to rest on."""
        return [p for p in self.purposes if p.basis == Basis.LEGITIMATE_INTEREST]

    # The law and the purpose ----------------------------------------------------------------------

    @cached_property
    def rules(self) -> dict[str, tuple[ChannelRule, ...]]:
        """In force, by channel."""
        found = _by("channel", self._rows("rules"))
        return {channel: tuple(rules) for channel, rules in found.items()}

    @cached_property
    def instructed(self) -> set[int]:
        """Controllers with whom an agreement is in force, by which they entrust data to us."""
        return {agreement.controller_id for agreement in self._rows("agreements")}

    @cached_property
    def balance_tests(self) -> dict[int, BalanceTest]:
        """The approved tests that purposes rest on; the newest, where there are several."""
        resting = {purpose.pk for purpose in self.interests}
        return {t.purpose_id: t for t in self._rows("tests") if t.purpose_id in resting}

    @cached_property
    def outlived(self) -> set[int]:
        """Purposes whose test still stands, but its review has passed."""
        resting = {purpose.pk for purpose in self.interests}
        return {test.purpose_id for test in self._rows("outlived")} & resting

    @cached_property
    def notices(self) -> dict[int, NoticeVersion]:
        """What people were told of each purpose; the newest, where several notices name it."""
        return {each.purpose_id: each.version for each in self._rows("notices")}

    @cached_property
    def tools(self) -> dict[int, list[AutomationTool]]:
        """Tools in use, by the activity that has them."""
        found: dict[int, list[AutomationTool]] = defaultdict(list)
        for part in self._rows("tools"):
            if part.tool not in found[part.activity_id]:
                found[part.activity_id].append(part.tool)
        return found

    # Sources and texts ----------------------------------------------------------------------------

    @cached_property
    def sources(self) -> dict[int, list[LeadSource]]:
        """By controller."""
        return _by("controller_id", self._rows("sources"))

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
        return _placed(self._rows("wordings"))

    @cached_property
    def named(self) -> set[tuple[int, int]]:
        """Wordings, each with the controllers that it names."""
        return {(named.wording_id, named.organisation_id) for named in self._rows("named")}

    @cached_property
    def shown(self) -> dict[int, list[SourceWording]]:
        """By source, the preferred one first where several were shown."""
        return _by("source_id", self._rows("shown"))

    @cached_property
    def outcomes(self) -> dict[tuple[int, str], str]:
        """Of the latest review of each wording under each regime."""
        latest: dict[tuple[int, str], str] = {}
        for review in self._rows("reviews"):
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
