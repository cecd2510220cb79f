"""Rules: findings over what stands, gates before a verb."""

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from audit import rules
from audit.choices import Severity
from audit.rules import GateClosed, Rule
from processors.models import Organisation
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_rules", {})


def without_nip(organisations: QuerySet) -> QuerySet:
    return organisations.filter(nip="")


@pytest.fixture
def rule() -> Rule:
    return rules.register(
        Rule(
            code="own_without_nip",
            severity=Severity.BLOCKING,
            article="Art. 30(1)(a)",
            message="Enter the NIP.",
            model=Organisation,
            broken=without_nip,
            standing=Q(is_own=True),
            guards=("publish",),
            mend_label="Enter",
            mend_url=lambda record: f"/mend/{record.pk}/",
        )
    )


def test_a_finding_names_the_record_and_the_mend(rule: Rule) -> None:
    own = OrganisationFactory()
    (finding,) = rules.open_findings()
    assert (finding.subject, finding.mend_url) == (str(own), f"/mend/{own.pk}/")
    assert (finding.severity, finding.meta) == ("blocking", "Art. 30(1)(a)")


def test_what_does_not_stand_is_no_finding(rule: Rule) -> None:
    OrganisationFactory(client=True)
    assert list(rules.open_findings()) == []


def test_a_mended_record_is_no_finding(rule: Rule) -> None:
    OrganisationFactory(nip="5252344078")
    assert rules.counts([rule]) == {rule.code: 0}


def test_a_gate_asks_the_candidate_wherever_it_stands(rule: Rule) -> None:
    candidate = OrganisationFactory(client=True)
    with pytest.raises(GateClosed, match="Enter the NIP") as closed:
        rules.gate(candidate, "publish")
    assert closed.value.rules == [rule]


def test_other_verbs_pass(rule: Rule) -> None:
    rules.gate(OrganisationFactory(client=True), "rename")


def test_an_unbroken_rule_opens_the_gate(rule: Rule) -> None:
    rules.gate(OrganisationFactory(client=True, nip="5252344078"), "publish")


def test_a_code_is_taken_once(rule: Rule) -> None:
    with pytest.raises(ValueError, match="own_without_nip"):
        rules.register(rule)


def test_the_gravest_come_first(rule: Rule) -> None:
    for severity in (Severity.MINOR, Severity.IMPORTANT):
        rules.register(
            Rule(severity.value, severity, "", "x", Organisation, without_nip, Q(is_own=True))
        )
    OrganisationFactory()
    assert [f.severity for f in rules.open_findings()] == ["blocking", "important", "minor"]


def test_findings_of_one_record(rule: Rule) -> None:
    assert [f.rule for f in rules.findings_for(OrganisationFactory())] == [rule]
    assert rules.findings_for(OrganisationFactory(client=True)) == []


def test_more_rules_are_counted_in_no_more_queries(rule: Rule) -> None:
    OrganisationFactory()
    rules.register(Rule("nobody", Severity.MINOR, "", "x", Organisation, lambda rows: rows.none()))
    rules.register(Rule("own", Severity.MINOR, "", "x", Organisation, without_nip))
    with CaptureQueriesContext(connection) as for_one:
        rules.counts([rule])
    with CaptureQueriesContext(connection) as for_all:
        assert rules.counts(rules.registered()) == {rule.code: 1, "nobody": 0, "own": 1}
    assert len(for_all) == len(for_one)
