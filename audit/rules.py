"""What stands in the way: rules that apps register, read as findings and as gates.

A **finding** is a rule over the records that stand. A **gate** is the same rule over one record
that a verb is about to move. So a lower app is held back by rules of upper apps it never names.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet

from audit import naming
from audit.choices import Severity
from audit.models import FindingAcknowledgement
from audit.models.findings import MESSAGES
from audit.sql import interpret

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
        """Everything that breaks it, acknowledged or not; a finding says what each is called."""
        return naming.with_names(self.broken(self.model._default_manager.filter(self.standing)))

    def open_records(self) -> QuerySet:
        return self.records().exclude(pk__in=self.acknowledgements().values("record_id"))

    def acknowledged_records(self) -> QuerySet:
        return self.records().filter(pk__in=self.acknowledgements().values("record_id"))

    def acknowledgements(self) -> QuerySet[FindingAcknowledgement]:
        """Those that hold today; what was accepted as minor no longer counts once it is grave."""
        as_grave = [s for s in Severity.values if ORDER[s] <= ORDER[self.severity]]
        standing = FindingAcknowledgement.objects.standing()
        return standing.filter(rule=self.code, severity__in=as_grave)

    def is_seen_by(self, user: Any) -> bool:
        """Whether ``user`` may view the register that it is about."""
        meta = self.model._meta
        return bool(user.has_perm(f"{meta.app_label}.view_{meta.model_name}"))

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
    acknowledgement: FindingAcknowledgement | None = None
    # What the reader may do about it (audit.mending); nobody in particular is led by the rule.
    mends_at: str | None = None
    acknowledge_url: str = ""
    record_url: str = ""

    @property
    def severity(self) -> str:
        return self.rule.severity

    @property
    def severity_label(self) -> Any:
        return self.rule.severity.label

    @property
    def subject(self) -> str:
        return naming.name_of(self.record) if self.names_record else ""

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
        return self.rule.mend_url(self.record) if self.mends_at is None else self.mends_at

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
    MESSAGES[rule.code] = rule.message
    return rule


@naming.namer(FindingAcknowledgement)
def _named(acknowledgements: list[FindingAcknowledgement]) -> dict[int, str]:
    """What each is about, and the record: one query for each register that has a rule."""
    keys: dict[type[models.Model], set[int]] = defaultdict(set)
    for row in acknowledgements:
        if rule := _rules.get(row.rule):
            keys[rule.model].add(row.record_id)
    called = {model: naming.names_of(model, found) for model, found in keys.items()}
    return {row.pk: _acknowledged_as(row, called) for row in acknowledgements}


def _acknowledged_as(row: FindingAcknowledgement, called: dict[Any, dict[int, str]]) -> str:
    rule = _rules.get(row.rule)
    name = called[rule.model].get(row.record_id) if rule else None
    return naming.SEPARATOR.join([name, str(rule.message)]) if rule and name else str(row)


def registered() -> list[Rule]:
    """Every rule, the gravest first."""
    return sorted(_rules.values(), key=lambda rule: (ORDER[rule.severity], rule.code))


def open_findings() -> Iterator[Finding]:
    """What is broken in the whole house and nobody lives with, the gravest first.

    One query for each rule.
    """
    for rule in registered():
        for record in rule.open_records().iterator():
            yield Finding(rule, record)


def counts(asked: Iterable[Rule], *, acknowledged: bool = False) -> dict[str, int]:
    """How many records break each rule, by its code: the open ones, or those lived with.

    One query, however many rules there are.
    """
    found: dict[str, int] = {}
    arms, params = [], []
    for rule in asked:
        rows = rule.acknowledged_records() if acknowledged else rule.open_records()
        found[rule.code] = 0
        try:
            sql, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        arms.append(f"SELECT %s AS code, COUNT(*) AS n FROM ({sql}) r{len(arms)}")  # noqa: S608 (made by the ORM)
        params += [rule.code, *values]
    if arms:
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            interpret(cursor)
            cursor.execute(" UNION ALL ".join(arms), params)
            found |= dict(cursor.fetchall())
    return found


def findings_for(record: models.Model) -> list[Finding]:
    """What ``record`` breaks as it stands, with who lives with it: that opens no gate."""
    broken = [rule for rule in _over(record) if rule.is_broken_by(record)]
    lived_with = _acknowledged(broken, record) if broken else {}
    return [
        Finding(rule, record, names_record=False, acknowledgement=lived_with.get(rule.code))
        for rule in broken
    ]


def _acknowledged(broken: list[Rule], record: models.Model) -> dict[str, FindingAcknowledgement]:
    standing = FindingAcknowledgement.objects.standing().filter(
        rule__in=[rule.code for rule in broken], record_id=record.pk
    )
    severities = {rule.code: rule.severity for rule in broken}
    return {
        row.rule: row
        for row in standing.select_related("recorded_by")
        if ORDER[row.severity] <= ORDER[severities[row.rule]]
    }


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
