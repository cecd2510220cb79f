"""What is found wrong about notices, and what clears it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.rules import conditions, findings_for, registered, unmet
from legitimate_interest.services import approve
from notices.choices import Coverage
from notices.models import NoticeElement, NoticeVersion
from notices.staleness import differences_of
from processing.models import ActivityRecipient, ActivityTool
from tests.factories import (
    ActivityFactory,
    ActivityProcessorFactory,
    ActivityRecipientFactory,
    BalanceTestFactory,
    OrganisationFactory,
    PurposeFactory,
    RetentionRuleFactory,
    ToolFactory,
    UserFactory,
)
from tests.notices import making

pytestmark = pytest.mark.django_db


def broken(code: str) -> list[Any]:
    (rule,) = (rule for rule in registered() if rule.code == code)
    return list(rule.records())


def met(record: Any, verb: str) -> list[str]:
    """What the gate before ``verb`` says that ``record`` meets."""
    with translation.override("en"):
        return [str(words) for words in conditions(record, verb).met]


def moved(version: NoticeVersion) -> list[str]:
    found = differences_of(NoticeVersion.objects.filter(pk=version.pk))
    return [each.sentence for each in found[version.pk]]


def test_a_purpose_that_no_notice_tells_of_is_found() -> None:
    purpose = making.complete_purpose()
    making.drafted(purpose)
    assert broken("purpose_without_notice") == [purpose]


def test_a_purpose_of_a_notice_in_force_is_not_found() -> None:
    making.published()
    assert broken("purpose_without_notice") == []


def test_an_archived_notice_tells_nobody() -> None:
    version = making.published()
    making.services.archive(version)
    assert len(broken("purpose_without_notice")) == 1


def test_an_announced_notice_does_not_tell_yet() -> None:
    making.published(effective_from=timezone.now() + timedelta(days=1))
    assert len(broken("purpose_without_notice")) == 1


def test_a_client_tells_of_its_own_purposes_itself() -> None:
    PurposeFactory(activity__controller=OrganisationFactory(client=True))
    assert broken("purpose_without_notice") == []


def test_a_new_element_makes_a_published_version_incomplete() -> None:
    version = making.published()
    assert broken("notice_incomplete") == []
    NoticeElement(slug="13-own", article="13", name_pl="x", name_en="x").save()
    assert broken("notice_incomplete") == [version]


def test_an_element_that_is_no_longer_asked_for_makes_nothing_incomplete() -> None:
    making.published()
    NoticeElement(slug="13-own", article="13", name_pl="x", name_en="x", active=False).save()
    assert broken("notice_incomplete") == []


def test_a_mark_that_still_stands_in_the_text_keeps_it_from_being_submitted() -> None:
    version = making.drafted(making.complete_purpose(legitimate=True))
    for check in version.checks.filter(coverage=Coverage.MISSING):
        check.coverage = Coverage.COVERED
        check.save()
    assert [rule.code for rule in unmet(version, "submit")] == ["notice_incomplete"]


def test_a_notice_is_not_stale_when_it_is_published() -> None:
    version = making.published()
    assert moved(version) == []
    assert findings_for(version.notice) == []


def test_a_stale_notice_is_found_and_a_new_version_clears_it() -> None:
    version = making.published()
    ActivityRecipientFactory(activity=version.purposes_named.get().purpose.activity)
    assert broken("notice_stale") == [version.notice]
    making.published(
        version.purposes_named.get().purpose, notice=version.notice, effective_from=timezone.now()
    )
    assert broken("notice_stale") == []


def activity_of(version: NoticeVersion) -> Any:
    return version.purposes_named.get().purpose.activity


def _new_tool(version: NoticeVersion) -> None:
    making.used(ToolFactory(name="Voicebot X"), activity_of(version))


def _tool_taken_away(version: NoticeVersion) -> None:
    ActivityTool.objects.get().end()


def _tool_says_something_else(version: NoticeVersion) -> None:
    tool = ActivityTool.objects.get().tool
    tool.disclosure_pl = "Rozmowy zapisuje dostawca."
    tool.save()


def _recipient_gone(version: NoticeVersion) -> None:
    ActivityRecipient.objects.get().end()


def _new_processor(version: NoticeVersion) -> None:
    ActivityProcessorFactory(activity=activity_of(version))


def _other_retention(version: NoticeVersion) -> None:
    activity = activity_of(version)
    activity.retention_pl = "rok"
    activity.save()


def _new_rule(version: NoticeVersion) -> None:
    RetentionRuleFactory(activity=activity_of(version))


def _new_purpose(version: NoticeVersion) -> None:
    PurposeFactory(activity=activity_of(version), name_pl="Nowy", name_en="New")


def _purpose_ended(version: NoticeVersion) -> None:
    purpose = version.purposes_named.get().purpose
    purpose.active_until = timezone.now()
    purpose.save()


def _other_basis(version: NoticeVersion) -> None:
    purpose = version.purposes_named.get().purpose
    purpose.basis = "6-1-b"
    purpose.save()


def _controller_moved(version: NoticeVersion) -> None:
    making.centre(address="ul. Nowa 2, 00-002 Warszawa")


MOVES = {
    _new_tool: "New tool: Voicebot X",
    _tool_taken_away: "Tool left: CRM",
    _tool_says_something_else: "Tool changed: CRM",
    _recipient_gone: "Recipient left: Kurierzy (EN)",
    _new_processor: "New processor: Lead-Baza sp. z o.o.",
    _other_retention: "Activity changed: Direct marketing",
    _new_rule: "New retention rule: recordings of calls",
    _new_purpose: "New purpose: New",
    _other_basis: "Purpose changed: Purpose cel",
    _controller_moved: "Controller changed: Centrum sp. z o.o.",
}


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.__name__.strip("_"))
def test_what_moved_is_said_in_words(move: Callable[[NoticeVersion], None]) -> None:
    purpose = making.complete_purpose(slug="cel")
    making.used(ToolFactory(name="CRM"), purpose.activity)
    ActivityRecipientFactory(activity=purpose.activity)
    version = making.published(purpose)
    move(version)
    assert moved(version) == [MOVES[move]]


def test_a_purpose_that_ended_takes_its_activity_along() -> None:
    version = making.published(making.complete_purpose(slug="cel"))
    _purpose_ended(version)
    assert "Purpose ended: Purpose cel" in moved(version)


def test_a_balance_test_renewed_in_the_same_words_moves_nothing() -> None:
    purpose = making.complete_purpose(legitimate=True)
    BalanceTestFactory(purpose=purpose, approved=True)
    version = making.published(purpose)
    renewed = BalanceTestFactory(purpose=purpose, advised=True)
    approve(
        renewed,
        by=UserFactory(approver=True),
        review_on=timezone.localdate() + timedelta(days=300),
    )
    assert moved(version) == []


def test_a_balance_test_that_is_gone_is_said() -> None:
    purpose = making.complete_purpose(legitimate=True, slug="cel")
    test = BalanceTestFactory(purpose=purpose, approved=True)
    version = making.published(purpose)
    test.review_on = timezone.localdate() - timedelta(days=1)
    test.save()
    assert moved(version) == ["No current balance test any more: Purpose cel"]


def test_a_purpose_left_out_on_purpose_is_not_new() -> None:
    purpose = making.complete_purpose()
    PurposeFactory(activity=purpose.activity)
    assert moved(making.published(purpose)) == []


def test_a_change_shows_what_stood_there_and_what_stands_there() -> None:
    version = making.published()
    _other_retention(version)
    found = differences_of(NoticeVersion.objects.filter(pk=version.pk))[version.pk]
    assert [(c.before, c.after) for c in found[0].changes] == [("do wycofania zgody", "rok")]


def test_a_tool_without_a_notice_is_not_put_in_use() -> None:
    purpose = making.complete_purpose()
    tool = making.used(ToolFactory(verified=True), purpose.activity)
    assert "tool_without_notice" in [rule.code for rule in unmet(tool, "put_in_use")]
    making.published(purpose)
    assert "tool_without_notice" not in [rule.code for rule in unmet(tool, "put_in_use")]


def test_a_gate_says_that_people_are_told_of_the_tool() -> None:
    purpose = making.complete_purpose()
    tool = making.used(ToolFactory(verified=True), purpose.activity)
    assert "a notice in force tells of it" not in met(tool, "put_in_use")
    making.published(purpose)
    assert "a notice in force tells of it" in met(tool, "put_in_use")


def test_of_a_clients_tool_no_notice_of_ours_is_said_to_tell() -> None:
    activity = ActivityFactory(controller=OrganisationFactory(client=True))
    tool = making.used(ToolFactory(verified=True), activity)
    assert "a notice in force tells of it" not in met(tool, "put_in_use")


@pytest.mark.parametrize("verb", ["submit", "publish"])
def test_a_gate_says_that_a_notice_is_complete(verb: str) -> None:
    version = making.drafted()
    assert met(version, verb) == ["every element of Art. 13 is covered"]
    NoticeElement(slug="13-own", article="13", name_pl="x", name_en="x").save()
    assert met(version, verb) == []


def test_a_notice_about_other_purposes_does_not_tell_of_a_tool() -> None:
    tool = making.used(ToolFactory(verified=True), making.complete_purpose().activity)
    other = making.complete_purpose()
    making.used(tool, other.activity)
    making.published(other)
    assert "tool_without_notice" in [rule.code for rule in unmet(tool, "put_in_use")]


def test_a_tool_in_use_that_no_notice_mentions_is_found() -> None:
    purpose = making.complete_purpose()
    making.published(purpose)
    tool = making.used(ToolFactory(in_use=True), purpose.activity)
    assert broken("tool_without_notice") == [tool]


def test_on_a_client_s_work_the_client_tells_of_the_tool() -> None:
    activity = ActivityFactory(controller=OrganisationFactory(client=True))
    making.used(ToolFactory(in_use=True), activity)
    assert broken("tool_without_notice") == []


def test_stale_notices_are_found_in_so_many_queries_for_any_number(
    django_assert_num_queries: Any,
) -> None:
    making.published()
    with CaptureQueriesContext(connection) as one:
        broken("notice_stale")
    for _each in range(3):
        making.published(making.complete_purpose())
    with django_assert_num_queries(len(one)):
        broken("notice_stale")
