"""The balance test: may an interest stand against the people it touches (Art. 6(1)(f))."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.freezing import Frozen
from audit.models import AuditedModel
from audit.text import localised
from legitimate_interest.choices import (
    RELYING,
    Beneficiary,
    Outcome,
    Position,
    Relationship,
    TestState,
    TestStatus,
)
from legitimate_interest.models.states import (
    APPROVED,
    OPEN,
    OPEN_STATES,
    REJECTED,
    STANDING,
    UNDECIDED,
    WRITTEN,
    BalanceTestQuerySet,
)
from processing.models import Purpose

# Everything that somebody wrote and that stands as it was submitted.
CONTENT_FIELDS = (
    "purpose",
    "version",
    "reference",
    "author",
    "beneficiary",
    "interest_pl",
    "interest_en",
    "relationship",
    "data_sources",
    "opt_out_offered",
    "opt_out_how",
    "outcome",
    "justification",
)
FROZEN = _("This test has been submitted and stays as it is. Make a new version instead.")


# The database holds it too, whoever asks.
FREEZE = Frozen(
    "state", (TestState.SUBMITTED, TestState.APPROVED, TestState.REJECTED), CONTENT_FIELDS
)


class DaysLater(Func):
    """The calendar day (UTC) of an instant, ``days`` later; in functions of the database's own."""

    output_field = models.DateField()

    def __init__(self, expression: Any, days: int) -> None:
        self.days = days
        super().__init__(expression)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> tuple[str, Any]:
        template = f"date(%(expressions)s, '+{self.days:d} days')"
        return self.as_sql(compiler, connection, template=template, **options)

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> tuple[str, Any]:
        day = "((%(expressions)s)::timestamptz AT TIME ZONE 'UTC')::date"
        return self.as_sql(compiler, connection, template=f"{day} + {self.days:d}", **options)


class BalanceTest(AuditedModel):
    """One version of the balance test of a purpose (Art. 6(1)(f), rec. 47); frozen once submitted.

    draft → submitted → approved or rejected. Superseded and expired follow from the dates.
    """

    __test__: ClassVar[bool] = False  # no test of pytest's
    frozen_by = FREEZE

    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="balance_tests", verbose_name=_("purpose")
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    # The purpose's frozen key and the version: what a test is called where only it is at hand.
    reference = models.CharField(
        pgettext_lazy("balance test", "reference"), max_length=80, blank=True, editable=False
    )
    state = models.CharField(
        _("state"), max_length=16, choices=TestState, default=TestState.DRAFT, editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("author"),
    )
    copied_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
        verbose_name=_("copied from"),
    )

    beneficiary = models.CharField(
        _("whose interest"), max_length=16, choices=Beneficiary, blank=True
    )
    interest_pl = models.TextField(
        _("the interest, as notices name it (PL)"), blank=True, help_text=_("Art. 13(1)(d).")
    )
    interest_en = models.TextField(_("the interest, as notices name it (EN)"), blank=True)
    relationship = models.CharField(
        _("who the people are to the controller"), max_length=24, choices=Relationship, blank=True
    )
    data_sources = models.TextField(_("where the data come from"), blank=True)
    opt_out_offered = models.BooleanField(_("people can opt out"), null=True, blank=True)
    opt_out_how = models.TextField(_("how they opt out"), blank=True)
    outcome = models.CharField(
        pgettext_lazy("balance test", "outcome"), max_length=24, choices=Outcome, blank=True
    )
    justification = models.TextField(_("justification"), blank=True)

    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    dpo_position = models.CharField(
        _("position of the DPO"), max_length=16, choices=Position, blank=True, editable=False
    )
    dpo_opinion = models.TextField(_("opinion of the DPO"), blank=True, editable=False)
    dpo_opinion_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("opinion given by"),
    )
    dpo_opinion_at = models.DateTimeField(_("opinion given"), null=True, blank=True, editable=False)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    rejected_at = models.DateTimeField(_("rejected"), null=True, blank=True, editable=False)
    rejection_reason = models.TextField(_("why it was rejected"), blank=True, editable=False)
    valid_from = models.DateTimeField(_("in force from"), null=True, blank=True, editable=False)
    review_on = models.DateField(
        _("review by"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The first day on which it no longer holds."),
    )
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="supersedes",
        verbose_name=_("superseded by"),
    )

    interest = localised("interest")
    objects = BalanceTestQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("balance test")
        verbose_name_plural = _("balance tests")
        ordering = ("purpose", "-version")
        permissions = [
            ("import_balancetest", "Can import balance tests"),
            ("export_balancetest", "Can export balance tests"),
            ("advise_balancetest", "Can give the DPO's opinion on balance tests"),
            ("approve_balancetest", "Can approve and reject balance tests"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "version"],
                name="balance_test_version_once",
                violation_error_message=_("This version already exists."),
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=OPEN,
                name="balance_test_open_once",
                violation_error_message=_("A test of this purpose is already being worked on."),
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=STANDING,
                name="balance_test_stands_once",
                violation_error_message=_("Another approved test of this purpose stands."),
            ),
            models.CheckConstraint(
                name="balance_test_outcome_known",
                condition=Q(outcome="") | Q(outcome__in=Outcome.values),
            ),
            models.CheckConstraint(
                name="balance_test_choices_known",
                condition=(Q(beneficiary="") | Q(beneficiary__in=Beneficiary.values))
                & (Q(relationship="") | Q(relationship__in=Relationship.values))
                & (Q(dpo_position="") | Q(dpo_position__in=Position.values)),
            ),
            models.CheckConstraint(
                name="balance_test_state_whole",
                condition=Q(UNDECIDED, state=TestState.DRAFT, submitted_at=None)
                | Q(UNDECIDED & WRITTEN, state=TestState.SUBMITTED)
                | (APPROVED & WRITTEN)
                | (REJECTED & WRITTEN),
                violation_error_message=_("The state and the dates of this test contradict."),
            ),
            models.CheckConstraint(
                name="balance_test_opinion_whole",
                condition=Q(
                    dpo_opinion="", dpo_position="", dpo_opinion_by=None, dpo_opinion_at=None
                )
                | (
                    Q(
                        submitted_at__isnull=False,
                        dpo_opinion_by__isnull=False,
                        dpo_opinion_at__gte=F("submitted_at"),
                    )
                    & ~Q(dpo_opinion="")
                    & ~Q(dpo_position="")
                ),
            ),
            models.CheckConstraint(
                name="balance_test_decided_by_another",
                condition=Q(approver=None) | ~Q(approver=F("author")),
                violation_error_message=_("Nobody decides on a test that they wrote."),
            ),
            models.CheckConstraint(
                name="balance_test_advised_by_another",
                condition=Q(approver=None)
                | Q(dpo_opinion_by=None)
                | ~Q(approver=F("dpo_opinion_by")),
                violation_error_message=_("Who gave the opinion does not decide (Art. 38(6))."),
            ),
            # Assessed before it is relied on, never after the fact.
            models.CheckConstraint(
                name="balance_test_no_retrofit",
                condition=Q(valid_from=None)
                | Q(approved_at__gte=F("submitted_at"), valid_from__gte=F("approved_at")),
                violation_error_message=_("A test holds from its approval on, never before."),
            ),
            # A day more than a year: in its own time zone twelve months may reach into it.
            models.CheckConstraint(
                name="balance_test_review_within_year",
                condition=Q(review_on=None)
                | Q(
                    review_on__gt=DaysLater("valid_from", 0),
                    review_on__lte=DaysLater("valid_from", 366),
                ),
                violation_error_message=_("The review comes within twelve months."),
            ),
            models.CheckConstraint(
                name="balance_test_superseded_whole",
                condition=Q(superseded_at=None, superseded_by=None)
                | (
                    Q(
                        state=TestState.APPROVED,
                        superseded_by__isnull=False,
                        superseded_at__gte=F("valid_from"),
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Balance test %(reference)s") % {"reference": self.reference}

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.reference = self.reference or f"{self.purpose.slug}/{self.version}"
        super().save(*args, **kwargs)

    @property
    def is_draft(self) -> bool:
        return self.state == TestState.DRAFT

    @property
    def is_open(self) -> bool:
        """Being worked on: a draft, or submitted and not decided."""
        return self.state in OPEN_STATES

    @property
    def relies(self) -> bool:
        return self.outcome in RELYING

    @property
    def status(self) -> TestStatus:
        return self.status_at(timezone.now())

    def status_at(self, moment: datetime) -> TestStatus:
        """How it stands at ``moment``, by its dates."""
        if not (self.valid_from and self.review_on):
            return TestStatus(self.state)
        if self.superseded_at and self.superseded_at <= moment:
            return TestStatus.SUPERSEDED
        if self.valid_from > moment:
            return TestStatus.SCHEDULED
        is_due = self.review_on <= timezone.localdate(moment)
        return TestStatus.EXPIRED if is_due else TestStatus.IN_FORCE

    def clean(self) -> None:
        before = BalanceTest.objects.filter(pk=self.pk).first() if self.pk else None
        if before is None or before.is_draft:
            return
        columns = [f.attname for f in self._meta.concrete_fields if f.name in CONTENT_FIELDS]
        if any(getattr(self, name) != getattr(before, name) for name in columns):
            raise ValidationError(FROZEN)

    @transaction.atomic
    def advise(self, *, by: Any, position: str, opinion: str, at: datetime | None = None) -> None:
        """Record the DPO's opinion on a submitted test (Art. 38(1), 39(1)(a)).

        Raises ValidationError where the test is not submitted or the opinion is empty.
        """
        if self.state != TestState.SUBMITTED:
            raise ValidationError(_("An opinion is given on a submitted test."))
        if not opinion.strip():
            raise ValidationError({"opinion": _("Say what you advise.")})
        self.dpo_position, self.dpo_opinion = position, opinion.strip()
        self.dpo_opinion_by, self.dpo_opinion_at = by, at or timezone.now()
        self.full_clean()
        self.save()

    @transaction.atomic
    def reject(self, *, by: Any, reason: str, at: datetime | None = None) -> None:
        """Refuse a submitted test, with a reason for its author.

        Raises ValidationError where it is not submitted, or ``by`` wrote it.
        """
        self.refuse_decision_of(by)
        if not reason.strip():
            raise ValidationError({"reason": _("Say why it is rejected.")})
        self.state, self.rejection_reason = TestState.REJECTED, reason.strip()
        self.approver, self.rejected_at = by, at or timezone.now()
        self.full_clean()
        self.save()

    def refuse_decision_of(self, user: Any) -> None:
        """Raise ValidationError where ``user`` may not decide on it, whatever the permission."""
        if self.state != TestState.SUBMITTED:
            raise ValidationError(_("Only a submitted test is approved or rejected."))
        if self.was_written_by(user):
            raise ValidationError(_("Nobody decides on a test that they wrote."))

    def was_written_by(self, user: Any) -> bool:
        """Whether ``user`` began it or changed anything in it while it was a draft."""
        if self.author_id == user.pk:
            return True
        drafted = self.history.filter(history_user=user, state=TestState.DRAFT)
        parts = (self.answers.model.history, self.impacts.model.history)
        return drafted.exists() or any(
            part.filter(history_user=user, test_id=self.pk).exists() for part in parts
        )
