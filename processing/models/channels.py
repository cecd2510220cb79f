"""The law behind the channels, as dated data."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from processing.choices import Channel, Protects, Regime
from processing.models.periods import within


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
