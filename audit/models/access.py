from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.choices import AccessAction
from audit.models.base import AppendOnlyModel


class AccessEvent(AppendOnlyModel):
    """One half of a look at or a take-away of personal data (Art. 5(1)(f), 32).

    ``opened`` is written before the first byte leaves; a second row that names it in ``closes``
    tells how many rows and which SHA-256 left. One that is never closed was aborted, unless it has
    rows of its own: an answer that was whole at once.
    """

    in_trail: ClassVar[bool] = False

    action = models.CharField(_("action"), max_length=16, choices=AccessAction)
    closes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="closed_by"
    )
    # What was looked at, in ids and slugs: never a contact value.
    subject = models.CharField(_("subject"), max_length=200)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    rows = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        ordering = ("-id",)
        permissions = [
            ("view_trail", "Can see who changed what"),
            ("export_accessevent", "Can export the access log"),
        ]
        constraints = [
            models.CheckConstraint(
                name="access_closed_has_rows", condition=Q(closes=None) | Q(rows__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.subject}"
