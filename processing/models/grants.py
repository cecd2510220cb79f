"""Who may use which purpose: people and machines, each for as long as it is granted (Art. 29)."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from audit.models import AuditedModel, AuditedQuerySet
from processing.models.periods import held_at

RUNNING = Q(active_until=None)


class GrantQuerySet(AuditedQuerySet):
    def active(self, moment: datetime | None = None) -> Self:
        return self.filter(held_at(moment or timezone.now()))


class Grant(AuditedModel):
    """That somebody may use a purpose for a while; ended, never deleted."""

    purpose = models.ForeignKey(
        "processing.Purpose",
        models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("purpose"),
    )
    active_from = models.DateTimeField(_("granted from"), default=timezone.now)
    active_until = models.DateTimeField(_("granted until"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_ended(self) -> bool:
        return self.active_until is not None and self.active_until <= timezone.now()

    def end(self) -> None:
        """Take the purpose away, from now on. Raises ValidationError if the grant has ended."""
        if self.is_ended:
            raise ValidationError(_("This grant has already ended."))
        self.active_until = timezone.now()
        self.full_clean()
        self.save(update_fields=["active_until"])


def _period(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=RUNNING | Q(active_until__gt=F("active_from")),
        violation_error_message=_("The end comes after the beginning."),
    )


class PurposeGrant(Grant):
    """Which supervisor may use which purpose (Art. 29, 32(4)); ended, never deleted."""

    named_by: ClassVar[tuple[str, ...]] = ("purpose", "user")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="purpose_grants",
        verbose_name=_("supervisor"),
    )

    class Meta(Grant.Meta):
        verbose_name = _("purpose grant")
        verbose_name_plural = _("purpose grants")
        ordering = ("user", "purpose")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=RUNNING,
                name="purpose_granted_once",
                violation_error_message=_("This person already has this purpose."),
            ),
            _period("purpose_grant_period"),
        ]


class ClientGrant(Grant):
    """Which API client may use which purpose (Art. 29, 32(4)); ended, never deleted."""

    named_by: ClassVar[tuple[str, ...]] = ("purpose", "client")

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="purpose_grants", verbose_name=_("API client")
    )

    class Meta(Grant.Meta):
        verbose_name = _("purpose of an API client")
        verbose_name_plural = _("purposes of API clients")
        ordering = ("client", "purpose")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "purpose"],
                condition=RUNNING,
                name="purpose_granted_to_client_once",
                violation_error_message=_("This client already has this purpose."),
            ),
            _period("client_grant_period"),
        ]
