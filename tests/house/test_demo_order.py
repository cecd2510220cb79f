"""The demo as a house in good order: few things are open, each of them a story of its own."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from difflib import unified_diff
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit import rules
from audit.acknowledging import acknowledge
from audit.act import acting
from audit.choices import Severity
from audit.mending import for_reader
from audit.models import FindingAcknowledgement, FindingCount
from audit.rules import Finding
from audit.way_back import Place
from ccgdpr import demo
from ccgdpr.demo.making import texts_in
from ccgdpr.trend import trend
from legitimate_interest.choices import TestStatus
from legitimate_interest.gaps import gaps
from legitimate_interest.models import BalanceTest
from notices.choices import Article, VersionStatus
from notices.models import Notice, NoticeVersion
from notices.staleness import stale_notices
from processing.choices import Basis, Channel
from processing.models import Purpose
from processors.choices import ToolState
from processors.models import AutomationTool
from screening.question import ask
from screening.verdict import tally
from tests.factories import PASSWORD

# Stories of the demo that are still open, by the purpose that they are about.
WITHOUT_TEST = {"call-recording", "service-survey"}
UNTOLD = {"service-survey"}


@pytest.fixture(scope="module")
def _demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Built once for the tests of this file, and rolled back after them."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            demo.build(password=PASSWORD)
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _house(_demo: None, db: None) -> None:
    """Each test looks at the demo from within a transaction of its own."""


def open_of(severity: Severity) -> dict[str, int]:
    asked = [rule for rule in rules.registered() if rule.severity == severity]
    return {code: count for code, count in rules.counts(asked).items() if count}


# What is open -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("severity", "least", "most"),
    [(Severity.BLOCKING, 6, 10), (Severity.IMPORTANT, 8, 15), (Severity.MINOR, 5, 15)],
)
def test_few_findings_are_open(severity: Severity, least: int, most: int) -> None:
    found = open_of(severity)
    assert least <= sum(found.values()) <= most, found


def test_nothing_that_is_open_hides_behind_the_number_of_another() -> None:
    for severity in (Severity.BLOCKING, Severity.IMPORTANT):
        assert max(open_of(severity).values()) <= 2, open_of(severity)


@pytest.mark.parametrize(
    "rule",
    [
        "activity_processor_without_agreement",
        "art14_overdue",
        "purpose_without_balance_test",
        "source_unproven",
        "tool_without_agreement",
        "wording_defective",
    ],
)
def test_a_story_that_every_centre_knows_is_open(rule: str) -> None:
    assert rule in open_of(Severity.BLOCKING)


def test_every_rule_that_is_open_was_counted_for_eight_weeks() -> None:
    today = timezone.localdate()
    days = set(FindingCount.objects.values_list("day", flat=True))
    assert days == {today - timedelta(weeks=back) for back in range(9)}
    counted = FindingCount.objects.filter(day=today, open__gt=0).values_list("rule", "open")
    assert dict(counted) == {code: n for each in Severity for code, n in open_of(each).items()}


def test_the_trend_falls_to_what_is_open_today() -> None:
    plotted = trend(User.objects.get(role=Role.DPO))
    assert plotted is not None
    severity, (month_ago, week_ago, now) = plotted.rows[0]
    assert severity == Severity.BLOCKING
    assert month_ago > week_ago >= now == sum(open_of(Severity.BLOCKING).values())


def test_risks_were_accepted_by_the_approver_and_the_rest_by_the_dpo() -> None:
    rows = FindingAcknowledgement.objects.standing().select_related("recorded_by")
    decided = {(row.severity, row.recorded_by.role) for row in rows}
    assert decided == {(Severity.BLOCKING, Role.APPROVER), (Severity.MINOR, Role.DPO)}
    assert all(len(row.reason) > 40 for row in rows)


def test_people_were_told_of_every_material_change() -> None:
    changes = [v for v in NoticeVersion.objects.in_force() if v.changes_materially]
    assert changes
    assert all(version.announcements.reaching().exists() for version in changes)


# Balance tests ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [s for s in TestStatus if s != TestStatus.SCHEDULED])
def test_balance_tests_stand_in_every_state(status: TestStatus) -> None:
    assert status in {test.status for test in BalanceTest.objects.all()}


def test_every_purpose_on_an_interest_is_weighed_but_two() -> None:
    current = BalanceTest.objects.current().values("purpose")
    resting = Purpose.objects.active().filter(basis=Basis.LEGITIMATE_INTEREST)
    assert set(resting.exclude(pk__in=current).values_list("slug", flat=True)) == WITHOUT_TEST


def test_a_purpose_whose_test_was_rejected_has_ended() -> None:
    rejected = BalanceTest.objects.rejected().get()
    assert not rejected.purpose.is_active
    assert rejected.purpose.active_until > rejected.rejected_at


def test_what_was_submitted_lacks_nothing_in_either_language() -> None:
    for test in BalanceTest.objects.exclude(pk__in=BalanceTest.objects.drafts()):
        assert gaps(test) == []
        assert test.interest_pl
        assert test.interest_en


def test_no_answer_was_copied_from_another_test() -> None:
    texts = Counter(
        text.lstrip("+- ")
        for told in texts_in("balance")
        for text in told["answers"].values()
        if len(text) > 30
    )
    assert [text for text, count in texts.items() if count > 1] == []


def test_letters_are_open_on_the_test_in_force() -> None:
    assert tally(ask("marketing-post", Channel.POST))[""] > 0


# Notices and tools --------------------------------------------------------------------------------


def test_every_purpose_of_ours_is_told_but_one() -> None:
    told = Purpose.objects.filter(notice_versions__version__in=NoticeVersion.objects.in_force())
    ours = Purpose.objects.active().filter(activity__controller__is_own=True)
    assert set(ours.exclude(pk__in=told).values_list("slug", flat=True)) == UNTOLD


@pytest.mark.parametrize(
    "status", [VersionStatus.IN_FORCE, VersionStatus.ARCHIVED, VersionStatus.SUBMITTED]
)
def test_notices_stand_in_the_states_of_their_life(status: VersionStatus) -> None:
    assert status in {version.status for version in NoticeVersion.objects.all()}


def test_one_notice_is_stale_and_one_tells_of_bought_data() -> None:
    assert [
        each.slug for each in Notice.objects.filter(pk__in=stale_notices(Notice.objects.all()))
    ] == ["czat"]
    assert Notice.objects.get(article=Article.ART14).versions.in_force().exists()


def test_two_published_versions_differ_in_a_few_readable_lines() -> None:
    old, new = Notice.objects.get(slug="marketing").versions.published().order_by("number")
    lines = list(unified_diff(old.text_pl.splitlines(), new.text_pl.splitlines(), lineterm="", n=0))
    assert 5 < len(lines) < 60
    assert new.change_pl
    assert new.change_en


@pytest.mark.parametrize("state", ToolState.values)
def test_tools_stand_in_every_state(state: str) -> None:
    assert AutomationTool.objects.filter(state=state).exists()


def test_a_tool_that_infers_emotions_of_agents_is_kept_from_use() -> None:
    tool = AutomationTool.objects.get(slug="analiza-rozmow")
    unmet = {rule.code for rule in rules.unmet(tool, "put_in_use")}
    assert {"tool_emotion_of_agents", "tool_emotion_of_both"} <= unmet


# History ------------------------------------------------------------------------------------------


def rows() -> dict[str, int]:
    """Rows of every table of the house, history among them."""
    ours = {"accounts", "audit", "processors", "processing", "legitimate_interest", "notices"}
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in ours]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_a_second_run_writes_nothing_not_even_history() -> None:
    before = rows()
    demo.build(password=PASSWORD)
    assert rows() == before


@pytest.mark.parametrize("command", ["reconcile_history", "rebuild_consents"])
def test_every_record_equals_what_was_written_down_of_it(command: str) -> None:
    call_command(command, "--check", stdout=io.StringIO())


def test_each_step_of_a_test_is_an_entry_of_the_person_who_took_it() -> None:
    test = BalanceTest.objects.get(purpose__slug="claims")
    later = test.history.filter(history_batch=None).order_by("history_id")
    dpo, approver = "dpo@ccgdpr.example", "approver@ccgdpr.example"
    assert list(later.values_list("history_username", flat=True)) == [dpo, dpo, approver]
    assert test.answers.model.history.filter(test=test, history_batch=None).count() == 0


# Who decides -------------------------------------------------------------------------------------


def read_by(role: Role, severities: set[Severity]) -> list[Finding]:
    """Every open finding of these severities, as somebody of ``role`` reads it."""
    user = User.objects.get(role=role)
    found = [each for each in rules.open_findings() if each.severity in severities]
    return for_reader(found, user, Place.LIST)


# Art. 38(6): a blocking finding is the controller's risk, the rest is the officer's to live with.
DECIDES = {
    Role.APPROVER: {Severity.BLOCKING},
    Role.DPO: {Severity.IMPORTANT, Severity.MINOR},
}


@pytest.mark.parametrize("role", DECIDES)
def test_every_open_finding_can_be_lived_with_by_who_decides(role: Role) -> None:
    user = User.objects.get(role=role)
    until = timezone.localdate() + timedelta(days=30)
    for finding in read_by(role, DECIDES[role]):
        with acting(by=user, reason="Weighed, and borne until then."):
            acknowledge(finding.rule, finding.record, by=user, until=until)
    assert not [each for each in rules.open_findings() if each.severity in DECIDES[role]]


@pytest.mark.parametrize("role", DECIDES)
def test_who_decides_sees_the_record_and_the_form_that_asks_why(client: Client, role: Role) -> None:
    client.force_login(User.objects.get(role=role))
    for finding in read_by(role, DECIDES[role]):
        for url in (finding.record_url, finding.acknowledge_url):
            assert client.get(url).status_code == 200, f"{finding.rule.code}: {url}"


@pytest.mark.parametrize("role", DECIDES)
def test_every_mend_that_is_offered_opens(client: Client, role: Role) -> None:
    client.force_login(User.objects.get(role=role))
    offered = [each.mend_url for each in read_by(role, set(Severity)) if each.mend_url]
    answers = {url: client.get(url, follow=True) for url in offered}
    assert {url: a.status_code for url, a in answers.items() if a.status_code != 200} == {}
    assert [url for url, a in answers.items() if not a.context["way_back"].is_open] == []


def test_an_approver_sees_how_many_people_a_source_left_uninformed_but_not_whom(
    client: Client,
) -> None:
    client.force_login(User.objects.get(role=Role.APPROVER))
    (late,) = (f for f in read_by(Role.APPROVER, set(Severity)) if f.rule.code == "art14_overdue")
    page = client.get(late.record_url)
    assert page.context["overdue"] != "0"
    assert reverse("admin:consents_acquisition_changelist") not in page.content.decode()
