"""Where a balance test stands: states as constants, and the questions asked of them."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from audit.models import AuditedQuerySet
from legitimate_interest.choices import RELYING, TestState

OPEN_STATES = (TestState.DRAFT, TestState.SUBMITTED)
OPEN = Q(state__in=OPEN_STATES)
STANDING = Q(state=TestState.APPROVED, superseded_at=None)
UNDECIDED = Q(approver=None, approved_at=None, rejected_at=None, valid_from=None, review_on=None)
APPROVED = Q(
    state=TestState.APPROVED,
    approver__isnull=False,
    approved_at__isnull=False,
    rejected_at=None,
    valid_from__isnull=False,
    review_on__isnull=False,
    dpo_opinion_at__isnull=False,
)
REJECTED = Q(
    state=TestState.REJECTED,
    approver__isnull=False,
    approved_at=None,
    rejected_at__isnull=False,
    valid_from=None,
    review_on=None,
) & ~Q(rejection_reason="")
WRITTEN = Q(submitted_at__isnull=False) & ~Q(outcome="") & ~Q(justification="")


class BalanceTestQuerySet(AuditedQuerySet):
    def current(self, moment: datetime | None = None) -> Self:
        """Approved tests on which a purpose may rest at ``moment`` (Art. 6(1)(f))."""
        return self.in_force(moment).filter(outcome__in=RELYING)

    def in_force(self, moment: datetime | None = None) -> Self:
        """Approved, begun, neither superseded nor due for review by ``moment``; any outcome."""
        moment = moment or timezone.now()
        return self.standing(moment).filter(review_on__gt=timezone.localdate(moment))

    def standing(self, moment: datetime | None = None) -> Self:
        """Approved, begun and not superseded by ``moment``, whether or not due for review."""
        moment = moment or timezone.now()
        return self.filter(
            Q(superseded_at=None) | Q(superseded_at__gt=moment),
            state=TestState.APPROVED,
            valid_from__lte=moment,
        )

    def expired(self, moment: datetime | None = None) -> Self:
        moment = moment or timezone.now()
        return self.standing(moment).filter(review_on__lte=timezone.localdate(moment))

    def superseded(self, moment: datetime | None = None) -> Self:
        return self.filter(superseded_at__lte=moment or timezone.now())

    def scheduled(self, moment: datetime | None = None) -> Self:
        """Approved to begin later."""
        return self.filter(STANDING, valid_from__gt=moment or timezone.now())

    def review_due(self, day: date, within: int = 30) -> Self:
        """In force on ``day`` (Europe/Warsaw), with the review at most ``within`` days away."""
        return self.filter(STANDING, review_on__gt=day, review_on__lte=day + timedelta(days=within))

    def drafts(self) -> Self:
        return self.filter(state=TestState.DRAFT)

    def submitted(self) -> Self:
        return self.filter(state=TestState.SUBMITTED)

    def rejected(self) -> Self:
        return self.filter(state=TestState.REJECTED)

    def open(self) -> Self:
        """Drafts and submitted tests: one at most for each purpose."""
        return self.filter(OPEN)

    def waiting_for(self, user: Any) -> Self:
        """What ``user`` is to do next: opinions to give, decisions to take."""
        asked = Q(pk__in=())
        if user.has_perm("legitimate_interest.advise_balancetest"):
            asked |= Q(dpo_opinion_at=None)
        if user.has_perm("legitimate_interest.approve_balancetest"):
            asked |= Q(dpo_opinion_at__isnull=False) & ~Q(author=user)
        return self.submitted().filter(asked)
