"""The exact texts people agreed to, and what was found when they were reviewed (Art. 7)."""

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet, AuditedModel, AuditedQuerySet
from consents.choices import ReviewOutcome
from processing.choices import Channel, Regime
from processing.models import Purpose
from processors.models import Organisation

FROZEN_FIELDS = ("purpose_id", "channel", "language", "version", "text", "regime", "bundled")


class ConsentWordingQuerySet(AuditedQuerySet):
    def with_use(self, moment: datetime | None = None) -> Self:
        """``shown_now`` and ``was_used``: whether a source shows it, and whether anybody saw it."""
        moment = moment or timezone.now()
        showing = Q(shown__shown_from__lte=moment) & (
            Q(shown__shown_until=None) | Q(shown__shown_until__gt=moment)
        )
        here = self.model.objects.filter(pk=OuterRef("pk"))
        return self.annotate(
            shown_now=Exists(here.filter(showing)),
            was_used=Exists(here.filter(Q(shown__isnull=False) | Q(events__isnull=False))),
        )


class ConsentWording(AuditedModel):
    """The text of a consent for one purpose on one channel (Art. 7(2)); frozen once used."""

    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="wordings", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    language = models.CharField(
        _("language"), max_length=2, choices=[("pl", _("Polish")), ("en", _("English"))]
    )
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), help_text=_("Exactly as shown, to the letter."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    regime = models.CharField(
        _("collected under"), max_length=8, choices=Regime, help_text=_("The law at the time.")
    )
    bundled = models.BooleanField(
        _("bundled channels"), default=False, help_text=_("One clause covered several channels.")
    )
    valid_months = models.PositiveSmallIntegerField(
        _("valid for months"), null=True, blank=True, help_text=_("Empty: until withdrawn.")
    )
    controllers = models.ManyToManyField(
        Organisation,
        through="consents.NamedController",
        related_name="+",
        verbose_name=_("controllers it names"),
    )

    objects = ConsentWordingQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("consent wording")
        verbose_name_plural = _("consent wordings")
        ordering = ("purpose", "channel", "language", "-version")
        permissions = [("review_wording", "Can review consent wordings")]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "channel", "language", "version"],
                name="wording_version_once",
                violation_error_message=_("This version already exists."),
            ),
            models.CheckConstraint(
                name="wording_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="wording_regime_known", condition=Q(regime__in=Regime.values)
            ),
        ]

    def __str__(self) -> str:
        return f"„{self.title}” v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        super().save(*args, **kwargs)

    @property
    def is_used(self) -> bool:
        """Shown by a source or named by an event: from then on its text is proof (Art. 7(1))."""
        return self.shown.exists() or self.events.exists()

    def clean(self) -> None:
        before = ConsentWording.objects.filter(pk=self.pk).first() if self.pk else None
        if before and before.is_used:
            changed = [n for n in FROZEN_FIELDS if getattr(self, n) != getattr(before, n)]
            if changed:
                raise ValidationError(
                    _("People have already been shown this wording. Add a new version instead.")
                )


class NamedController(AuditedModel):
    """A controller that a wording names (Art. 4(11), rec. 42): consent reaches no other."""

    named_by: ClassVar[tuple[str, ...]] = ("wording", "organisation")

    wording = models.ForeignKey(
        ConsentWording, models.PROTECT, related_name="named", verbose_name=_("wording")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("controller")
    )

    class Meta(AuditedModel.Meta):
        verbose_name = _("named controller")
        verbose_name_plural = _("named controllers")
        constraints = [
            models.UniqueConstraint(fields=["wording", "organisation"], name="named_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class WordingReviewQuerySet(AppendOnlyQuerySet):
    def known(self, moment: datetime, known_at: datetime) -> Self:
        """Reviews in effect at ``moment`` of which we knew at ``known_at``, latest first."""
        return self.filter(effective_from__lte=moment, recorded_at__lte=known_at).order_by(
            "-effective_from", "-recorded_at", "-id"
        )


class WordingReview(AppendOnlyModel):
    """What a review of a wording under one regime found (Art. 7(2), 7(4), rec. 32, 171)."""

    named_by: ClassVar[tuple[str, ...]] = ("wording",)

    wording = models.ForeignKey(
        ConsentWording, models.PROTECT, related_name="reviews", verbose_name=_("wording")
    )
    regime = models.CharField(_("under"), max_length=8, choices=Regime)
    distinguishable = models.BooleanField(_("distinguishable, plain language (Art. 7(2))"))
    not_conditional = models.BooleanField(_("not tied to a contract (Art. 7(4))"))
    no_preticked_box = models.BooleanField(_("no pre-ticked box (rec. 32)"))
    told_of_withdrawal = models.BooleanField(_("told of withdrawal (Art. 7(3))"))
    channels_apart = models.BooleanField(_("channels apart"))
    controller_named = models.BooleanField(_("controller named (rec. 42)"))
    meets_recital_171 = models.BooleanField(_("collected before 2018 to the GDPR's standard"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=ReviewOutcome)
    effective_from = models.DateTimeField(_("effective from"), default=timezone.now)
    note = models.TextField(_("note"), blank=True)

    objects = WordingReviewQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("wording review")
        verbose_name_plural = _("wording reviews")
        ordering = ("-effective_from", "-id")
        constraints = [
            models.CheckConstraint(
                name="review_outcome_known", condition=Q(outcome__in=ReviewOutcome.values)
            ),
            models.CheckConstraint(
                name="review_ok_is_complete",
                condition=~Q(outcome=ReviewOutcome.OK)
                | Q(
                    distinguishable=True,
                    not_conditional=True,
                    no_preticked_box=True,
                    told_of_withdrawal=True,
                    controller_named=True,
                ),
                violation_error_message=_(
                    "A wording without these elements cannot be without objections."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_regime_display()}: {self.get_outcome_display()}"
