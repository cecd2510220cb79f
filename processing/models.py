"""The record of processing activities (Art. 30) and the law behind the channels."""

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
from processing.choices import (
    DOUBTFUL,
    Basis,
    Campaign,
    Channel,
    Nature,
    Protects,
    Regime,
    SpecialCondition,
)
from processors.models import Organisation

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


def held_at(moment: datetime, start: str = "active_from", end: str = "active_until") -> Q:
    """The half-open period ``[start, end)`` holds ``moment``; a missing end is open."""
    return Q(**{f"{start}__lte": moment}) & (Q(**{end: None}) | Q(**{f"{end}__gt": moment}))


def within(moment: Any, start: Any, end: Any) -> bool:
    """Whether ``moment`` lies in the half-open ``[start, end)``: instants, or days."""
    return start <= moment and (end is None or moment < end)


class ActivityQuerySet(AuditedQuerySet):
    def own(self) -> Self:
        """Rows of the RCP: what the centre does for itself (Art. 30(1))."""
        return self.filter(controller__is_own=True)

    def for_clients(self) -> Self:
        """Rows of the RKCP: what it does on somebody's behalf (Art. 30(2))."""
        return self.filter(controller__is_own=False)

    def carried_out(self, moment: datetime | None = None) -> Self:
        return self.filter(held_at(moment or timezone.now()))


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


class PurposeQuerySet(AuditedQuerySet):
    def active(self, moment: datetime | None = None) -> Self:
        return self.filter(held_at(moment or timezone.now()))

    def commercial(self) -> Self:
        return self.filter(nature=Nature.COMMERCIAL)

    def granted_to(self, user: Any, moment: datetime | None = None) -> Self:
        """Purposes that ``user`` may use at ``moment``."""
        grants = PurposeGrant.objects.active(moment).filter(user=user)
        return self.filter(pk__in=grants.values("purpose"))


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


class ChannelRuleQuerySet(AuditedQuerySet):
    def in_force(self, day: date) -> Self:
        """Rules in force on ``day`` (Europe/Warsaw); several may hold at once."""
        return self.filter(Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day))


class ChannelRule(AuditedModel):
    """What the law of a channel asks, as dated data (art. 10 UŚUDE, art. 172 PT, art. 398 PKE)."""

    slug = models.SlugField(_("key"), max_length=60, unique=True)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    regime = models.CharField(_("regime"), max_length=8, choices=Regime)
    protects = models.CharField(_("protects"), max_length=16, choices=Protects)
    consent_required = models.BooleanField(_("consent required"))
    provision_pl = models.CharField(_("provision (PL)"), max_length=250)
    provision_en = models.CharField(_("provision (EN)"), max_length=250)
    valid_from = models.DateField(_("in force from"))
    valid_until = models.DateField(
        _("in force until"), null=True, blank=True, help_text=_("First day without it.")
    )

    provision = localised("provision")
    objects = ChannelRuleQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("channel rule")
        verbose_name_plural = _("channel rules")
        ordering = ("channel", "valid_from", "regime")
        permissions = [
            ("import_channelrule", "Can import channel rules"),
            ("export_channelrule", "Can export channel rules"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "regime", "protects", "valid_from"], name="channel_rule_once"
            ),
            models.CheckConstraint(
                name="channel_rule_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="channel_rule_regime_known", condition=Q(regime__in=Regime.values)
            ),
            models.CheckConstraint(
                name="channel_rule_protects_known", condition=Q(protects__in=Protects.values)
            ),
            models.CheckConstraint(
                name="channel_rule_period",
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_regime_display()}"

    def is_in_force(self, day: date) -> bool:
        """Whether it holds on ``day`` (Europe/Warsaw)."""
        return within(day, self.valid_from, self.valid_until)


class GrantQuerySet(AuditedQuerySet):
    def active(self, moment: datetime | None = None) -> Self:
        return self.filter(held_at(moment or timezone.now()))


class PurposeGrant(AuditedModel):
    """Which supervisor may use which purpose (Art. 29, 32(4)); ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="purpose_grants",
        verbose_name=_("supervisor"),
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="grants", verbose_name=_("purpose")
    )
    active_from = models.DateTimeField(_("granted from"), default=timezone.now)
    active_until = models.DateTimeField(_("granted until"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("purpose grant")
        verbose_name_plural = _("purpose grants")
        ordering = ("user", "purpose")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=Q(active_until=None),
                name="purpose_granted_once",
                violation_error_message=_("This person already has this purpose."),
            ),
            models.CheckConstraint(
                name="purpose_grant_period",
                condition=Q(active_until=None) | Q(active_until__gt=F("active_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_ended(self) -> bool:
        return self.active_until is not None and self.active_until <= timezone.now()

    def end(self) -> None:
        """Take the purpose from the person, from now on. Raises ValidationError if it has ended."""
        if self.is_ended:
            raise ValidationError(_("This grant has already ended."))
        self.active_until = timezone.now()
        self.full_clean()
        self.save(update_fields=["active_until"])
