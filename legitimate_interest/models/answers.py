"""What a balance test says: answers to the questions as asked, and impacts weighed twice."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from legitimate_interest.choices import AnswerKind, Likelihood, TestState, Weight
from legitimate_interest.models.balance import FROZEN, BalanceTest
from legitimate_interest.models.questions import BalanceQuestion, place_of

not_worsened = models.CheckConstraint(
    name="impact_not_worsened",
    condition=(Q(likelihood_after=None) | Q(likelihood_after__lte=F("likelihood")))
    & (Q(severity_after=None) | Q(severity_after__lte=F("severity"))),
    violation_error_message=_("Safeguards make nothing likelier or graver."),
)


def _refuse_if_submitted(test_id: int) -> None:
    if BalanceTest.objects.filter(pk=test_id).exclude(state=TestState.DRAFT).exists():
        raise ValidationError(FROZEN)


class AnswerQuerySet(AuditedQuerySet):
    def in_order(self) -> Self:
        """With their questions, as the form asks them."""
        place = place_of("question__part")
        return self.select_related("question").order_by(place, "question__position", "id")


class BalanceAnswer(AuditedModel):
    """The answer of one test to one question, in the words it was asked (Art. 5(2))."""

    named_by: ClassVar[tuple[str, ...]] = ("test", "question")
    frozen_with: ClassVar[str] = "test"

    test = models.ForeignKey(
        BalanceTest, models.PROTECT, related_name="answers", verbose_name=_("balance test")
    )
    question = models.ForeignKey(
        BalanceQuestion, models.PROTECT, related_name="answers", verbose_name=_("question")
    )
    flag = models.BooleanField(_("yes or no"), null=True, blank=True)
    text = models.TextField(_("answer"), blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("answer of a balance test")
        verbose_name_plural = _("answers of balance tests")
        ordering = ("test", "question__position", "id")
        permissions = [
            ("import_balanceanswer", "Can import answers of balance tests"),
            ("export_balanceanswer", "Can export answers of balance tests"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["test", "question"], name="balance_answer_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_given(self) -> bool:
        if self.question.kind == AnswerKind.YES_NO and self.flag is None:
            return False
        return bool(self.text.strip())

    def clean(self) -> None:
        _refuse_if_submitted(self.test_id)


class ImpactQuerySet(AuditedQuerySet):
    def kept(self) -> Self:
        """Those that were not taken out while the test was a draft."""
        return self.filter(taken_out_at=None)


class BalanceImpact(AuditedModel):
    """What may happen to people, weighed before and after the safeguards (rec. 75, 76)."""

    named_by: ClassVar[tuple[str, ...]] = ("test",)
    frozen_with: ClassVar[str] = "test"

    test = models.ForeignKey(
        BalanceTest, models.PROTECT, related_name="impacts", verbose_name=_("balance test")
    )
    description = models.CharField(_("what may happen"), max_length=300)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), choices=Likelihood)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Weight)
    safeguards = models.TextField(_("safeguards"), blank=True)
    likelihood_after = models.PositiveSmallIntegerField(
        _("likelihood with safeguards"), choices=Likelihood, null=True, blank=True
    )
    severity_after = models.PositiveSmallIntegerField(
        _("severity with safeguards"), choices=Weight, null=True, blank=True
    )
    taken_out_at = models.DateTimeField(_("taken out"), null=True, blank=True, editable=False)

    objects = ImpactQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("impact on people")
        verbose_name_plural = _("impacts on people")
        ordering = ("test", "id")
        permissions = [
            ("import_balanceimpact", "Can import impacts of balance tests"),
            ("export_balanceimpact", "Can export impacts of balance tests"),
        ]
        constraints = [
            models.CheckConstraint(
                name="impact_scales_known",
                condition=Q(likelihood__in=Likelihood.values, severity__in=Weight.values)
                & (Q(likelihood_after=None) | Q(likelihood_after__in=Likelihood.values))
                & (Q(severity_after=None) | Q(severity_after__in=Weight.values)),
            ),
            not_worsened,
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def is_weighed_again(self) -> bool:
        """Whether both scales were set with the safeguards in mind."""
        return self.likelihood_after is not None and self.severity_after is not None

    def clean(self) -> None:
        _refuse_if_submitted(self.test_id)
        # A form asks for one weighing at a time, and Django then skips the constraint over both.
        not_worsened.validate(BalanceImpact, self)  # type: ignore[attr-defined]
