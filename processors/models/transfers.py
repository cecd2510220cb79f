"""Where data go from a processor: sub-processors (Art. 28(2), (4)) and third countries."""

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from processors.choices import EEA, NEEDS_ASSESSMENT, SccModule, TransferMechanism
from processors.models.agreements import ProcessingAgreement
from processors.models.organisations import Organisation

country_code = RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters, such as US."))
MODULE_OF_CLAUSES = Q(mechanism=TransferMechanism.SCC, scc_module__in=SccModule.values) | (
    ~Q(mechanism=TransferMechanism.SCC) & Q(scc_module="")
)


def running_on(day: date) -> Q:
    """The half-open period ``[since, until)`` holds ``day``."""
    return Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))


def is_running(record: Any, day: date) -> bool:
    """The same of one record."""
    return record.since <= day and (record.until is None or day < record.until)


class SubProcessorQuerySet(AuditedQuerySet):
    def engaged(self, day: date) -> Self:
        return self.filter(running_on(day))

    def unauthorised(self, day: date) -> Self:
        """At work on ``day`` with nobody's leave, or later than they began (Art. 28(2))."""
        late = Q(authorised_on=None) | Q(authorised_on__gt=day)
        return self.engaged(day).filter(late)


class SubProcessor(AuditedModel):
    """Another processor, engaged by the one of the agreement (Art. 28(2), (4))."""

    named_by: ClassVar[tuple[str, ...]] = ("agreement", "organisation")

    agreement = models.ForeignKey(
        ProcessingAgreement,
        models.PROTECT,
        related_name="sub_processors",
        verbose_name=_("agreement"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="sub_processing",
        verbose_name=_("sub-processor"),
    )
    subject = models.CharField(_("what it does"), max_length=250)
    authorised_on = models.DateField(
        _("authorised on"),
        null=True,
        blank=True,
        help_text=_("Leave of the controller, or the day on which its time to object ran out."),
    )
    since = models.DateField(_("engaged from"))
    until = models.DateField(
        _("engaged until"), null=True, blank=True, help_text=_("The first day without it.")
    )

    objects = SubProcessorQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("sub-processor")
        verbose_name_plural = _("sub-processors")
        ordering = ("agreement", "since", "id")
        permissions = [
            ("import_subprocessor", "Can import sub-processors"),
            ("export_subprocessor", "Can export sub-processors"),
        ]
        constraints = [
            models.CheckConstraint(
                name="sub_processor_period",
                condition=Q(until=None) | Q(until__gt=F("since")),
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "organisation"],
                condition=Q(until=None),
                name="sub_processor_once",
                violation_error_message=_("It is already a sub-processor under this agreement."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def clean(self) -> None:
        if not self.agreement_id or not self.organisation_id:
            return
        parties = (self.agreement.controller_id, self.agreement.processor_id)
        if self.organisation_id in parties:
            raise ValidationError({"organisation": _("A party is no sub-processor.")})


class AdequacyDecision(AuditedModel):
    """The Commission found a country's protection adequate (Art. 45(3)): dated, editable."""

    slug = models.SlugField(_("key"), max_length=40, unique=True)
    country = models.CharField(_("country"), max_length=2, validators=[country_code])
    name_pl = models.CharField(_("name (PL)"), max_length=150)
    name_en = models.CharField(_("name (EN)"), max_length=150)
    number = models.CharField(
        _("number of the decision"),
        max_length=9,
        blank=True,
        help_text=_("Year and number, such as 2023/1795: anybody can look it up in EUR-Lex."),
    )
    certified_only = models.BooleanField(
        _("certified recipients only"),
        default=False,
        help_text=_("As under the EU–US Data Privacy Framework."),
    )
    since = models.DateField(_("in force from"))
    until = models.DateField(_("in force until"), null=True, blank=True)

    name = localised("name")

    class Meta(AuditedModel.Meta):
        verbose_name = _("adequacy decision")
        verbose_name_plural = _("adequacy decisions")
        ordering = ("country", "since", "id")
        constraints = [
            models.CheckConstraint(
                name="adequacy_period",
                condition=Q(until=None) | Q(until__gt=F("since")),
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                name="adequacy_number_known",
                condition=Q(number="") | Q(number__regex=r"^(19|20)[0-9]{2}/[1-9][0-9]{0,3}$"),
                violation_error_message=_("A decision has a year and a number: 2023/1795."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def celex(self) -> str:
        """What EUR-Lex calls it, such as 32023D1795; empty without a number."""
        year, _slash, number = self.number.partition("/")
        return f"3{year}D{int(number):04d}" if number else ""


class TransferQuerySet(AuditedQuerySet):
    def made(self, day: date) -> Self:
        """Going on on ``day``."""
        return self.filter(running_on(day))

    def to_third_countries(self) -> Self:
        return self.exclude(country__in=EEA)

    def without_decision(self, day: date) -> Self:
        """Rest on adequacy or the DPF, for which no decision is in force on ``day``."""
        decisions = AdequacyDecision.objects.filter(running_on(day), country=OuterRef("country"))
        whole = Q(mechanism=TransferMechanism.ADEQUACY) & ~Exists(
            decisions.filter(certified_only=False)
        )
        certified = Q(mechanism=TransferMechanism.DPF) & ~Exists(
            decisions.filter(certified_only=True)
        )
        return self.filter(whole | certified)

    def unassessed(self, day: date) -> Self:
        """Rest on safeguards that need an assessment, and none was made by ``day``."""
        late = Q(tia_on=None) | Q(tia_on__gt=day)
        return self.filter(late, mechanism__in=NEEDS_ASSESSMENT)


class Transfer(AuditedModel):
    """Data go to a third country or can be reached from there (Art. 44–49)."""

    named_by: ClassVar[tuple[str, ...]] = ("organisation",)

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="transfers", verbose_name=_("data importer")
    )
    country = models.CharField(
        _("country"), max_length=2, validators=[country_code], help_text=_("ISO code: US, IN, UA.")
    )
    agreement = models.ForeignKey(
        ProcessingAgreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="transfers",
        verbose_name=_("agreement"),
    )
    mechanism = models.CharField(
        _("on what basis"), max_length=16, choices=TransferMechanism, blank=True
    )
    scc_module = models.CharField(
        _("module of the clauses"), max_length=1, choices=SccModule, blank=True
    )
    tia_on = models.DateField(_("transfer impact assessment of"), null=True, blank=True)
    tia_note = models.TextField(_("what the assessment says, and where it is"), blank=True)
    checked_on = models.DateField(
        _("checked on"),
        null=True,
        blank=True,
        help_text=_("For the DPF: when the recipient was last seen on its list."),
    )
    review_on = models.DateField(_("check again on"), null=True, blank=True)
    fallback = models.TextField(
        _("fallback"), blank=True, help_text=_("What holds if the decision falls.")
    )
    derogation_reason = models.TextField(_("reason of the derogation (Art. 49)"), blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day without it.")
    )

    objects = TransferQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ("country", "since", "id")
        permissions = [
            ("import_transfer", "Can import transfers"),
            ("export_transfer", "Can export transfers"),
        ]
        constraints = [
            models.CheckConstraint(
                name="transfer_mechanism_known",
                condition=Q(mechanism="") | Q(mechanism__in=TransferMechanism.values),
            ),
            models.CheckConstraint(
                name="transfer_eea_only_inside",
                condition=~Q(mechanism=TransferMechanism.EEA_ONLY) | Q(country__in=EEA),
                violation_error_message=_("This country is outside the EEA: choose a basis."),
            ),
            models.CheckConstraint(
                name="transfer_dpf_is_american",
                condition=~Q(mechanism=TransferMechanism.DPF) | Q(country="US"),
                violation_error_message=_("The Data Privacy Framework covers the USA alone."),
            ),
            models.CheckConstraint(
                name="transfer_module_of_clauses",
                condition=MODULE_OF_CLAUSES,
                violation_error_message=_(
                    "Standard clauses have a module; other mechanisms have none."
                ),
            ),
            models.CheckConstraint(
                name="transfer_period",
                condition=Q(until=None) | Q(until__gt=F("since")),
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                name="transfer_review_after_check",
                condition=Q(checked_on=None) | Q(review_on=None) | Q(review_on__gt=F("checked_on")),
                violation_error_message=_("The next check comes after the last one."),
            ),
        ]

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.country, str(self.get_mechanism_display()))))

    def clean(self) -> None:
        today = timezone.localdate()
        future = [
            name for name in ("tia_on", "checked_on") if (getattr(self, name) or today) > today
        ]
        if future:
            raise ValidationError({name: _("This day is yet to come.") for name in future})

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.country = self.country.strip().upper()
        super().clean_fields(exclude)
