"""What was decided about findings, and how many there were each day."""

from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.choices import Severity
from audit.models.base import AppendOnlyModel, AppendOnlyQuerySet

# What each rule says, by its code: filled by audit.rules, which stands above this module.
MESSAGES: dict[str, Any] = {}
MOST_DAYS = 366  # after a year at the latest somebody looks at the risk again


class FindingAcknowledgementQuerySet(AppendOnlyQuerySet):
    def standing(self, day: date | None = None) -> Self:
        """Those that hold on ``day`` (local; today by default): neither over nor taken back."""
        taken_back = self.model.objects.filter(ends=OuterRef("pk"))
        return self.filter(~Exists(taken_back), ends=None, until__gt=day or timezone.localdate())

    def of(self, rule: str, record_id: int) -> Self:
        return self.filter(rule=rule, record_id=record_id)


class FindingAcknowledgement(AppendOnlyModel):
    """A finding that somebody lives with until a day, and why (Art. 5(2), 24(1)).

    It leaves the open list and opens no gate. A later row that names it in ``ends`` takes it back.
    """

    rule = models.CharField(_("rule"), max_length=60)
    severity = models.CharField(
        pgettext_lazy("finding", "severity"), max_length=16, choices=Severity
    )
    # The register (``app.model``) and the key of the record: the ground knows no upper table.
    register = models.CharField(_("register"), max_length=60)
    record_id = models.BigIntegerField(_("record"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day on which it is open again.")
    )
    ends = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_by",
        verbose_name=_("takes back"),
    )

    objects = FindingAcknowledgementQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("acknowledged finding")
        verbose_name_plural = _("acknowledged findings")
        ordering = ("-id",)
        permissions = [
            ("acknowledge_finding", "Can acknowledge important and minor findings"),
            ("accept_risk", "Can accept the risk of a blocking finding"),
        ]
        indexes = [
            *AppendOnlyModel.Meta.indexes,
            models.Index(fields=["rule", "record_id"], name="acknowledged_by_rule"),
        ]
        constraints = [
            models.CheckConstraint(
                name="acknowledged_severity_known", condition=Q(severity__in=Severity.values)
            ),
            models.CheckConstraint(
                name="acknowledged_until_a_day",
                condition=Q(ends__isnull=False) | Q(until__isnull=False),
                violation_error_message=_("Say until when."),
            ),
            models.CheckConstraint(
                name="acknowledged_with_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say in a few words why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{MESSAGES.get(self.rule, self.rule)} (#{self.record_id})"

    def stands_on(self, day: date) -> bool:
        """Whether it holds on the local ``day``."""
        return self.until is not None and self.until > day and not hasattr(self, "ended_by")

    def clean(self) -> None:
        if self.ends is None and self.until is not None:
            self._refuse_day(self.until)

    def _refuse_day(self, until: date) -> None:
        days = (until - timezone.localdate()).days
        if days < 1:
            raise ValidationError({"until": _("This day has passed. Choose a later one.")})
        if days > MOST_DAYS:
            raise ValidationError({"until": _("A finding is acknowledged for a year at most.")})


class FindingCount(models.Model):
    """How many records broke a rule on a day: the trend. Written once a day, counts alone."""

    day = models.DateField(_("day"))
    rule = models.CharField(_("rule"), max_length=60)
    severity = models.CharField(
        pgettext_lazy("finding", "severity"), max_length=16, choices=Severity
    )
    register = models.CharField(_("register"), max_length=60)
    open = models.PositiveIntegerField(_("open"))
    acknowledged = models.PositiveIntegerField(_("acknowledged"), default=0)

    class Meta:
        verbose_name = _("number of findings")
        verbose_name_plural = _("numbers of findings")
        ordering = ("day", "rule")
        constraints = [
            models.UniqueConstraint(fields=["day", "rule"], name="finding_count_once"),
            models.CheckConstraint(
                name="finding_count_severity_known", condition=Q(severity__in=Severity.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.rule}"
