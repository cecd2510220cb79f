"""Purposes, each on one basis of Art. 6(1)."""

from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from processing.choices import DOUBTFUL, Basis, Campaign, Nature, SpecialCondition
from processing.models.activities import ProcessingActivity
from processing.models.grants import ClientGrant, PurposeGrant
from processing.models.periods import held_at, within

APPROVED_AS_SERVICE = Q(service_approved_by__isnull=False, service_approved_at__isnull=False)
NATURE_ALLOWED = (
    Q(nature=Nature.COMMERCIAL)
    | Q(nature=Nature.SERVICE, campaign__in=(Campaign.MATTER, Campaign.INTERNAL))
    | (Q(nature=Nature.SERVICE, campaign__in=DOUBTFUL) & APPROVED_AS_SERVICE)
)
nature_allowed = models.CheckConstraint(
    name="purpose_nature_allowed",
    condition=NATURE_ALLOWED,
    violation_error_message=_(
        "An offer and a request for consent are commercial. A survey, renewal or image campaign is "
        "commercial until an approver has recorded why not."
    ),
)


class PurposeQuerySet(AuditedQuerySet):
    def active(self, moment: datetime | None = None) -> Self:
        return self.filter(held_at(moment or timezone.now()))

    def instructed(self, day: date) -> Self:
        """Purposes of work that somebody may ask of us on ``day`` (Art. 29)."""
        return self.filter(activity__in=ProcessingActivity.objects.instructed(day))

    def commercial(self) -> Self:
        return self.filter(nature=Nature.COMMERCIAL)

    def granted_to(self, user: Any, moment: datetime | None = None) -> Self:
        """Purposes that ``user`` may use at ``moment``."""
        return self._granted(PurposeGrant.objects.filter(user=user), moment)

    def granted_to_client(self, client: Any, moment: datetime | None = None) -> Self:
        """Purposes that the API ``client`` may use at ``moment``."""
        return self._granted(ClientGrant.objects.filter(client=client), moment)

    def _granted(self, grants: Any, moment: datetime | None) -> Self:
        return self.filter(pk__in=grants.active(moment).values("purpose"))


class Purpose(AuditedModel):
    """Why data are processed (Art. 5(1)(b)), on exactly one basis of Art. 6(1)."""

    slug = models.SlugField(
        _("key"), max_length=60, unique=True, help_text=_("Typed by people and machines; frozen.")
    )
    activity = models.ForeignKey(
        ProcessingActivity, models.PROTECT, related_name="purposes", verbose_name=_("activity")
    )
    name_pl = models.CharField(_("name (PL)"), max_length=200)
    name_en = models.CharField(_("name (EN)"), max_length=200)
    description_pl = models.TextField(_("description (PL)"), blank=True)
    description_en = models.TextField(_("description (EN)"), blank=True)
    basis = models.CharField(_("legal basis"), max_length=8, choices=Basis)
    basis_law = models.CharField(
        _("provision"),
        max_length=200,
        blank=True,
        help_text=_("The act, for Art. 6(1)(c) and (e)."),
    )
    campaign = models.CharField(_("what about"), max_length=16, choices=Campaign)
    nature = models.CharField(_("nature"), max_length=16, choices=Nature)
    service_reason = models.TextField(_("why it is not commercial"), blank=True)
    service_opinion = models.TextField(_("opinion of the DPO"), blank=True)
    service_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved as service by"),
    )
    service_approved_at = models.DateTimeField(
        _("approved as service"), null=True, blank=True, editable=False
    )
    special_condition = models.CharField(
        _("condition of Art. 9(2)"), max_length=8, choices=SpecialCondition, blank=True
    )
    active_from = models.DateTimeField(_("active from"), default=timezone.now)
    active_until = models.DateTimeField(_("active until"), null=True, blank=True)

    name = localised("name")
    description = localised("description")
    objects = PurposeQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ("name_pl", "id")
        permissions = [
            ("import_purpose", "Can import purposes"),
            ("export_purpose", "Can export purposes"),
            ("approve_service_nature", "Can approve that a purpose is not commercial"),
        ]
        constraints = [
            models.CheckConstraint(name="purpose_basis_known", condition=Q(basis__in=Basis.values)),
            models.CheckConstraint(
                name="purpose_campaign_known", condition=Q(campaign__in=Campaign.values)
            ),
            nature_allowed,
            models.CheckConstraint(
                name="purpose_law_named",
                condition=~Q(basis__in=(Basis.LEGAL_OBLIGATION, Basis.PUBLIC_TASK))
                | ~Q(basis_law=""),
                violation_error_message=_("Name the provision that the obligation follows from."),
            ),
            models.CheckConstraint(
                name="purpose_period",
                condition=Q(active_until=None) | Q(active_until__gt=F("active_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return within(timezone.now(), self.active_from, self.active_until)

    @property
    def is_commercial(self) -> bool:
        return self.nature == Nature.COMMERCIAL

    @property
    def asks_for_consent(self) -> bool:
        return self.campaign == Campaign.CONSENT_REQUEST

    def clean(self) -> None:
        if self.pk and (before := Purpose.objects.filter(pk=self.pk).first()):
            if before.slug != self.slug:
                raise ValidationError({"slug": _("The key is frozen: machines already use it.")})
            if before.activity_id != self.activity_id and (
                before.activity.controller_id != self.activity.controller_id
            ):
                raise ValidationError({"activity": _("A purpose stays with its controller.")})
        # Forms leave the approval out, and Django then skips the constraint over it.
        nature_allowed.validate(Purpose, self)  # type: ignore[attr-defined]

    @transaction.atomic
    def approve_as_service(self, *, by: Any, reason: str, opinion: str) -> None:
        """Record that a survey, renewal or image campaign is not commercial (art. 398 PKE).

        ``by`` approves for the controller; the DPO only gives the ``opinion`` (Art. 38(6)).
        Raises ValidationError where a text is missing or the purpose is not of a doubtful kind.
        """
        if self.campaign not in DOUBTFUL:
            raise ValidationError(_("Only a survey, renewal or image campaign can be approved."))
        if not (reason.strip() and opinion.strip()):
            raise ValidationError(_("Give the reason and the opinion of the DPO."))
        self.nature = Nature.SERVICE
        self.service_reason, self.service_opinion = reason, opinion
        self.service_approved_by, self.service_approved_at = by, timezone.now()
        self.full_clean()
        self.save()
