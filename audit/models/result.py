"""What a job made for whoever asked: a file in the private storage, until it expires."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models.job import Job


class ResultFileQuerySet(models.QuerySet):
    def available(self, at: datetime | None = None) -> Self:
        """Files that may still be downloaded at the instant ``at``, now by default."""
        return self.filter(expires_at__gt=at or timezone.now())

    def expired(self, at: datetime | None = None) -> Self:
        return self.filter(expires_at__lte=at or timezone.now())


class ResultFile(models.Model):
    """A file that a job made: kept under a random name until it expires (Art. 5(1)(e)).

    Erased with its bytes; who took it away stays in the access log.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    job = models.ForeignKey(Job, models.CASCADE, related_name="files", verbose_name=_("job"))
    # As the browser saves it: no name of a person, no number.
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("content type"), max_length=120)
    # A random name in the house's storage.
    file = models.CharField(_("file"), max_length=120, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rows = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("available until"))

    objects = ResultFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("result file")
        verbose_name_plural = _("result files")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["job", "name"], name="result_once_a_job"),
            models.CheckConstraint(
                name="result_hash_whole", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="result_expires")]

    def __str__(self) -> str:
        return self.name

    def is_available(self, at: datetime | None = None) -> bool:
        return self.expires_at > (at or timezone.now())
