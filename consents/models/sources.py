"""Where leads come from and what people were shown there (Art. 13, 14)."""

from calendar import monthrange
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from consents.choices import FROM_OTHERS, SourceKind
from consents.models.people import ContactPoint
from consents.models.wordings import ConsentWording
from processing.models import held_at, within
from processors.models import Organisation


class LeadSource(AuditedModel):
    """A way in which people's data and consents come to a controller (Art. 13, 14(2)(f))."""

    slug = models.SlugField(
        _("key"), max_length=60, unique=True, help_text=_("Typed by people and machines; frozen.")
    )
    controller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("controller")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=SourceKind)
    name_pl = models.CharField(_("name (PL)"), max_length=200)
    name_en = models.CharField(_("name (EN)"), max_length=200)
    confirmation_asked = models.BooleanField(
        _("asks for confirmation"),
        default=False,
        help_text=_("A consent from here counts only once confirmed (double opt-in)."),
    )
    confirmation_sent = models.BooleanField(
        _("the house sends the letters"),
        default=False,
        help_text=_(
            "Whoever gave an e-mail address gets a letter with a link from here. "
            "Nobody else can then confirm in their place."
        ),
    )
    vendor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vendor or partner"),
    )
    contract = models.CharField(_("contract"), max_length=200, blank=True)
    collection_text = models.TextField(
        _("text shown at collection"), blank=True, help_text=_("What the vendor told the people.")
    )
    controllers_named = models.TextField(_("controllers it named"), blank=True)
    names_controller = models.BooleanField(
        _("people agreed to this controller"),
        default=False,
        help_text=_("Tick only with proof: without it commercial contact stays closed."),
    )
    proof = models.CharField(_("proof"), max_length=300, blank=True)
    proof_on = models.DateField(_("proof dated"), null=True, blank=True)

    name = localised("name")

    class Meta(AuditedModel.Meta):
        verbose_name = _("lead source")
        verbose_name_plural = _("lead sources")
        ordering = ("name_pl", "id")
        constraints = [
            models.CheckConstraint(
                name="source_kind_known", condition=Q(kind__in=SourceKind.values)
            ),
            models.CheckConstraint(
                name="source_vendor_named",
                condition=~Q(kind__in=FROM_OTHERS) | Q(vendor__isnull=False),
                violation_error_message=_("Name the vendor or partner that the data come from."),
            ),
            models.CheckConstraint(
                name="source_sends_what_it_asks",
                condition=Q(confirmation_sent=False) | Q(confirmation_asked=True),
                violation_error_message=_(
                    "Letters are sent where a confirmation is asked for: tick that too."
                ),
            ),
            models.CheckConstraint(
                name="source_proof_dated",
                condition=Q(names_controller=False) | (Q(proof_on__isnull=False) & ~Q(proof="")),
                violation_error_message=_("Describe the proof and say from when it is."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_from_others(self) -> bool:
        """Data not obtained from the person: Art. 14 applies instead of Art. 13."""
        return self.kind in FROM_OTHERS

    def clean(self) -> None:
        if self.pk and (before := LeadSource.objects.filter(pk=self.pk).first()):
            if before.slug != self.slug:
                raise ValidationError({"slug": _("The key is frozen: machines already use it.")})
            if before.controller_id != self.controller_id:
                raise ValidationError({"controller": _("A source stays with its controller.")})


class SourceWordingQuerySet(AuditedQuerySet):
    def preferred(self) -> Self:
        """Polish first, where several languages were shown: consents rest on the first."""
        return self.order_by("-wording__language", "pk")

    def shown(self, source: Any, purpose: Any, channel: Any, moment: Any) -> Self:
        """What ``source`` showed for a purpose × channel at ``moment``, the preferred first.

        Each may be an expression over an outer query.
        """
        then = self.filter(held_at(moment, "shown_from", "shown_until"))
        return then.showings(source, purpose, channel)

    def showings(self, source: Any, purpose: Any, channel: Any) -> Self:
        """What ``source`` ever showed for a purpose × channel, the preferred first."""
        about = {"wording__purpose": purpose, "wording__channel": channel}
        return self.filter(source=source, **about).preferred()


class SourceWording(AuditedModel):
    """Which wording a source showed, and when: consents given there and then rest on it."""

    named_by: ClassVar[tuple[str, ...]] = ("source", "wording")

    source = models.ForeignKey(
        LeadSource, models.PROTECT, related_name="shown", verbose_name=_("lead source")
    )
    wording = models.ForeignKey(
        ConsentWording, models.PROTECT, related_name="shown", verbose_name=_("wording")
    )
    shown_from = models.DateTimeField(_("shown from"))
    shown_until = models.DateTimeField(_("shown until"), null=True, blank=True)

    objects = SourceWordingQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("shown wording")
        verbose_name_plural = _("shown wordings")
        ordering = ("source", "-shown_from")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "wording", "shown_from"], name="source_wording_once"
            ),
            models.CheckConstraint(
                name="source_wording_period",
                condition=Q(shown_until=None) | Q(shown_until__gt=F("shown_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def was_shown(self, moment: datetime) -> bool:
        return within(moment, self.shown_from, self.shown_until)

    def clean(self) -> None:
        if not (self.source_id and self.wording_id and self.shown_from):
            return
        if self.wording.purpose.activity.controller_id != self.source.controller_id:
            raise ValidationError(
                {"wording": _("This wording belongs to a purpose of another controller.")}
            )
        if self._others_at_the_time().exists():
            raise ValidationError(
                _("In this period the source already showed another wording for this channel.")
            )

    def _others_at_the_time(self) -> models.QuerySet:
        same_place = SourceWording.objects.filter(
            source=self.source,
            wording__purpose=self.wording.purpose_id,
            wording__channel=self.wording.channel,
            wording__language=self.wording.language,
        ).exclude(pk=self.pk)
        if self.shown_until:
            same_place = same_place.filter(shown_from__lt=self.shown_until)
        return same_place.filter(Q(shown_until=None) | Q(shown_until__gt=self.shown_from))


class AcquisitionQuerySet(AuditedQuerySet):
    def overdue(self, day: date) -> Self:
        """Obtained from others, not informed, and the month of Art. 14(3)(a) is past on ``day``."""
        return self.filter(informed_on=None, due_on__lt=day)


class Acquisition(AuditedModel):
    """That a contact point came from a source on a day, and when the person was told (Art. 14)."""

    named_by: ClassVar[tuple[str, ...]] = ("contact_point", "source")

    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, related_name="acquisitions", verbose_name=_("contact point")
    )
    source = models.ForeignKey(
        LeadSource, models.PROTECT, related_name="acquisitions", verbose_name=_("lead source")
    )
    obtained_on = models.DateField(_("obtained on"))
    due_on = models.DateField(
        _("inform by"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("One month after it was obtained (Art. 14(3)(a)); none for own sources."),
    )
    informed_on = models.DateField(_("informed on"), null=True, blank=True)
    informed_how = models.CharField(_("how informed"), max_length=200, blank=True)

    objects = AcquisitionQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("acquisition")
        verbose_name_plural = _("duty to inform (Art. 14)")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["contact_point", "source"], name="acquisition_once"),
            models.CheckConstraint(
                name="acquisition_informed_after",
                condition=Q(informed_on=None) | Q(informed_on__gte=F("obtained_on")),
                violation_error_message=_("Nobody is informed before the data were obtained."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(informed_on=None, due_on__isnull=False),
                name="acquisition_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def inform(self, *, on: date, how: str) -> None:
        """Record that the person was given the Art. 14 information on ``on``."""
        self.informed_on, self.informed_how = on, how
        self.full_clean()
        self.save(update_fields=["informed_on", "informed_how"])


def month_after(day: date, months: int = 1) -> date:
    """The end of ``months`` that start on ``day`` (Reg. 1182/71 art. 3(2)(c)): 31 Jan → 28 Feb."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
