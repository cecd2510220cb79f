"""The life of a tool: every verb's allowed and refused side, in code and in the database."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.rules import GateClosed
from processors.choices import ToolState
from processors.models import AutomationTool, ToolAcceptance
from tests.factories import (
    LONG_AGO,
    AcceptanceFactory,
    OrganisationFactory,
    ToolFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_rules_of_this_room")]


def again(tool: AutomationTool) -> AutomationTool:
    return AutomationTool.objects.get(pk=tool.pk)


def stored_with(tool: AutomationTool, **facts: Any) -> None:
    """Written past every check of Django's."""
    for name, value in facts.items():
        setattr(tool, name, value)
    with transaction.atomic():
        tool.save()


# Is an agreement needed? -------------------------------------------------------------------------


def test_the_answer_keeps_who_when_why_and_about_whom() -> None:
    tool, dpo = ToolFactory(), UserFactory()
    tool.decide_agreement(by=dpo, needed=True, reason=" Dostawca widzi dane klientów. ")
    kept = again(tool)
    assert (kept.agreement_needed, kept.agreement_decided_by) == (True, dpo)
    assert kept.agreement_reason == "Dostawca widzi dane klientów."
    assert kept.agreement_decided_at is not None
    assert kept.answered_for == kept.vendor


def test_the_answer_may_change_and_history_keeps_both() -> None:
    tool = ToolFactory(answered=True)
    tool.decide_agreement(by=UserFactory(), needed=True, reason="Zdalny serwis ma dostęp.")
    assert [row.agreement_needed for row in tool.history.order_by("history_id")] == [False, True]


def test_an_answer_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="Say why"):
        ToolFactory().decide_agreement(by=UserFactory(), needed=False, reason="  ")


def test_nothing_is_answered_about_a_retired_tool() -> None:
    with pytest.raises(ValidationError, match="retired"):
        ToolFactory(retired=True).decide_agreement(by=UserFactory(), needed=True, reason="x")


@pytest.mark.parametrize(
    "half",
    [
        {"agreement_decided_at": None},
        {"agreement_decided_by": None},
        {"agreement_reason": ""},
        {"answered_for": None},
    ],
)
def test_the_database_keeps_no_half_of_an_answer(half: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        stored_with(ToolFactory(answered=True), **half)


# Proposed and verified ---------------------------------------------------------------------------


def test_a_new_tool_is_proposed_by_whoever_enters_it() -> None:
    tool = ToolFactory()
    assert tool.state == ToolState.PROPOSED
    assert not AutomationTool.objects.in_use().exists()


def test_a_proposed_tool_is_verified() -> None:
    tool, dpo = ToolFactory(), UserFactory()
    tool.verify(by=dpo, note="Test, dokumentacja, lokalizacja danych.")
    kept = again(tool)
    assert (kept.state, kept.verified_by) == (ToolState.VERIFIED, dpo)
    assert kept.verified_at is not None
    assert kept.verification_note.startswith("Test")


@pytest.mark.parametrize("state", ["verified", "in_use"])
def test_a_tool_is_not_verified_twice(state: str) -> None:
    with pytest.raises(ValidationError, match="already verified"):
        ToolFactory(**{state: True}).verify(by=UserFactory())


def test_a_retired_tool_is_not_verified() -> None:
    with pytest.raises(ValidationError, match="retired"):
        ToolFactory(retired=True).verify(by=UserFactory())


@pytest.mark.parametrize("state", ["verified", "in_use"])
def test_with_another_vendor_it_is_verified_again_and_stays_where_it_is(state: str) -> None:
    tool = ToolFactory(**{state: True})
    stored_with(tool, vendor=OrganisationFactory(slug="inny-dostawca"))
    tool.verify(by=UserFactory())
    kept = again(tool)
    assert kept.state == state
    assert not kept.has_new_vendor
    assert kept.verified_at > LONG_AGO


# In use ------------------------------------------------------------------------------------------


def test_a_verified_tool_is_put_in_use_by_somebody_else() -> None:
    tool, approver = ToolFactory(verified=True), UserFactory(approver=True)
    before = timezone.now()
    tool.put_in_use(by=approver)
    kept = again(tool)
    assert (kept.state, kept.approved_by) == (ToolState.IN_USE, approver)
    assert before <= kept.in_use_from <= timezone.now()
    assert AutomationTool.objects.in_use().get() == kept


@pytest.mark.parametrize("state", ["answered", "in_use", "retired"])
def test_only_a_verified_tool_is_put_in_use(state: str) -> None:
    with pytest.raises(ValidationError, match="Only a verified tool"):
        ToolFactory(**{state: True}).put_in_use(by=UserFactory(approver=True))


def test_who_verified_it_does_not_put_it_in_use() -> None:
    tool = ToolFactory(verified=True)
    with pytest.raises(ValidationError, match="cannot put it in use"):
        tool.put_in_use(by=tool.verified_by)
    assert again(tool).state == ToolState.VERIFIED


def test_nor_does_the_database_let_them() -> None:
    tool = ToolFactory(verified=True)
    used = {"state": ToolState.IN_USE, "in_use_from": timezone.now()}
    with pytest.raises(IntegrityError):
        stored_with(tool, approved_by=tool.verified_by, **used)


def test_a_closed_gate_keeps_it_from_use() -> None:
    tool = ToolFactory(verified=True, disclosure_en="")
    with pytest.raises(GateClosed, match="notices carry"):
        tool.put_in_use(by=UserFactory(approver=True))
    assert again(tool).state == ToolState.VERIFIED


def test_of_two_approvers_at_once_the_second_is_told() -> None:
    tool = ToolFactory(verified=True)
    seen = again(tool)
    tool.put_in_use(by=UserFactory(approver=True))
    with pytest.raises(ValidationError, match="meanwhile"):
        seen.put_in_use(by=UserFactory(approver=True))
    assert again(tool).approved_by == tool.approved_by


# Retired -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["answered", "verified", "in_use"])
def test_a_tool_is_retired_from_anywhere(state: str) -> None:
    tool, approver = ToolFactory(**{state: True}), UserFactory(approver=True)
    tool.retire(by=approver, data_returned="Usunięte, protokół z 3.11.")
    kept = again(tool)
    assert (kept.state, kept.retired_by) == (ToolState.RETIRED, approver)
    assert kept.data_returned == "Usunięte, protokół z 3.11."
    assert not AutomationTool.objects.in_use().exists()


def test_a_tool_is_retired_whatever_else_is_wrong_with_it() -> None:
    tool = ToolFactory(in_use=True, disclosure_pl="", emotion_agents_face=True)
    tool.retire(by=UserFactory())
    assert again(tool).state == ToolState.RETIRED


def test_a_tool_is_retired_once() -> None:
    with pytest.raises(ValidationError, match="retired"):
        ToolFactory(retired=True).retire(by=UserFactory())


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        ("answered", {"state": ToolState.VERIFIED}),
        ("verified", {"state": ToolState.IN_USE}),
        ("verified", {"verified_by": None}),
        ("in_use", {"state": ToolState.RETIRED}),
        ("in_use", {"in_use_from": None}),
        ("retired", {"state": ToolState.IN_USE}),
        ("retired", {"retired_at": LONG_AGO - timedelta(days=1)}),
        ("answered", {"state": "sold"}),
        ("answered", {"kind": "abacus"}),
    ],
)
def test_the_database_keeps_states_and_dates_together(state: str, facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        stored_with(ToolFactory(**{state: True}), **facts)


# At any moment -----------------------------------------------------------------------------------


def test_what_was_in_use_is_asked_at_any_moment() -> None:
    ended = ToolFactory(retired=True)
    still = ToolFactory(in_use=True, in_use_from=LONG_AGO + timedelta(days=30))
    ToolFactory(verified=True)
    at = AutomationTool.objects.in_use
    assert set(at(LONG_AGO)) == {ended}
    assert set(at(ended.retired_at)) == {still}
    assert set(at(LONG_AGO - timedelta(microseconds=1))) == set()
    assert set(at()) == {still}


def test_what_waits_is_proposed_or_verified() -> None:
    waiting = {ToolFactory(), ToolFactory(verified=True)}
    ToolFactory(in_use=True)
    ToolFactory(retired=True)
    assert set(AutomationTool.objects.waiting()) == waiting


# A client's acceptance ---------------------------------------------------------------------------


def test_an_acceptance_holds_from_its_day_until_the_day_before_its_end() -> None:
    kept = AcceptanceFactory(accepted_on=date(2025, 1, 2), until=date(2025, 2, 1))
    valid = [ToolAcceptance.objects.valid(date(2025, 1, 1) + timedelta(n)) for n in (0, 1, 30, 31)]
    assert [kept in rows for rows in valid] == [False, True, True, False]


def test_an_acceptance_without_an_end_still_holds() -> None:
    assert AcceptanceFactory() in ToolAcceptance.objects.valid(timezone.localdate())


def test_our_own_centre_accepts_nothing_for_itself() -> None:
    given = AcceptanceFactory.build(tool=ToolFactory(), client=OrganisationFactory())
    with pytest.raises(ValidationError, match="no tool for itself"):
        given.full_clean()


def test_an_acceptance_ends_after_it_began() -> None:
    with pytest.raises(IntegrityError):
        AcceptanceFactory(until=date(2025, 1, 2))


def test_an_acceptance_is_recorded_once_a_day() -> None:
    kept = AcceptanceFactory()
    with pytest.raises(IntegrityError):
        AcceptanceFactory(tool=kept.tool, client=kept.client)
