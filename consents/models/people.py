"""Whom the centre contacts, and where (Art. 4(1))."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from consents.choices import RetiredFor, SubjectKind
from processing.choices import ContactKind
from processors.models import Organisation

LIVE = Q(retired_at=None)


class DataSubject(AuditedModel):
    """A person or company as one controller knows it (Art. 4(1)); pseudonymous in every record."""

    withheld_fields: ClassVar[tuple[str, ...]] = (
        "first_name",
        "last_name",
        "company_name",
        "external_id",
    )

    controller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("controller")
    )
    kind = models.CharField(
        _("kind"), max_length=16, choices=SubjectKind, default=SubjectKind.PERSON
    )
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    company_name = models.CharField(_("company"), max_length=200, blank=True)
    external_id = models.CharField(_("external id"), max_length=100, blank=True)
    minor_since = models.DateField(
        _("apparent minor since"), null=True, blank=True, help_text=_("Closes commercial contact.")
    )

    class Meta(AuditedModel.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("-id",)
        permissions = [
            ("record_consent", "Can record consents"),
            ("record_no", "Can record withdrawals, refusals and objections"),
        ]
        constraints = [
            models.CheckConstraint(
                name="subject_kind_known", condition=Q(kind__in=SubjectKind.values)
            ),
        ]
        indexes = [
            models.Index(
                fields=["external_id"], condition=~Q(external_id=""), name="subject_external"
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The pseudonym that may stand in titles, logs and links."""
        return str(self.uuid)[:8]

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.company_name


class ContactPointQuerySet(AuditedQuerySet):
    def live(self) -> Self:
        return self.filter(LIVE)

    def live_at(self, moment: datetime) -> Self:
        """Not retired by ``moment``, whenever created (verdict.md §2)."""
        return self.filter(LIVE | Q(retired_at__gt=moment))

    def holding(
        self, controller: Any, kind: str, key: str, moment: datetime
    ) -> "ContactPoint | None":
        """Whose ``key`` was at ``moment``: acts before a retirement belong to the retired one."""
        holders = self.live_at(moment).filter(controller=controller, kind=kind, key=key)
        return holders.order_by(F("retired_at").asc(nulls_last=True), "pk").first()


class ContactPoint(AuditedModel):
    """A number or address of a person under one controller; its value never changes.

    ``value`` is what is dialled and shown, ``key`` how it is compared (an e-mail's local part
    without case), ``hmac`` the keyed digest that suppressions hold. None of them enters history.
    """

    untracked_fields: ClassVar[tuple[str, ...]] = ("value", "key", "hmac")

    controller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("controller")
    )
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, related_name="contact_points", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=ContactKind)
    value = models.CharField(_("number or address"), max_length=320, editable=False)
    key = models.CharField(max_length=320, editable=False)
    hmac = models.CharField(max_length=64, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    retired_for = models.CharField(
        _("retired because"), max_length=16, choices=RetiredFor, blank=True, editable=False
    )

    objects = ContactPointQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ("-id",)
        permissions = [("reassign_contact", "Can reassign a number or address")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "kind", "controller"], condition=LIVE, name="contact_live_once"
            ),
            models.CheckConstraint(
                name="contact_kind_known", condition=Q(kind__in=ContactKind.values)
            ),
            models.CheckConstraint(
                name="contact_retired_with_reason",
                condition=Q(retired_at=None, retired_for="")
                | Q(retired_at__isnull=False, retired_for__in=RetiredFor.values),
            ),
        ]
        indexes = [
            models.Index(fields=["hmac"], name="contact_hmac"),
            # Retired ones are looked up by value too: acts dated before belong to them.
            models.Index(
                fields=["key", "kind", "controller"],
                condition=Q(retired_at__isnull=False),
                name="contact_retired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {str(self.uuid)[:8]}"
