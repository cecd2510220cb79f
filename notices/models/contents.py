"""What a version says: the elements it covers, the purposes, tools and recipients it names."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from notices.choices import Coverage
from notices.models.notices import NoticeElement
from notices.models.versions import NoticeVersion
from processing.models import Purpose, Recipient
from processors.models import AutomationTool


def refuse_after_draft(row: Any) -> None:
    """Raise ValidationError where the version of ``row`` is no draft any more."""
    if not row.version.is_draft:
        raise ValidationError(
            _("What was submitted, approved or published stays as it is. Draft a new version.")
        )


class ElementCheck(AuditedModel):
    """Whether a version says one thing that Art. 13 or 14 asks; if not, why it need not."""

    named_by: ClassVar[tuple[str, ...]] = ("version", "element")
    frozen_with: ClassVar[str] = "version"

    version = models.ForeignKey(
        NoticeVersion, models.PROTECT, related_name="checks", verbose_name=_("version of a notice")
    )
    element = models.ForeignKey(
        NoticeElement, models.PROTECT, related_name="+", verbose_name=_("element")
    )
    coverage = models.CharField(_("coverage"), max_length=16, choices=Coverage)
    gap_pl = models.CharField(_("what is missing (PL)"), max_length=500, blank=True)
    gap_en = models.CharField(_("what is missing (EN)"), max_length=500, blank=True)
    reason = models.CharField(_("why it is not applicable"), max_length=500, blank=True)

    gap = localised("gap")
    objects = AuditedQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("element of a version")
        verbose_name_plural = _("elements of a version")
        ordering = ("version", "element__position", "id")
        constraints = [
            models.UniqueConstraint(fields=["version", "element"], name="element_checked_once"),
            models.CheckConstraint(
                name="element_coverage_known", condition=Q(coverage__in=Coverage.values)
            ),
            models.CheckConstraint(
                name="element_not_applicable_why",
                condition=~Q(coverage=Coverage.NOT_APPLICABLE) | ~Q(reason=""),
                violation_error_message=_("Say why this element is not applicable."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def clean(self) -> None:
        refuse_after_draft(self)


class VersionPurpose(AuditedModel):
    """A purpose that a version tells people about (Art. 13(1)(c), 14(1)(c))."""

    named_by: ClassVar[tuple[str, ...]] = ("version", "purpose")
    frozen_with: ClassVar[str] = "version"

    version = models.ForeignKey(
        NoticeVersion,
        models.PROTECT,
        related_name="purposes_named",
        verbose_name=_("version of a notice"),
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="notice_versions", verbose_name=_("purpose")
    )

    objects = AuditedQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("purpose named")
        verbose_name_plural = _("purposes named")
        constraints = [
            models.UniqueConstraint(fields=["version", "purpose"], name="version_purpose_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def clean(self) -> None:
        refuse_after_draft(self)


class VersionTool(AuditedModel):
    """A tool that a version tells people about (Art. 12(1); AI Act, Art. 50)."""

    named_by: ClassVar[tuple[str, ...]] = ("version", "tool")
    frozen_with: ClassVar[str] = "version"

    version = models.ForeignKey(
        NoticeVersion,
        models.PROTECT,
        related_name="tools_named",
        verbose_name=_("version of a notice"),
    )
    tool = models.ForeignKey(
        AutomationTool, models.PROTECT, related_name="notice_versions", verbose_name=_("tool")
    )

    objects = AuditedQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("tool named")
        verbose_name_plural = _("tools named")
        constraints = [
            models.UniqueConstraint(fields=["version", "tool"], name="version_tool_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def clean(self) -> None:
        refuse_after_draft(self)


class VersionRecipient(AuditedModel):
    """A recipient that a version names (Art. 13(1)(e), 14(1)(e))."""

    named_by: ClassVar[tuple[str, ...]] = ("version", "recipient")
    frozen_with: ClassVar[str] = "version"

    version = models.ForeignKey(
        NoticeVersion,
        models.PROTECT,
        related_name="recipients_named",
        verbose_name=_("version of a notice"),
    )
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, related_name="notice_versions", verbose_name=_("recipient")
    )

    objects = AuditedQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("recipient named")
        verbose_name_plural = _("recipients named")
        constraints = [
            models.UniqueConstraint(fields=["version", "recipient"], name="version_recipient_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def clean(self) -> None:
        refuse_after_draft(self)
