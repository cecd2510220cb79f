"""What stands in the way in the whole house: a few lines for the first page, and all on their own.

A rule that many records break is one line with their number, or a single bad file would hide
everything else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import rules
from audit.choices import Severity
from audit.display import number
from audit.mending import for_reader
from audit.models import FindingAcknowledgement
from audit.rules import Finding, Rule
from audit.way_back import Place

LINES = 6
FEW = 2
PER_RULE = 50
ICONS = {Severity.BLOCKING: "alert", Severity.IMPORTANT: "warning", Severity.MINOR: "info"}


@dataclass(frozen=True)
class Broken:
    """A rule with how many open records break it; reads like one finding to ``reader``."""

    rule: Rule
    count: int
    reader: User

    @property
    def severity(self) -> str:
        return self.rule.severity

    @property
    def severity_label(self) -> Any:
        return self.rule.severity.label

    @property
    def icon(self) -> str:
        return ICONS[self.rule.severity]

    @property
    def subject(self) -> str:
        return f"{self.rule.model._meta.verbose_name_plural} ({number(self.count)})"

    @property
    def message(self) -> Any:
        return self.rule.message

    @property
    def meta(self) -> Any:
        return self.rule.article

    @property
    def mend_url(self) -> str:
        return f"{reverse('admin:findings')}?{urlencode({'rule': self.rule.code})}"

    @property
    def mend_label(self) -> Any:
        return _("Show")

    def findings(
        self, most: int = PER_RULE, start: int = 0, place: Place = Place.LIST
    ) -> list[Finding]:
        """Record by record, ``most`` of them, with what the reader may do about each."""
        records: Iterable[Model] = self.rule.open_records().order_by("pk")[start : start + most]
        return for_reader((Finding(self.rule, record) for record in records), self.reader, place)


def may_see_findings(user: User) -> bool:
    return any(rule.is_seen_by(user) for rule in rules.registered())


def seen_rules(user: User) -> list[Rule]:
    """Rules over registers that ``user`` may view, the gravest first."""
    return [rule for rule in rules.registered() if rule.is_seen_by(user)]


def broken_rules(user: User, asked: Iterable[Rule] | None = None) -> list[Broken]:
    """Those of ``asked`` (all that ``user`` sees) that records break; one query."""
    seen = seen_rules(user) if asked is None else list(asked)
    counts = rules.counts(seen)
    return [Broken(rule, counts[rule.code], user) for rule in seen if counts[rule.code]]


def lived_with(user: User) -> list[Finding]:
    """Findings that somebody acknowledged, each with who, why and until; the gravest first.

    Two queries for each rule of which some are.
    """
    codes = set(FindingAcknowledgement.objects.standing().values_list("rule", flat=True))
    return [each for rule in seen_rules(user) if rule.code in codes for each in _lived_with(rule)]


def _lived_with(rule: Rule) -> Iterator[Finding]:
    rows = rule.acknowledgements().select_related("recorded_by").order_by("until", "pk")
    standing = {row.record_id: row for row in rows}
    for record in rule.records().filter(pk__in=standing).order_by("pk"):
        yield Finding(rule, record, acknowledgement=standing[record.pk], mends_at="")


def lines(broken: list[Broken]) -> list[Broken | Finding]:
    """The first six: record by record where a rule is broken by one or two."""
    return list(islice(_lines(broken), LINES))


def _lines(broken: list[Broken]) -> Iterator[Broken | Finding]:
    for each in broken:
        if each.count > FEW:
            yield each
        else:
            yield from each.findings(FEW, place=Place.HOME)


def totals(broken: list[Broken]) -> list[tuple[Severity, str, int]]:
    """Severity, its icon and how many records, the gravest first; none that is nought."""
    counts = {s: sum(b.count for b in broken if b.severity == s) for s in Severity}
    return [(severity, ICONS[severity], n) for severity, n in counts.items() if n]


@dataclass(frozen=True)
class RegisterLine:
    """How many findings of each severity a register has, as numbers that lead to them."""

    label: str
    counts: list[tuple[str, int]]
    total: int


def by_register(broken: list[Broken]) -> list[RegisterLine]:
    """Registers with findings, the one with most blocking ones first."""
    models = dict.fromkeys(each.rule.model for each in broken)
    found = [_register_line(model, broken) for model in models]
    return sorted(found, key=lambda line: [-n for _url, n in line.counts])


def _register_line(model: type[Model], broken: list[Broken]) -> RegisterLine:
    ours = [each for each in broken if each.rule.model is model]
    counts = [sum(b.count for b in ours if b.severity == s) for s in Severity]
    asked = [{"register": model._meta.label_lower, "severity": s.value} for s in Severity]
    urls = [f"{reverse('admin:findings')}?{urlencode(each)}" for each in asked]
    label = capfirst(str(model._meta.verbose_name_plural))
    return RegisterLine(label, list(zip(urls, counts, strict=True)), sum(counts))
