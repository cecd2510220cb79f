"""The life of a balance test: each step allowed, and each refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.act import acting
from audit.rules import GateClosed
from legitimate_interest import services
from legitimate_interest.choices import TestState, TestStatus
from legitimate_interest.models import BalanceAnswer, BalanceQuestion, BalanceTest
from processing.choices import Basis
from tests.factories import (
    BalanceImpactFactory,
    BalanceTestFactory,
    PurposeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def store(test: BalanceTest, **values: Any) -> None:
    """Past every check of the model, as raw SQL would."""
    QuerySet(BalanceTest).filter(pk=test.pk).update(**values)


@pytest.fixture
def approver() -> User:
    return UserFactory(approver=True)


@pytest.fixture
def complete() -> BalanceTest:
    """A draft with every answer and one impact."""
    test = services.start(purpose=PurposeFactory(legitimate=True), by=UserFactory())
    like = BalanceTestFactory.build(purpose=test.purpose, author=test.author)
    for name in services.COPIED:
        setattr(test, name, getattr(like, name))
    test.full_clean()
    test.save()
    for answer in test.answers.all():
        answer.flag, answer.text = True, "Tak, bo tak."
        answer.save()
    BalanceImpactFactory(test=test)
    return test


# Begun --------------------------------------------------------------------------------------------


def test_a_test_begins_with_every_question_that_is_asked() -> None:
    test = services.start(purpose=PurposeFactory(legitimate=True), by=UserFactory())
    assert test.answers.count() == BalanceQuestion.objects.asked().count() > 25
    assert (test.state, test.version) == (TestState.DRAFT, 1)


def test_a_purpose_on_another_basis_is_not_weighed() -> None:
    with pytest.raises(ValidationError, match=r"6\(1\)\(f\)"):
        services.start(purpose=PurposeFactory(basis=Basis.CONSENT), by=UserFactory())


def test_one_test_of_a_purpose_is_worked_on_at_a_time() -> None:
    test = BalanceTestFactory()
    with pytest.raises(ValidationError, match="already being worked on"):
        services.start(purpose=test.purpose, by=test.author)


# Submitted ----------------------------------------------------------------------------------------


def test_a_complete_draft_is_submitted(complete: BalanceTest) -> None:
    services.submit(complete)
    complete.refresh_from_db()
    assert complete.state == TestState.SUBMITTED
    assert complete.submitted_at is not None


def test_a_draft_with_an_open_question_is_not_submitted(complete: BalanceTest) -> None:
    answer = complete.answers.get(question__slug="expectations-novel")
    answer.text = ""
    answer.save()
    with pytest.raises(ValidationError, match=answer.question.text[:20]):
        services.submit(complete)


def test_a_submitted_test_is_not_submitted_again(complete: BalanceTest) -> None:
    services.submit(complete)
    with pytest.raises(ValidationError, match="Only a draft"):
        services.submit(complete)


def test_the_model_refuses_to_change_what_was_submitted() -> None:
    test = BalanceTestFactory(submitted=True)
    test.justification = "inaczej"
    with pytest.raises(ValidationError, match="stays as it is"):
        test.full_clean()


def test_the_database_refuses_to_change_what_was_submitted() -> None:
    test = BalanceTestFactory(submitted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        store(test, justification="inaczej")


def test_the_database_never_makes_a_submitted_test_a_draft_again() -> None:
    test = BalanceTestFactory(submitted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        store(test, state=TestState.DRAFT, submitted_at=None)


def test_answers_and_impacts_are_frozen_with_their_test(complete: BalanceTest) -> None:
    services.submit(complete)
    answer, impact = complete.answers.first(), complete.impacts.first()
    for part in (answer, impact):
        assert part is not None
        with pytest.raises(ValidationError, match="stays as it is"):
            part.full_clean()


# The opinion --------------------------------------------------------------------------------------


def test_the_dpo_gives_an_opinion_on_a_submitted_test() -> None:
    test, dpo = BalanceTestFactory(submitted=True), UserFactory()
    test.advise(by=dpo, position="reserved", opinion="Skrócić listę odbiorców.")
    test.refresh_from_db()
    assert (test.dpo_opinion_by, test.dpo_position) == (dpo, "reserved")


def test_no_opinion_is_given_on_a_draft() -> None:
    with pytest.raises(ValidationError, match="submitted"):
        BalanceTestFactory().advise(by=UserFactory(), position="adverse", opinion="Nie.")


def test_an_opinion_says_something() -> None:
    with pytest.raises(ValidationError, match="advise"):
        BalanceTestFactory(submitted=True).advise(
            by=UserFactory(), position="adverse", opinion="  "
        )


# Approved -----------------------------------------------------------------------------------------


def test_an_approver_approves_a_test_with_an_opinion(approver: User) -> None:
    test = BalanceTestFactory(advised=True)
    services.approve(test, by=approver, review_on=in_days(300))
    assert test.status == TestStatus.IN_FORCE
    assert list(BalanceTest.objects.current()) == [test]


def test_a_test_without_an_opinion_is_not_approved(approver: User) -> None:
    with pytest.raises(GateClosed, match="opinion"):
        services.approve(BalanceTestFactory(submitted=True), by=approver, review_on=in_days(300))


def test_a_draft_is_not_approved(approver: User) -> None:
    with pytest.raises(ValidationError, match="Only a submitted test"):
        services.approve(BalanceTestFactory(), by=approver, review_on=in_days(300))


def test_nobody_approves_what_they_began() -> None:
    test = BalanceTestFactory(advised=True)
    with pytest.raises(ValidationError, match="they wrote"):
        services.approve(test, by=test.author, review_on=in_days(300))


def test_nobody_approves_what_they_wrote_into(complete: BalanceTest, approver: User) -> None:
    answer = complete.answers.first()
    assert answer is not None
    with acting(by=approver):
        answer.text = "Dopisane przez kogoś innego."
        answer.save()
    services.submit(complete)
    complete.advise(by=UserFactory(), position="favourable", opinion="Bez uwag.")
    with pytest.raises(ValidationError, match="they wrote"):
        services.approve(complete, by=approver, review_on=in_days(300))


def test_the_database_refuses_the_author_as_approver() -> None:
    test = BalanceTestFactory(approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        store(test, approver=test.author)


def test_the_database_refuses_who_gave_the_opinion_as_approver() -> None:
    test = BalanceTestFactory(approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        store(test, approver=test.dpo_opinion_by)


def test_an_approval_before_its_own_instant_is_refused_by_the_database() -> None:
    test = BalanceTestFactory(approved=True)
    assert test.approved_at is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        store(test, valid_from=test.approved_at - timedelta(days=1))


@pytest.mark.parametrize("days", [0, -3, 367, 500])
def test_a_review_outside_of_twelve_months_is_refused(approver: User, days: int) -> None:
    test = BalanceTestFactory(advised=True)
    with pytest.raises(ValidationError, match="The review comes"):
        services.approve(test, by=approver, review_on=in_days(days))


@pytest.mark.parametrize("days", [-3, 0, 368, 500])
def test_a_review_outside_of_a_year_is_refused_by_the_database(days: int) -> None:
    test = BalanceTestFactory(approved=True)
    assert test.valid_from is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        store(test, review_on=test.valid_from.date() + timedelta(days=days))


def test_a_review_on_the_same_day_a_year_later_is_allowed(approver: User) -> None:
    test = BalanceTestFactory(advised=True)
    services.approve(test, by=approver, review_on=services.latest_review(timezone.localdate()))
    assert test.status == TestStatus.IN_FORCE


def test_a_leap_day_is_reviewed_on_the_last_of_february() -> None:
    assert services.latest_review(date(2028, 2, 29)) == date(2029, 2, 28)


# Rejected -----------------------------------------------------------------------------------------


def test_an_approver_rejects_with_a_reason(approver: User) -> None:
    test = BalanceTestFactory(submitted=True)
    test.reject(by=approver, reason="Nie zbadano oczekiwań.")
    test.refresh_from_db()
    assert (test.state, test.approver) == (TestState.REJECTED, approver)


def test_a_rejection_without_a_reason_is_refused(approver: User) -> None:
    with pytest.raises(ValidationError, match="why"):
        BalanceTestFactory(submitted=True).reject(by=approver, reason=" ")


def test_an_approved_test_is_not_rejected(approver: User) -> None:
    with pytest.raises(ValidationError, match="Only a submitted test"):
        BalanceTestFactory(approved=True).reject(by=approver, reason="za późno")


def test_nobody_rejects_what_they_wrote() -> None:
    test = BalanceTestFactory(submitted=True)
    with pytest.raises(ValidationError, match="they wrote"):
        test.reject(by=test.author, reason="pomyłka")


# Expired and superseded ---------------------------------------------------------------------------


def test_a_test_holds_until_the_day_of_its_review() -> None:
    test = BalanceTestFactory(approved=True)
    assert test.valid_from is not None
    assert test.review_on is not None
    last = timezone.make_aware(
        timezone.datetime(test.review_on.year, test.review_on.month, test.review_on.day)
    )
    assert test.status_at(last - timedelta(seconds=1)) == TestStatus.IN_FORCE
    assert test.status_at(last) == TestStatus.EXPIRED
    assert test in BalanceTest.objects.current(last - timedelta(seconds=1))
    assert test not in BalanceTest.objects.current(last)
    assert test in BalanceTest.objects.expired(last)


def test_a_newer_approval_supersedes_the_older_from_its_beginning(approver: User) -> None:
    old = BalanceTestFactory(approved=True)
    new = BalanceTestFactory(advised=True, purpose=old.purpose)
    services.approve(new, by=approver, review_on=in_days(200))
    old.refresh_from_db()
    assert (old.superseded_by, old.superseded_at) == (new, new.valid_from)
    assert old.status == TestStatus.SUPERSEDED
    assert new.valid_from is not None
    before = new.valid_from - timedelta(seconds=1)
    assert list(BalanceTest.objects.current(before)) == [old]
    assert list(BalanceTest.objects.current()) == [new]


def test_an_approval_for_later_leaves_the_older_until_then(approver: User) -> None:
    old = BalanceTestFactory(approved=True)
    new = BalanceTestFactory(advised=True, purpose=old.purpose)
    begins = timezone.now() + timedelta(days=10)
    services.approve(new, by=approver, review_on=in_days(200), valid_from=begins)
    assert new.status == TestStatus.SCHEDULED
    assert list(BalanceTest.objects.current()) == [old]
    assert list(BalanceTest.objects.current(begins)) == [new]


def test_an_outcome_against_the_interest_supersedes_and_lets_nothing_rest_on_it(
    approver: User,
) -> None:
    old = BalanceTestFactory(approved=True)
    new = BalanceTestFactory(advised=True, purpose=old.purpose, outcome="not_rely")
    services.approve(new, by=approver, review_on=in_days(200))
    assert not BalanceTest.objects.current().exists()
    assert list(BalanceTest.objects.in_force()) == [new]


# A new version ------------------------------------------------------------------------------------


def test_a_copy_has_the_texts_and_the_impacts(complete: BalanceTest, approver: User) -> None:
    services.submit(complete)
    complete.advise(by=UserFactory(), position="favourable", opinion="Bez uwag.")
    services.approve(complete, by=approver, review_on=in_days(200))
    newer = services.copy(complete, by=UserFactory())
    assert (newer.version, newer.copied_from, newer.state) == (2, complete, TestState.DRAFT)
    assert newer.justification == complete.justification
    assert set(newer.answers.values_list("text", flat=True)) == {"Tak, bo tak."}
    assert [impact.description for impact in newer.impacts.all()] == ["Ktoś czuje się nagabywany."]


def test_a_copy_is_asked_in_the_words_of_today(complete: BalanceTest, approver: User) -> None:
    services.submit(complete)
    complete.reject(by=approver, reason="od nowa")
    asked = BalanceQuestion.objects.asked().get(slug="necessity-less")
    reworded = asked.reword(text_pl="Czy da się skromniej?", text_en="Could it be less?")
    newer = services.copy(complete, by=UserFactory())
    assert newer.answers.get(question__slug="necessity-less").question == reworded
    assert complete.answers.get(question__slug="necessity-less").question == asked


def test_a_question_asked_since_then_is_open_in_a_copy(
    complete: BalanceTest, approver: User
) -> None:
    services.submit(complete)
    complete.reject(by=approver, reason="od nowa")
    question = BalanceQuestion(
        slug="purpose-new", part="purpose", text_pl="Coś nowego?", text_en="Anything new?"
    )
    question.full_clean()
    question.save()
    newer = services.copy(complete, by=UserFactory())
    assert newer.answers.get(question=question).text == ""
    assert not BalanceAnswer.objects.filter(test=complete, question=question).exists()
