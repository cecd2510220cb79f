"""Each rule both ways: silent where all is well, and speaking where it is broken."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import rules
from processing.choices import Basis
from tests.factories import LONG_AGO, BalanceTestFactory, PurposeFactory

pytestmark = pytest.mark.django_db

ENDED = {"active_until": LONG_AGO + timedelta(days=1)}


def found(record: object) -> set[str]:
    return {finding.rule.code for finding in rules.findings_for(record)} & OURS


OURS = {
    "purpose_without_balance_test",
    "purpose_active_though_refused",
    "balance_test_without_opinion",
    "balance_test_waits",
    "balance_test_review_passed",
    "balance_test_review_soon",
}


def days_ago(days: int) -> object:
    return timezone.now() - timedelta(days=days)


def in_days(days: int) -> object:
    return timezone.localdate() + timedelta(days=days)


def test_a_purpose_on_a_legitimate_interest_needs_a_test() -> None:
    assert found(PurposeFactory(legitimate=True)) == {"purpose_without_balance_test"}


def test_a_current_test_clears_the_purpose() -> None:
    assert found(BalanceTestFactory(approved=True).purpose) == set()


@pytest.mark.parametrize("trait", ["submitted", "advised", "rejected"])
def test_a_test_that_is_not_approved_does_not(trait: str) -> None:
    test = BalanceTestFactory(**{trait: True})
    assert found(test.purpose) == {"purpose_without_balance_test"}


def test_an_expired_test_does_not() -> None:
    test = BalanceTestFactory(approved=True, review_on=in_days(0))
    assert found(test.purpose) == {"purpose_without_balance_test"}


def test_a_test_that_asks_for_an_impact_assessment_does_not() -> None:
    test = BalanceTestFactory(approved=True, outcome="dpia_required")
    assert found(test.purpose) == {"purpose_without_balance_test"}


@pytest.mark.parametrize("basis", [Basis.CONSENT, Basis.CONTRACT])
def test_a_purpose_on_another_basis_needs_none(basis: str) -> None:
    assert found(PurposeFactory(basis=basis)) == set()


def test_a_purpose_that_has_ended_needs_none() -> None:
    assert found(PurposeFactory(legitimate=True, **ENDED)) == set()


def test_the_missing_test_is_mended_by_starting_one() -> None:
    purpose = PurposeFactory(legitimate=True)
    (finding,) = (f for f in rules.findings_for(purpose) if f.rule.code in OURS)
    add = reverse("admin:legitimate_interest_balancetest_add")
    assert finding.mend_url == f"{add}?purpose={purpose.pk}"


def test_a_purpose_does_not_stay_active_against_its_test() -> None:
    test = BalanceTestFactory(approved=True, outcome="not_rely")
    assert found(test.purpose) == {"purpose_active_though_refused"}


def test_ending_the_purpose_clears_that() -> None:
    purpose = PurposeFactory(legitimate=True, **ENDED)
    BalanceTestFactory(approved=True, outcome="not_rely", purpose=purpose)
    assert found(purpose) == set()


def test_a_submitted_test_waits_for_the_opinion() -> None:
    test = BalanceTestFactory(submitted=True, submitted_at=days_ago(3))
    assert found(test) == {"balance_test_without_opinion"}


def test_the_opinion_clears_that() -> None:
    test = BalanceTestFactory(advised=True, submitted_at=days_ago(3), dpo_opinion_at=days_ago(2))
    assert found(test) == set()


def test_a_draft_waits_for_nothing() -> None:
    assert found(BalanceTestFactory()) == set()


def test_a_test_waits_for_approval_two_weeks_at_most() -> None:
    late = BalanceTestFactory(advised=True, submitted_at=days_ago(15), dpo_opinion_at=days_ago(9))
    timely = BalanceTestFactory(advised=True, submitted_at=days_ago(13), dpo_opinion_at=days_ago(9))
    assert (found(late), found(timely)) == ({"balance_test_waits"}, set())


def test_an_approval_ends_the_waiting() -> None:
    assert found(BalanceTestFactory(approved=True)) == set()


@pytest.mark.parametrize(
    ("left", "codes"),
    [
        (0, {"balance_test_review_passed"}),
        (1, {"balance_test_review_soon"}),
        (30, {"balance_test_review_soon"}),
        (31, set()),
    ],
)
def test_the_review_is_announced_and_then_overdue(left: int, codes: set[str]) -> None:
    assert found(BalanceTestFactory(approved=True, review_on=in_days(left))) == codes


def test_a_superseded_test_needs_no_review() -> None:
    newer = BalanceTestFactory(approved=True)
    older = BalanceTestFactory(
        approved=True,
        purpose=newer.purpose,
        review_on=in_days(0),
        superseded_at=newer.valid_from,
        superseded_by=newer,
        approved_at=days_ago(34),
        submitted_at=days_ago(36),
    )
    assert found(older) == set()


def test_the_test_of_a_purpose_that_has_ended_needs_no_review() -> None:
    purpose = PurposeFactory(legitimate=True, **ENDED)
    assert found(BalanceTestFactory(approved=True, purpose=purpose, review_on=in_days(0))) == set()
