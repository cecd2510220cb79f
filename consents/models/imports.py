"""Files that consents come from, and how their columns are read."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, Job
from audit.reading.errors import Refused
from audit.text import localised
from consents.choices import ImportState
from consents.importing.mapping import checked
from consents.models.sources import LeadSource
from processing.models import Purpose


class MappingPreset(AuditedModel):
    """How the columns of one kind of file are read: built in, or saved from the column picker."""

    slug = models.SlugField(_("key"), max_length=60, unique=True)
    name_pl = models.CharField(_("name (PL)"), max_length=120)
    name_en = models.CharField(_("name (EN)"), max_length=120)
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    confirmed = models.BooleanField(
        _("confirmed"), default=True, help_text=_("Checked against a file of the vendor's own.")
    )

    name = localised("name")

    class Meta(AuditedModel.Meta):
        verbose_name = _("file format")
        verbose_name_plural = _("file formats")
        ordering = ("name_pl", "id")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        purposes = Purpose.objects.values_list("slug", flat=True)
        try:
            checked(self.mapping, purposes, preset=True)
        except Refused as error:
            raise ValidationError({"mapping": str(error)}) from error


class ConsentImport(models.Model):
    """One file being imported, from upload to outcome. What it records is one batch.

    Working data: the file and the staged rows expire; this row stays, as the head of the import's
    one entry in the trail and to tell when the same bytes came first.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Begins with the recording, which may be a day after the upload.
    batch = models.UUIDField(_("batch"), null=True, unique=True, editable=False)
    source = models.ForeignKey(
        LeadSource, models.PROTECT, related_name="imports", verbose_name=_("lead source")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="+", verbose_name=_("purpose")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    job = models.OneToOneField(
        Job, models.PROTECT, null=True, blank=True, related_name="consent_import"
    )
    file_name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    preset = models.CharField(_("format"), max_length=60, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Warsaw")
    as_of = models.DateTimeField(_("as of"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=ImportState, default=ImportState.UPLOADED
    )
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    applied_through = models.PositiveBigIntegerField(_("applied through"), default=0)
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imported files")
        ordering = ("-id",)
        indexes = [models.Index(fields=["sha256", "source"], name="import_same_bytes")]
        constraints = [
            models.CheckConstraint(
                name="import_state_known", condition=Q(state__in=ImportState.values)
            )
        ]

    def __str__(self) -> str:
        return f"{_('Import')} #{self.pk}"
