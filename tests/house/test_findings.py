import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import rules
from audit.choices import Severity
from audit.rules import Finding, Rule
from ccgdpr.findings import Broken, broken_rules, lines, totals
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def everybody(records: QuerySet) -> QuerySet:
    return records


def rule(code: str, severity: Severity = Severity.BLOCKING) -> Rule:
    """A rule that every organisation breaks."""
    return Rule(
        code=code,
        severity=severity,
        article="Art. 28(1) GDPR",
        message="the guarantees were never verified",
        model=Organisation,
        broken=everybody,
        mend_label="Verify",
        mend_url=lambda record: reverse("admin:processors_organisation_change", args=[record.pk]),
    )


@pytest.fixture(autouse=True)
def _one_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "registered", lambda: [rule("unverified")])


@pytest.fixture
def dpo() -> User:
    return UserFactory()


def organisations(number: int) -> list[Organisation]:
    return [OrganisationFactory(slug=f"vendor-{n}", is_own=False) for n in range(number)]


def test_a_rule_that_nobody_breaks_is_silent(dpo: User) -> None:
    assert broken_rules(dpo) == []


def test_two_records_are_named_one_by_one(dpo: User) -> None:
    organisations(2)
    assert [type(line) for line in lines(broken_rules(dpo))] == [Finding, Finding]


def test_more_records_are_one_line_with_their_number(dpo: User) -> None:
    organisations(3)
    (line,) = lines(broken_rules(dpo))
    assert isinstance(line, Broken)
    assert "(3)" in line.subject


def test_a_line_for_many_leads_to_its_place_among_all(dpo: User) -> None:
    organisations(3)
    (line,) = lines(broken_rules(dpo))
    assert line.mend_url == reverse("admin:findings") + "?rule=unverified"


def test_six_lines_at_most(dpo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "registered", lambda: [rule(f"rule-{n}") for n in range(9)])
    organisations(1)
    assert len(lines(broken_rules(dpo))) == 6


def test_totals_count_records_by_severity(dpo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [rule("one"), rule("other", Severity.MINOR)]
    monkeypatch.setattr(rules, "registered", lambda: both)
    organisations(3)
    counted = [(severity, count) for severity, _icon, count in totals(broken_rules(dpo))]
    assert counted == [(Severity.BLOCKING, 3), (Severity.MINOR, 3)]


def test_who_may_not_see_the_records_is_not_told() -> None:
    organisations(1)
    assert broken_rules(UserFactory(supervisor=True)) == []


def test_who_only_looks_is_offered_no_mend() -> None:
    organisations(1)
    (line,) = lines(broken_rules(UserFactory(auditor=True)))
    assert line.mend_url == ""


def test_who_keeps_the_register_is_offered_the_mend(dpo: User) -> None:
    (vendor,) = organisations(1)
    (line,) = lines(broken_rules(dpo))
    url = reverse("admin:processors_organisation_change", args=[vendor.pk])
    assert line.mend_url.partition("?")[0] == url


def test_the_page_names_every_record(client: Client, dpo: User) -> None:
    organisations(3)
    client.force_login(dpo)
    content = client.get(reverse("admin:findings")).content.decode()
    assert [f"Vendor-{n} sp. z o.o." in content for n in range(3)] == [True] * 3


def test_the_page_names_the_first_fifty_and_says_so(client: Client, dpo: User) -> None:
    organisations(51)
    client.force_login(dpo)
    client.cookies["django_language"] = "en"
    content = client.get(reverse("admin:findings")).content.decode()
    assert content.count(">Verify</a>") == 50
    assert "The first 50 are shown." in content


def test_a_supervisor_may_not_open_the_page(client: Client) -> None:
    client.force_login(UserFactory(supervisor=True))
    assert client.get(reverse("admin:findings")).status_code == 403
