"""Companies the centre deals with, and the centre itself."""

from collections.abc import Collection
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.pl import nip

from audit.models import AuditedModel, AuditedQuerySet
from processors.choices import Diligence

DILIGENCE_RECORDED = Q(diligence=Diligence.NOT_CHECKED) | Q(diligence_on__isnull=False)


def validate_nip(value: str) -> None:
    try:
        nip.validate(value)
    except StdnumError as error:
        raise ValidationError(_("This NIP is not valid: check its ten digits.")) from error


class OrganisationQuerySet(AuditedQuerySet):
    def own(self) -> Self:
        """The centre itself."""
        return self.filter(is_own=True)

    def waiting_for_review(self, day: date) -> Self:
        """Others whose guarantees were due to be verified again by ``day`` (Art. 28(1))."""
        return self.filter(is_own=False, diligence_review_on__lte=day)


class Organisation(AuditedModel):
    """A company (Art. 4(7), 4(8)); its part is told by the agreement, activity or source."""

    slug = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_own = models.BooleanField(_("our own centre"), default=False)
    nip = models.CharField(_("NIP"), max_length=10, blank=True, validators=[validate_nip])
    krs = models.CharField(_("KRS"), max_length=10, blank=True)
    country = models.CharField(_("country"), max_length=2, default="PL")
    address = models.CharField(_("address"), max_length=250, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    representative = models.CharField(_("representative (Art. 27)"), max_length=200, blank=True)
    dpo_name = models.CharField(_("data protection officer"), max_length=150, blank=True)
    dpo_email = models.EmailField(_("e-mail of the data protection officer"), blank=True)
    dpo_phone = models.CharField(
        _("phone of the data protection officer"), max_length=30, blank=True
    )
    diligence = models.CharField(
        _("verification of guarantees"),
        max_length=16,
        choices=Diligence,
        default=Diligence.NOT_CHECKED,
        help_text=_("Art. 28(1) GDPR: only processors with sufficient guarantees."),
    )
    diligence_on = models.DateField(_("verified on"), null=True, blank=True)
    diligence_review_on = models.DateField(_("verify again on"), null=True, blank=True)
    diligence_note = models.TextField(_("what was verified"), blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("controllers and processors")
        ordering = ("name", "id")
        permissions = [
            ("import_organisation", "Can import organisations"),
            ("export_organisation", "Can export organisations"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["is_own"],
                condition=Q(is_own=True),
                name="organisation_one_own",
                violation_error_message=_("The house already has its own centre."),
            ),
            models.UniqueConstraint(
                fields=["nip"],
                condition=~Q(nip=""),
                name="organisation_nip_once",
                violation_error_message=_("A company with this NIP is already in the register."),
            ),
            models.CheckConstraint(
                name="organisation_diligence_known",
                condition=Q(diligence__in=Diligence.values),
            ),
            models.CheckConstraint(
                name="organisation_diligence_dated",
                condition=DILIGENCE_RECORDED,
                violation_error_message=_("Say when the guarantees were verified."),
            ),
            models.CheckConstraint(
                name="organisation_review_after_check",
                condition=Q(diligence_on=None)
                | Q(diligence_review_on=None)
                | Q(diligence_review_on__gt=models.F("diligence_on")),
                violation_error_message=_("The next verification comes after the last one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_review_due(self, day: date) -> bool:
        return self.diligence_review_on is not None and self.diligence_review_on <= day

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        # Before its length is checked: people type 525-000-10-01.
        self.nip = self.nip.replace("-", "").replace(" ", "")
        super().clean_fields(exclude)
