"""What keeps people from being contacted whatever they consented to (Art. 18, 21)."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from consents.choices import EventKind, RestrictionKind, SuppressionOrigin, SuppressionScope
from consents.models.events import NEVER, ConsentEvent
from consents.models.people import ContactPoint
from consents.models.sources import LeadSource
from processing.choices import Channel
from processing.models import Purpose
from processors.models import Organisation


class RestrictionQuerySet(AppendOnlyQuerySet):
    def standing(self, moment: datetime | None = None, known_at: datetime | None = None) -> Self:
        """Restrictions in effect at ``moment`` of which we knew at ``known_at``, not lifted.

        Undeliverable is also ended by a later confirmation through the very contact.
        """
        moment, known_at = moment or timezone.now(), known_at or timezone.now()
        reached = Exists(_confirmed_later(moment, known_at))
        return self.in_effect(moment, known_at).exclude(
            Q(kind=RestrictionKind.UNDELIVERABLE) & reached
        )

    def undeliverable(self, moment: datetime, known_at: datetime) -> Self:
        """Those of ``standing`` that are undeliverable."""
        return self.in_effect(moment, known_at).filter(
            ~Exists(_confirmed_later(moment, known_at)), kind=RestrictionKind.UNDELIVERABLE
        )

    def in_effect(self, moment: datetime, known_at: datetime) -> Self:
        """Neither lifted nor over; whether an undeliverable contact was reached is not asked."""
        known = Q(recorded_at__lte=known_at)
        lifted = self.model.objects.filter(
            known, lifts=models.OuterRef("pk"), effective_at__lte=moment
        )
        return self.filter(
            known,
            Q(until=None) | Q(until__gt=moment),
            ~Exists(lifted),
            lifts=None,
            effective_at__lte=moment,
        )


def _confirmed_later(moment: datetime, known_at: datetime) -> models.QuerySet:
    """Confirmations that came through the contact of a restriction after it took effect."""
    known = Q(recorded_at__lte=known_at)
    struck = ConsentEvent.objects.filter(
        known, kind=EventKind.INVALIDATED, about=models.OuterRef("pk")
    )
    return ConsentEvent.objects.filter(
        known,
        ~Exists(struck),
        kind=EventKind.CONFIRMED,
        contact_point=models.OuterRef("contact_point"),
        occurred_at__gt=models.OuterRef("effective_at"),
        occurred_at__lte=moment,
    )


class Restriction(AppendOnlyModel):
    """An objection (Art. 21), a restriction (Art. 18), do-not-contact or undeliverable.

    Lifted only by a later row that names it, by hand and with a reason.
    """

    named_by: ClassVar[tuple[str, ...]] = ("contact_point",)
    trail_kind: ClassVar[str] = "kind"

    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, related_name="restrictions", verbose_name=_("contact point")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=RestrictionKind)
    channel = models.CharField(
        _("channel"),
        max_length=16,
        choices=Channel,
        null=True,
        blank=True,
        help_text=_("Empty: every channel."),
    )
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("purpose"),
        help_text=_("Empty: every purpose."),
    )
    effective_at = models.DateTimeField(_("effective"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    source = models.ForeignKey(
        LeadSource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead source"),
    )
    lifts = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lifted_by",
        verbose_name=_("lifts"),
    )
    evidence_id = models.BigIntegerField(_("evidence"), null=True)
    evidence_sha256 = models.CharField(_("SHA-256 of the evidence"), max_length=64, blank=True)
    evidence_line = models.PositiveIntegerField(_("line of the file"), null=True, blank=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("objection or restriction")
        verbose_name_plural = _("objections and restrictions")
        ordering = ("-id",)
        permissions = [("lift_restriction", "Can lift restrictions and suppressions")]
        constraints = [
            models.UniqueConstraint(
                F("contact_point"),
                F("kind"),
                Coalesce("channel", Value("")),
                Coalesce("purpose", Value(0)),
                F("effective_at"),
                Coalesce("source", Value(0)),
                Coalesce("lifts", Value(0)),
                name="restriction_once",
            ),
            models.CheckConstraint(
                name="restriction_kind_known", condition=Q(kind__in=RestrictionKind.values)
            ),
            models.CheckConstraint(
                name="restriction_channel_known",
                condition=Q(channel=None) | Q(channel__in=Channel.values),
            ),
            models.CheckConstraint(
                name="restriction_names_purpose",
                condition=~Q(kind=RestrictionKind.OBJECTION_PURPOSE) | Q(purpose__isnull=False),
                violation_error_message=_("Name the purpose that the person objects to."),
            ),
            models.CheckConstraint(
                name="restriction_lifted_with_reason",
                condition=Q(lifts=None) | ~Q(reason=""),
                violation_error_message=_("Say why it is lifted."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class SuppressionQuerySet(AppendOnlyQuerySet):
    def standing(self, moment: datetime | None = None, known_at: datetime | None = None) -> Self:
        """Suppressions that hold at ``moment`` of which we knew at ``known_at``, not lifted."""
        moment = moment or timezone.now()
        known = Q(recorded_at__lte=known_at or timezone.now())
        lifted = self.model.objects.filter(known, lifts=models.OuterRef("pk"))
        return self.filter(
            known, Q(until=None) | Q(until__gt=moment), ~models.Exists(lifted), lifts=None
        )


class Suppression(AppendOnlyModel):
    """A number or address that must not be contacted, kept as a keyed digest alone (Art. 17, 21).

    It outlives erasure, so a database bought again cannot bring the person back.
    """

    controller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("controller")
    )
    hmac = models.CharField(_("keyed digest"), max_length=64)
    channel = models.CharField(
        _("channel"),
        max_length=16,
        choices=Channel,
        null=True,
        blank=True,
        help_text=_("Empty: every channel."),
    )
    scope = models.CharField(_("scope"), max_length=16, choices=SuppressionScope)
    origin = models.CharField(_("origin"), max_length=16, choices=SuppressionOrigin)
    listed_on = models.DateField(_("list dated"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    lifts = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lifted_by",
        verbose_name=_("lifts"),
    )
    renews = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewed_by",
        verbose_name=_("renews"),
        help_text=_("The lifted entry that the person, heard again, asked to have back."),
    )

    objects = SuppressionQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("suppression")
        verbose_name_plural = _("suppression list")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                F("hmac"),
                F("controller"),
                Coalesce("channel", Value("")),
                F("scope"),
                F("origin"),
                Coalesce("until", Value(NEVER)),
                Coalesce("lifts", Value(0)),
                Coalesce("renews", Value(0)),
                name="suppression_once",
            ),
            models.CheckConstraint(
                name="suppression_scope_known", condition=Q(scope__in=SuppressionScope.values)
            ),
            models.CheckConstraint(
                name="suppression_origin_known", condition=Q(origin__in=SuppressionOrigin.values)
            ),
            models.CheckConstraint(
                name="suppression_lifted_with_reason",
                condition=Q(lifts=None) | ~Q(reason=""),
                violation_error_message=_("Say why it is lifted."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_origin_display()} {self.hmac[:8]}"
