"""Answers that are given again to whoever asks again with the same key."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.clients import ApiClient

# How long a client may ask again; the API promises it.
KEPT = timedelta(days=30)


class IdempotencyKeyQuerySet(models.QuerySet):
    def expired(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT)


class IdempotencyKey(models.Model):
    """That a client's request was done, and what it was told: written in the commit of its effect.

    The request is kept as a digest alone; the answer names records by uuid and no contact.
    """

    client = models.ForeignKey(
        ApiClient, models.CASCADE, related_name="+", verbose_name=_("API client")
    )
    key = models.CharField(_("key"), max_length=255)
    # SHA-256 over method, address and bytes: another request under the same key is told apart.
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.BinaryField(_("answer"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="idempotency_key_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return f"#{self.pk}"
