"""What clients accepted of the tools that work for them."""

from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from processors.models.organisations import Organisation
from processors.models.tools import AutomationTool


class AcceptanceQuerySet(AuditedQuerySet):
    def valid(self, day: date) -> Self:
        """Acceptances that hold on ``day`` (Europe/Warsaw)."""
        return self.filter(Q(accepted_on__lte=day), Q(until=None) | Q(until__gt=day))


class ToolAcceptance(AuditedModel):
    """A client's recorded acceptance of a tool for its work (Art. 28(2), 28(3)(a))."""

    named_by: ClassVar[tuple[str, ...]] = ("tool", "client")

    tool = models.ForeignKey(
        AutomationTool, models.PROTECT, related_name="acceptances", verbose_name=_("tool")
    )
    client = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="tool_acceptances",
        verbose_name=_("client"),
    )
    accepted_on = models.DateField(_("accepted on"))
    accepted_by = models.CharField(
        _("accepted by"), max_length=200, help_text=_("Who spoke for the client.")
    )
    reference = models.CharField(
        _("reference"), max_length=200, blank=True, help_text=_("Letter, message, annex.")
    )
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("First day without it.")
    )

    objects = AcceptanceQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("client's acceptance")
        verbose_name_plural = _("clients' acceptances")
        ordering = ("-accepted_on", "-id")
        permissions = [
            ("import_toolacceptance", "Can import clients' acceptances"),
            ("export_toolacceptance", "Can export clients' acceptances"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tool", "client", "accepted_on"],
                name="tool_accepted_once_a_day",
                violation_error_message=_("This acceptance is already recorded."),
            ),
            models.CheckConstraint(
                name="tool_acceptance_period",
                condition=Q(until=None) | Q(until__gt=F("accepted_on")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def clean(self) -> None:
        super().clean()
        if self.client_id and self.client.is_own:
            raise ValidationError({"client": _("Our own centre accepts no tool for itself.")})
