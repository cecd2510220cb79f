"""What the registers say about purposes, gathered for any number of notices in few queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from legitimate_interest.models import BalanceTest
from notices.choices import Article
from processing.choices import Basis
from processing.models import (
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ProcessingActivity,
    Purpose,
    Recipient,
    RetentionRule,
)
from processors.models import AutomationTool, Organisation, Transfer


@dataclass(frozen=True)
class Facts:
    """What the registers say for one notice: everything that it must tell."""

    controller: Organisation
    article: str
    purposes: list[Purpose]
    activities: list[ProcessingActivity]
    tests: dict[int, BalanceTest]
    tools: list[AutomationTool]
    processors: list[Organisation]
    recipients: list[Recipient]
    transfers: list[Transfer]
    rules: list[RetentionRule]
    passed_over: list[int] = field(default_factory=list)

    @property
    def is_from_others(self) -> bool:
        """Data that somebody else gave: Art. 14."""
        return self.article == Article.ART14

    def resting_on(self, *bases: Basis) -> list[Purpose]:
        return [purpose for purpose in self.purposes if purpose.basis in bases]


class Registers:
    """The parts of some activities as they stand at one moment (an instant; now by default)."""

    def __init__(self, activities: Iterable[int], moment: datetime | None = None) -> None:
        self.moment = moment or timezone.now()
        keys = set(activities)
        related = ProcessingActivity.objects.select_related("controller")
        self.activities = {each.pk: each for each in related.filter(pk__in=keys)}
        active = Purpose.objects.active(self.moment).filter(activity__in=keys)
        self.purposes = list(active.order_by("activity__number", "id"))
        tests = BalanceTest.objects.current(self.moment).filter(purpose__activity__in=keys)
        self.tests = {test.purpose_id: test for test in tests}
        self.tools = self._parts(ActivityTool, "tool__vendor", self._to_be_told())
        self.processors = self._parts(ActivityProcessor, "organisation", self._running())
        self.recipients = self._parts(ActivityRecipient, "recipient", self._running())
        made = Transfer.objects.made(timezone.localdate(self.moment))
        going_on = self._running() & Q(transfer__in=made)
        self.transfers = self._parts(ActivityTransfer, "transfer__organisation", going_on)
        self.rules = self._parts(RetentionRule, "trigger", self._running())

    @classmethod
    def of(cls, purposes: Iterable[Purpose], moment: datetime | None = None) -> "Registers":
        return cls({purpose.activity_id for purpose in purposes}, moment)

    def facts(self, controller: Organisation, article: str, purposes: Iterable[int]) -> Facts:
        """What a notice about ``purposes`` (keys) has to tell; ended ones have left."""
        asked = set(purposes)
        reached = {p.activity_id for p in self.purposes if p.pk in asked}
        of_them = [p for p in self.purposes if p.activity_id in reached]
        named = [p for p in of_them if p.pk in asked]
        return Facts(
            controller=controller,
            article=article,
            purposes=named,
            activities=[self.activities[key] for key in _once(p.activity_id for p in named)],
            tests={p.pk: self.tests[p.pk] for p in named if p.pk in self.tests},
            tools=_distinct(part.tool for part in _of(self.tools, reached)),
            processors=_distinct(part.organisation for part in _of(self.processors, reached)),
            recipients=_distinct(part.recipient for part in _of(self.recipients, reached)),
            transfers=_distinct(part.transfer for part in _of(self.transfers, reached)),
            rules=list(_of(self.rules, reached)),
            passed_over=[p.pk for p in of_them if p.pk not in asked],
        )

    def _running(self) -> Q:
        begun = Q(since__lte=self.moment)
        return begun & (Q(until=None) | Q(until__gt=self.moment))

    def _to_be_told(self) -> Q:
        """Tools that are not in use yet as well: people are told before, not after."""
        not_ended = Q(until=None) | Q(until__gt=self.moment)
        return not_ended & (Q(tool__retired_at=None) | Q(tool__retired_at__gt=self.moment))

    def _parts(self, model: Any, related: str, which: Q) -> list[Any]:
        parts = model.objects.filter(which, activity__in=self.activities)
        return list(parts.select_related(related).order_by("activity__number", "id"))


def _of(parts: Iterable[Any], activities: set[int]) -> Iterator[Any]:
    return (part for part in parts if part.activity_id in activities)


def _once(keys: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(keys))


def _distinct(records: Iterable[Any]) -> list[Any]:
    return list({record.pk: record for record in records}.values())
