"""The record of processing activities (Art. 30): its rows."""

from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from processing.models.periods import held_at, within
from processors.models import Organisation, ProcessingAgreement


class ActivityQuerySet(AuditedQuerySet):
    def own(self) -> Self:
        """Rows of the RCP: what the centre does for itself (Art. 30(1))."""
        return self.filter(controller__is_own=True)

    def for_clients(self) -> Self:
        """Rows of the RKCP: what it does on somebody's behalf (Art. 30(2))."""
        return self.filter(controller__is_own=False)

    def carried_out(self, moment: datetime | None = None) -> Self:
        return self.filter(held_at(moment or timezone.now()))

    def instructed(self, day: date) -> Self:
        """Work of our own, and clients' work under an agreement in force on ``day`` (Art. 29)."""
        taken = ProcessingAgreement.objects.taken().in_force(day)
        return self.filter(
            Q(controller__is_own=True) | Q(controller__in=taken.values("controller"))
        )


class ProcessingActivity(AuditedModel):
    """A row of the record: RCP where the controller is us (Art. 30(1)), else RKCP (Art. 30(2))."""

    number = models.PositiveSmallIntegerField(_("number"))
    name_pl = models.CharField(_("name (PL)"), max_length=200)
    name_en = models.CharField(_("name (EN)"), max_length=200)
    controller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="activities", verbose_name=_("controller")
    )
    joint_controllers = models.CharField(_("joint controllers"), max_length=300, blank=True)
    unit = models.CharField(_("organisational unit"), max_length=150, blank=True)
    subjects_pl = models.TextField(_("categories of people (PL)"))
    subjects_en = models.TextField(_("categories of people (EN)"))
    data_pl = models.TextField(_("categories of data (PL)"))
    data_en = models.TextField(_("categories of data (EN)"))
    special_data = models.BooleanField(_("special categories of data"), default=False)
    recipients_pl = models.TextField(_("categories of recipients (PL)"), blank=True)
    recipients_en = models.TextField(_("categories of recipients (EN)"), blank=True)
    transfers_pl = models.TextField(_("transfers to third countries (PL)"), blank=True)
    transfers_en = models.TextField(_("transfers to third countries (EN)"), blank=True)
    transfer_safeguards = models.TextField(_("documentation of safeguards"), blank=True)
    retention_pl = models.TextField(_("planned erasure (PL)"))
    retention_en = models.TextField(_("planned erasure (EN)"))
    security_pl = models.TextField(_("security measures (PL)"), blank=True)
    security_en = models.TextField(_("security measures (EN)"), blank=True)
    source_pl = models.TextField(_("source of data (PL)"), blank=True)
    source_en = models.TextField(_("source of data (EN)"), blank=True)
    processing_pl = models.TextField(
        _("categories of processing for the client (PL)"), blank=True, help_text=_("Art. 30(2)(b).")
    )
    processing_en = models.TextField(_("categories of processing for the client (EN)"), blank=True)
    systems = models.CharField(_("systems"), max_length=300, blank=True)
    dpia_needed = models.BooleanField(_("DPIA needed"), default=False)
    dpia_location = models.CharField(_("where the DPIA is kept"), max_length=200, blank=True)
    active_from = models.DateTimeField(_("carried out from"), default=timezone.now)
    active_until = models.DateTimeField(_("carried out until"), null=True, blank=True)

    name = localised("name")
    subjects = localised("subjects")
    data = localised("data")
    recipients = localised("recipients")
    transfers = localised("transfers")
    retention = localised("retention")
    security = localised("security")
    source = localised("source")
    processing = localised("processing")
    objects = ActivityQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("processing activity")
        verbose_name_plural = _("processing activities")
        ordering = ("number", "id")
        permissions = [
            ("import_processingactivity", "Can import processing activities"),
            ("export_processingactivity", "Can export processing activities"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "number"],
                name="activity_number_once",
                violation_error_message=_("This number is already taken in the record."),
            ),
            models.CheckConstraint(
                name="activity_period",
                condition=Q(active_until=None) | Q(active_until__gt=F("active_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @property
    def is_carried_out(self) -> bool:
        return within(timezone.now(), self.active_from, self.active_until)

    @property
    def is_for_client(self) -> bool:
        """A row of the RKCP: the controller is somebody else (Art. 30(2))."""
        return not self.controller.is_own

    def clean(self) -> None:
        before = ProcessingActivity.objects.filter(pk=self.pk).first() if self.pk else None
        moved = before and before.controller_id != self.controller_id
        if moved and self.purposes.exists():
            raise ValidationError(
                {"controller": _("An activity with purposes stays with its controller.")}
            )
