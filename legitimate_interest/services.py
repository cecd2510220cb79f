"""The life of a balance test where it takes more than one record: begun, copied, decided."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import bulk, rules
from audit.act import acting, current_act, new_batch
from legitimate_interest.choices import TestState
from legitimate_interest.gaps import gaps
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceQuestion, BalanceTest
from legitimate_interest.models.balance import CONTENT_FIELDS
from legitimate_interest.models.states import STANDING
from processing.choices import Basis
from processing.models import Purpose

COPIED = tuple(n for n in CONTENT_FIELDS if n not in ("purpose", "version", "reference", "author"))
WEIGHED = (
    "description",
    "likelihood",
    "severity",
    "safeguards",
    "likelihood_after",
    "severity_after",
)


@transaction.atomic
def start(*, purpose: Purpose, by: Any, at: datetime | None = None) -> BalanceTest:
    """Begin a draft of ``by`` with every question that is asked today.

    Raises ValidationError where the purpose has another basis, or a test is being worked on.
    """
    test = BalanceTest(purpose=purpose, author=by, created_at=at or timezone.now())
    begin(test)
    return test


@transaction.atomic
def copy(test: BalanceTest, *, by: Any, at: datetime | None = None) -> BalanceTest:
    """A new draft version with the texts of ``test``, asked in the words of today.

    Raises ValidationError where a test of the purpose is already being worked on.
    """
    begun = at or timezone.now()
    newer = BalanceTest(purpose=test.purpose, author=by, copied_from=test, created_at=begun)
    for name in COPIED:
        setattr(newer, name, getattr(test, name))
    begin(newer, like=test)
    for impact in test.impacts.kept():
        _add(BalanceImpact(test=newer, **{name: getattr(impact, name) for name in WEIGHED}))
    return newer


def begin(test: BalanceTest, *, like: BalanceTest | None = None) -> None:
    """Number and save a new ``test``, and ask it everything; see ``start`` for what is raised."""
    if test.purpose.basis != Basis.LEGITIMATE_INTEREST:
        raise ValidationError(_("Only a purpose on Art. 6(1)(f) is weighed in a balance test."))
    number(test)
    # One entry of the trail, and not one for each question.
    with acting(batch=current_act().batch or new_batch()):
        _add(test)
        ask(test, like=like)


def number(test: BalanceTest) -> None:
    """Make ``test`` the next version of its purpose."""
    latest = BalanceTest.objects.filter(purpose=test.purpose_id).order_by("-version").first()
    test.version = latest.version + 1 if latest else 1


def ask(test: BalanceTest, *, like: BalanceTest | None = None) -> None:
    """Give ``test`` an answer for each question that is asked now and that it was not asked yet.

    Texts come from ``like`` by the key of the question, where it has one.
    """
    known = {a.question.slug: a for a in like.answers.in_order()} if like else {}
    asked = set(test.answers.values_list("question__slug", flat=True))
    new = [
        BalanceAnswer(test=test, question=question)
        for question in BalanceQuestion.objects.asked().in_order()
        if question.slug not in asked
    ]
    for answer in new:
        if before := known.get(answer.question.slug):
            answer.flag, answer.text = before.flag, before.text
    bulk.create(new)


def _add(record: Any) -> None:
    record.full_clean()
    record.save()


@transaction.atomic
def submit(test: BalanceTest, *, at: datetime | None = None) -> None:
    """Put a draft before the DPO and the approver; from now on nothing in it changes.

    Raises ValidationError where it is no draft, or with everything that is still missing.
    """
    if not test.is_draft:
        raise ValidationError(_("Only a draft is submitted."))
    if missing := gaps(test):
        raise ValidationError([f"{gap.part.label}: {gap.message}" for gap in missing])
    test.state, test.submitted_at = TestState.SUBMITTED, at or timezone.now()
    test.full_clean()
    test.save()


@transaction.atomic
def approve(
    test: BalanceTest,
    *,
    by: Any,
    review_on: date,
    valid_from: datetime | None = None,
    at: datetime | None = None,
) -> None:
    """Decide for the controller that the test holds, and end the version that it replaces.

    ``valid_from`` is the approval itself unless it comes later; ``review_on`` (Europe/Warsaw) is
    within twelve months of it. Raises GateClosed while the DPO's opinion is missing, and
    ValidationError where ``by`` wrote the test or advised on it, or the dates do not fit.
    """
    test.refuse_decision_of(by)
    rules.gate(test, "approve")
    test.state, test.approver, test.approved_at = TestState.APPROVED, by, at or timezone.now()
    test.valid_from, test.review_on = valid_from or test.approved_at, review_on
    _refuse_late_review(test.valid_from, review_on)
    _supersede(test)
    test.full_clean()
    test.save()


def _refuse_late_review(valid_from: datetime, review_on: date) -> None:
    begins = timezone.localdate(valid_from)
    if review_on <= begins:
        raise ValidationError({"review_on": _("The review comes after the test has begun.")})
    if review_on > latest_review(begins):
        raise ValidationError({"review_on": _("The review comes within twelve months.")})


def latest_review(begins: date) -> date:
    """The same day a year later; the last of February where there is none."""
    try:
        return begins.replace(year=begins.year + 1)
    except ValueError:
        return begins.replace(year=begins.year + 1, day=28)


def _supersede(test: BalanceTest) -> None:
    """End what stands for the purpose at the instant at which ``test`` begins."""
    assert test.valid_from is not None  # noqa: S101 (set by approve)
    for older in BalanceTest.objects.select_for_update().filter(STANDING, purpose=test.purpose_id):
        assert older.valid_from is not None  # noqa: S101 (balance_test_state_whole)
        # One that had not begun yet never will.
        older.superseded_at = max(test.valid_from, older.valid_from)
        older.superseded_by = test
        older.full_clean()
        older.save()
