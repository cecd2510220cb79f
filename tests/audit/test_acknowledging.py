"""Living with a finding: by whoever may, with a reason, until a day; it opens no gate."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import rules, trail
from audit.acknowledging import acknowledge, take_back
from audit.act import acting
from audit.choices import Severity
from audit.models import AppendOnly, FindingAcknowledgement
from audit.rules import GateClosed, Rule
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
SPRING = date(2027, 2, 1)


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.SESSION_COOKIE_AGE = 366 * 24 * 3600
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _no_other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_rules", {})


def rule_of(severity: Severity, code: str = "without_nip") -> Rule:
    return rules.register(
        Rule(
            code=code,
            severity=severity,
            article="Art. 30(1)(a)",
            message="The NIP is missing.",
            model=Organisation,
            broken=lambda rows: rows.filter(nip=""),
            guards=("publish",),
            mend_label="Enter",
            mend_url=lambda row: reverse("admin:processors_organisation_change", args=[row.pk]),
        )
    )


@pytest.fixture
def rule() -> Rule:
    return rule_of(Severity.IMPORTANT)


@pytest.fixture
def own() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def dpo() -> User:
    return UserFactory()


def live_with(rule: Rule, own: Organisation, by: User, until: date = SPRING) -> Any:
    with acting(by=by, reason="The tax office has not answered yet."):
        return acknowledge(rule, own, by=by, until=until)


def codes() -> list[str]:
    return [finding.rule.code for finding in rules.open_findings()]


# Acknowledging -----------------------------------------------------------------------------------


def test_it_leaves_the_open_list(rule: Rule, own: Organisation, dpo: User) -> None:
    assert codes() == ["without_nip"]
    live_with(rule, own, dpo)
    assert codes() == []
    assert rules.counts([rule], acknowledged=True) == {"without_nip": 1}


def test_it_comes_back_on_its_day(rule: Rule, own: Organisation, dpo: User, clock: Any) -> None:
    live_with(rule, own, dpo)
    clock.move_to(datetime(2027, 1, 31, 22, tzinfo=UTC))
    assert codes() == []
    clock.move_to(datetime(2027, 1, 31, 23, tzinfo=UTC))  # midnight in Warsaw
    assert codes() == ["without_nip"]


def test_it_opens_no_gate(rule: Rule, own: Organisation, dpo: User) -> None:
    live_with(rule, own, dpo)
    with pytest.raises(GateClosed):
        rules.gate(own, "publish")


def test_the_record_s_page_still_says_it_and_who_lives_with_it(
    rule: Rule, own: Organisation, dpo: User
) -> None:
    row = live_with(rule, own, dpo)
    (finding,) = rules.findings_for(own)
    assert finding.acknowledgement == row


def test_others_stay_open(rule: Rule, own: Organisation, dpo: User) -> None:
    live_with(rule, own, dpo)
    OrganisationFactory(vendor=True)
    assert codes() == ["without_nip"]


def test_what_was_accepted_as_minor_is_open_again_once_it_is_grave(
    own: Organisation, dpo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_with(rule_of(Severity.MINOR), own, dpo)
    monkeypatch.setattr(rules, "_rules", {})
    rule_of(Severity.BLOCKING)
    assert codes() == ["without_nip"]


def test_it_stands_in_the_trail_with_its_reason(rule: Rule, own: Organisation, dpo: User) -> None:
    live_with(rule, own, dpo)
    entry = trail.page(trail.Asked(register=_key())).entries[0]
    assert entry.why == "The tax office has not answered yet."
    assert "The NIP is missing." in entry.record_name


def _key() -> str:
    (table,) = [t for t in trail.tables() if t.model is FindingAcknowledgement]
    return table.key


def test_a_dpo_accepts_no_risk(own: Organisation, dpo: User) -> None:
    with pytest.raises(PermissionDenied):
        live_with(rule_of(Severity.BLOCKING), own, dpo)


def test_an_approver_accepts_a_risk_and_nothing_else(own: Organisation) -> None:
    approver = UserFactory(approver=True)
    live_with(rule_of(Severity.BLOCKING), own, approver)
    with pytest.raises(PermissionDenied):
        live_with(rule_of(Severity.MINOR, "minor"), own, approver)


def test_an_auditor_accepts_nothing(rule: Rule, own: Organisation) -> None:
    with pytest.raises(PermissionDenied):
        live_with(rule, own, UserFactory(auditor=True))


@pytest.mark.parametrize("until", [date(2026, 11, 24), date(2020, 1, 1), date(2027, 11, 27)])
def test_a_day_that_is_past_or_a_year_away_is_refused(
    rule: Rule, own: Organisation, dpo: User, until: date
) -> None:
    with pytest.raises(ValidationError):
        live_with(rule, own, dpo, until)


def test_what_is_mended_needs_no_patience(rule: Rule, dpo: User) -> None:
    with pytest.raises(ValidationError, match="mended"):
        live_with(rule, OrganisationFactory(nip="5252344078"), dpo)


def test_nobody_acknowledges_twice(rule: Rule, own: Organisation, dpo: User) -> None:
    live_with(rule, own, dpo)
    with pytest.raises(ValidationError, match="already"):
        live_with(rule, own, dpo)


def test_the_database_wants_a_reason_and_a_day(rule: Rule, own: Organisation) -> None:
    row = {"rule": "x", "severity": "minor", "register": "a.b", "record_id": 1}
    for gap in ({"reason": "", "until": SPRING}, {"reason": "because"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FindingAcknowledgement.objects.create(**row, **gap)


def test_a_row_never_changes(rule: Rule, own: Organisation, dpo: User) -> None:
    row = live_with(rule, own, dpo)
    row.until = date(2030, 1, 1)
    with pytest.raises(AppendOnly):
        row.save()


# Taking back -------------------------------------------------------------------------------------


def test_taking_it_back_opens_the_finding(rule: Rule, own: Organisation, dpo: User) -> None:
    row = live_with(rule, own, dpo)
    with acting(by=dpo, reason="They answered."):
        take_back(row, by=dpo)
    assert codes() == ["without_nip"]


def test_it_is_taken_back_once(rule: Rule, own: Organisation, dpo: User) -> None:
    row = live_with(rule, own, dpo)
    with acting(reason="They answered."):
        take_back(row, by=dpo)
    with pytest.raises(ValidationError, match="no longer holds"):
        take_back(FindingAcknowledgement.objects.get(pk=row.pk), by=dpo)


def test_a_dpo_takes_no_accepted_risk_back(own: Organisation, dpo: User) -> None:
    row = live_with(rule_of(Severity.BLOCKING), own, UserFactory(approver=True))
    with pytest.raises(PermissionDenied):
        take_back(row, by=dpo)


# On screen ---------------------------------------------------------------------------------------


def form_of(rule: Rule, own: Organisation) -> str:
    return reverse("admin:audit_acknowledge", args=[rule.code, own.pk])


ANSWER = {"until": "2027-02-01", "why": "The tax office has not answered yet."}


def test_the_form_does_it(client: Client, rule: Rule, own: Organisation, dpo: User) -> None:
    client.force_login(dpo)
    assert client.post(form_of(rule, own), ANSWER).status_code == 302
    (row,) = FindingAcknowledgement.objects.all()
    assert (row.recorded_by, row.until, row.reason) == (dpo, SPRING, ANSWER["why"])


def test_the_form_asks_why(client: Client, rule: Rule, own: Organisation, dpo: User) -> None:
    client.force_login(dpo)
    answer = client.post(form_of(rule, own), ANSWER | {"why": ""})
    assert "why" in answer.context["form"].errors
    assert not FindingAcknowledgement.objects.exists()


def test_the_form_refuses_a_past_day_at_the_field(
    client: Client, rule: Rule, own: Organisation, dpo: User
) -> None:
    client.force_login(dpo)
    answer = client.post(form_of(rule, own), ANSWER | {"until": "2026-11-01"})
    assert "until" in answer.context["form"].errors


@pytest.mark.parametrize("trait", [{"auditor": True}, {"supervisor": True}, {"approver": True}])
def test_the_form_is_closed_to_others(
    client: Client, rule: Rule, own: Organisation, trait: dict[str, bool]
) -> None:
    client.force_login(UserFactory(**trait))
    assert client.get(form_of(rule, own)).status_code == 403


def test_they_stand_in_a_view_of_their_own(
    client: Client, rule: Rule, own: Organisation, dpo: User
) -> None:
    live_with(rule, own, dpo)
    client.force_login(UserFactory(auditor=True))
    page = client.get(reverse("admin:findings"), {"state": "acknowledged"}).content.decode()
    assert str(own) in page
    assert dpo.full_name in page
    assert "The tax office has not answered yet." in page


def test_the_log_takes_it_back(client: Client, rule: Rule, own: Organisation, dpo: User) -> None:
    row = live_with(rule, own, dpo)
    client.force_login(dpo)
    url = reverse("admin:audit_findingacknowledgement_open-again", args=[row.pk])
    client.post(url, {"cause": "review", "reason_text": "They answered."})
    assert codes() == ["without_nip"]


def test_the_record_s_page_offers_mend_and_patience_to_who_may(
    client: Client, rule: Rule, own: Organisation, dpo: User
) -> None:
    page = reverse("admin:processors_organisation_change", args=[own.pk])
    for user, offered in ((dpo, True), (UserFactory(auditor=True), False)):
        client.force_login(user)
        (finding,) = client.get(page).context["findings"]
        assert bool(finding.mend_url) is offered
        assert bool(finding.acknowledge_url) is offered
