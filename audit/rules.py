"""What stands in the way: rules that apps register, read as findings and as gates.

A **finding** is a rule over the records that stand. A **gate** is the same rule over one record
that a verb is about to move. So a lower app is held back by rules of upper apps it never names.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from audit.choices import Severity

ORDER = {severity: place for place, severity in enumerate(Severity.values)}


def _silent(record: models.Model) -> str:
    return ""


@dataclass(frozen=True)
class Rule:
    """A rule over records of ``model``.

    ``broken`` narrows a queryset to the records that break it; ``standing`` says which records it
    is asked of as a finding (those in use, in force), while as a gate it is asked of the one that a
    verb of ``guards`` is about to move there. ``detail`` adds a sentence about one record; ``met``
    says in a few words that it keeps the rule, and nothing where the rule does not concern it.
    """

    code: str
    severity: Severity
    article: Any
    message: Any
    model: type[models.Model]
    broken: Callable[[QuerySet], QuerySet]
    standing: Q = field(default_factory=Q)
    guards: tuple[str, ...] = ()
    mend_label: Any = ""
    mend_url: Callable[[models.Model], str] = _silent
    detail: Callable[[Any], Any] = _silent
    met: Callable[[Any], Any] = _silent

    def records(self) -> QuerySet:
        return self.broken(self.model._default_manager.filter(self.standing))

    def is_broken_by(self, record: models.Model, *, as_candidate: bool = False) -> bool:
        """Whether the stored ``record`` breaks it; as a candidate, wherever it stands now."""
        asked = self.model._default_manager.filter(pk=record.pk)
        if not as_candidate:
            asked = asked.filter(self.standing)
        return self.broken(asked).exists()


@dataclass(frozen=True)
class Finding:
    """A rule that one record breaks, as ``admin/findings.html`` shows it."""

    rule: Rule
    record: models.Model
    names_record: bool = True

    @property
    def severity(self) -> str:
        return self.rule.severity

    @property
    def severity_label(self) -> Any:
        return self.rule.severity.label

    @property
    def subject(self) -> str:
        return str(self.record) if self.names_record else ""

    @property
    def message(self) -> Any:
        return self.rule.message

    @property
    def detail(self) -> Any:
        """On the record's own page alone: a list of many would ask for each."""
        return "" if self.names_record else self.rule.detail(self.record)

    @property
    def meta(self) -> Any:
        return self.rule.article

    @property
    def mend_url(self) -> str:
        return self.rule.mend_url(self.record)

    @property
    def mend_label(self) -> Any:
        return self.rule.mend_label


@dataclass(frozen=True)
class Conditions:
    """Where a record stands before a verb: what keeps it, and in words what it already meets."""

    unmet: list[Finding]
    met: list[Any]

    @property
    def total(self) -> int:
        return len(self.unmet) + len(self.met)


class GateClosed(ValidationError):
    """A verb was refused by the rules that guard it; ``rules`` says by which."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = list(rules)
        super().__init__([str(rule.message) for rule in self.rules])


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Add ``rule``. Raises ValueError where its code is taken."""
    if rule.code in _rules:
        raise ValueError(f"There already is a rule {rule.code}")
    _rules[rule.code] = rule
    return rule


def registered() -> list[Rule]:
    """Every rule, the gravest first."""
    return sorted(_rules.values(), key=lambda rule: (ORDER[rule.severity], rule.code))


def open_findings() -> Iterator[Finding]:
    """What is broken in the whole house, the gravest first; one query for each rule."""
    for rule in registered():
        for record in rule.records():
            yield Finding(rule, record)


def count_open() -> int:
    """How many findings are open, by counting alone."""
    return sum(rule.records().count() for rule in registered())


def findings_for(record: models.Model) -> list[Finding]:
    """What ``record`` breaks as it stands."""
    return [
        Finding(rule, record, names_record=False)
        for rule in _over(record)
        if rule.is_broken_by(record)
    ]


def unmet(record: models.Model, verb: str) -> list[Rule]:
    """The rules that keep ``record`` from ``verb``."""
    return [
        rule
        for rule in _over(record)
        if verb in rule.guards and rule.is_broken_by(record, as_candidate=True)
    ]


def conditions(record: models.Model, verb: str) -> Conditions:
    """The rules before ``verb``, unmet ones as findings; met ones that have nothing to say are out.

    One query for each rule.
    """
    guarding = [rule for rule in _over(record) if verb in rule.guards]
    broken = [rule for rule in guarding if rule.is_broken_by(record, as_candidate=True)]
    words = [rule.met(record) for rule in guarding if rule not in broken]
    return Conditions(
        [Finding(rule, record, names_record=False) for rule in broken],
        [each for each in words if each],
    )


def with_findings(records: QuerySet) -> QuerySet:
    """Of ``records`` those that break a rule as they stand; one query over all rules."""
    ours = [rule for rule in registered() if issubclass(records.model, rule.model)]
    broken = [Q(pk__in=rule.records().order_by().values("pk")) for rule in ours]
    return records.filter(Q(*broken, _connector=Q.OR) if broken else Q(pk__in=()))


def gate(record: models.Model, verb: str) -> None:
    """Raise GateClosed where a rule keeps ``record`` from ``verb``."""
    if rules := unmet(record, verb):
        raise GateClosed(rules)


def _over(record: models.Model) -> list[Rule]:
    return [rule for rule in registered() if isinstance(record, rule.model)]
