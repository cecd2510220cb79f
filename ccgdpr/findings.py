"""What stands in the way in the whole house: a few lines for the first page, and all on their own.

A rule that many records break is one line with their number, or a single bad file would hide
everything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import rules
from audit.choices import Severity
from audit.display import number
from audit.rules import Finding, Rule
from ccgdpr.menu import may_view

LINES = 6
FEW = 2
PER_RULE = 50
ICONS = {Severity.BLOCKING: "alert", Severity.IMPORTANT: "warning", Severity.MINOR: "info"}


@dataclass(frozen=True)
class Broken:
    """A rule with how many records break it, and the first of them; reads like one finding."""

    rule: Rule
    count: int
    records: tuple[Model, ...]

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
        return f"{reverse('admin:findings')}#{self.rule.code}"

    @property
    def mend_label(self) -> Any:
        return _("Show")

    def findings(self) -> Iterator[Finding]:
        """Record by record, the first of them."""
        return (Finding(self.rule, record) for record in self.records)


def may_see_findings(user: User) -> bool:
    return any(may_view(user, rule.model) for rule in rules.registered())


def broken_rules(user: User, *, most: int = FEW) -> list[Broken]:
    """The gravest first, over records that ``user`` may view, with the first ``most`` of each.

    One query for each rule, and a second one where more records break it.
    """
    seen = [_for(user, rule) for rule in rules.registered() if may_view(user, rule.model)]
    return [broken for rule in seen if (broken := _broken(rule, most)).count]


def _broken(rule: Rule, most: int) -> Broken:
    records = tuple(rule.records()[: most + 1])
    count = len(records) if len(records) <= most else rule.records().count()
    return Broken(rule, count, records[:most])


def _for(user: User, rule: Rule) -> Rule:
    """``rule`` without the way to mend it for whoever only looks at its room."""
    room = f"{rule.model._meta.app_label}."
    held = [name.removeprefix(room) for name in user.get_all_permissions() if name.startswith(room)]
    works_there = any(not name.startswith(("view_", "export_")) for name in held)
    return rule if works_there else replace(rule, mend_url=lambda record: "")


def lines(broken: list[Broken]) -> list[Broken | Finding]:
    """The first six: record by record where a rule is broken by one or two."""
    return list(islice(_lines(broken), LINES))


def _lines(broken: list[Broken]) -> Iterator[Broken | Finding]:
    for each in broken:
        if each.count > FEW:
            yield each
        else:
            yield from each.findings()


def totals(broken: list[Broken]) -> list[tuple[Severity, str, int]]:
    """Severity, its icon and how many records, the gravest first; none that is nought."""
    counts = {s: sum(b.count for b in broken if b.severity == s) for s in Severity}
    return [(severity, ICONS[severity], n) for severity, n in counts.items() if n]
