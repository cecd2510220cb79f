"""Agreements on processing (Art. 28), either way round, and the clauses they must hold."""

import re
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from processors.choices import AgreementForm, AgreementStatus, DataReturn, SubProcessing
from processors.models.organisations import Organisation

# What Art. 28(3) wants said before its letters (a) to (h).
HEADER_TERMS = (
    "subject_matter",
    "duration",
    "nature_and_purpose",
    "data_types",
    "people",
    "controller_rights",
)
HEADER_MISSING = Q(*((term, "") for term in HEADER_TERMS), _connector=Q.OR)
RENEWAL = 90  # days ahead
MOST_BREACH_HOURS = 48  # of the controller's 72 (Art. 33(1))
POLISH_PARAGRAPH = re.compile(r"\((\d+)\)")
POLISH_LETTER = re.compile(r"\(([a-z])\)")
FOUND = ~Q(found_at="")
ENDED = Q(returned="", return_proof="") | (Q(returned__in=DataReturn.values) & ~Q(return_proof=""))


def ended_by(day: date) -> Q:
    """Its time is over on ``day``, by its own end or by termination."""
    return Q(in_force_until__lte=day) | Q(terminated_on__lte=day)


class ClauseItem(AuditedModel):
    """A clause that an agreement is searched for (Art. 28(2)–(4), 29, 33(2))."""

    slug = models.SlugField(_("key"), max_length=40, unique=True)
    article = models.CharField(_("provision"), max_length=60)
    name_pl = models.CharField(_("name (PL)"), max_length=250)
    name_en = models.CharField(_("name (EN)"), max_length=250)
    position = models.PositiveSmallIntegerField(_("place in the list"))
    is_required = models.BooleanField(
        _("required"),
        default=True,
        help_text=_("Without it an agreement counts as incomplete."),
    )
    active = models.BooleanField(_("asked of agreements"), default=True)

    name = localised("name")

    class Meta(AuditedModel.Meta):
        verbose_name = _("clause of agreements")
        verbose_name_plural = _("clauses of agreements")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.provision}: {self.name}"

    @property
    def provision(self) -> str:
        """``article`` as the active language cites it: art. 28 ust. 3 lit. a, or Art. 28(3)(a)."""
        if (get_language() or "pl").startswith("en"):
            return f"Art. {self.article}"
        return "art. " + POLISH_LETTER.sub(
            r" lit. \1", POLISH_PARAGRAPH.sub(r" ust. \1", self.article)
        )


class AgreementQuerySet(AuditedQuerySet):
    def in_force(self, day: date) -> Self:
        """Signed, and binding on ``day`` by its dates alone: a past day is answered alike."""
        started = Q(signed_on__lte=day, in_force_from__lte=day)
        open_end = Q(in_force_until=None) | Q(in_force_until__gt=day)
        return self.filter(started, open_end, Q(terminated_on=None) | Q(terminated_on__gt=day))

    def unended(self, day: date) -> Self:
        """Neither expired nor terminated by ``day``: drafts too."""
        open_end = Q(in_force_until=None) | Q(in_force_until__gt=day)
        return self.filter(open_end, Q(terminated_on=None) | Q(terminated_on__gt=day))

    def incomplete(self) -> Self:
        """A header term or a required clause is missing (Art. 28(3))."""
        return self.filter(HEADER_MISSING | Exists(_unfound()))

    def expiring(self, day: date, within: int = RENEWAL) -> Self:
        """In force on ``day``, and over within so many days."""
        return self.in_force(day).filter(ended_by(day + timedelta(days=within)))

    def expired(self, day: date) -> Self:
        """Their time ran out by ``day``, and nobody has recorded a termination."""
        return self.filter(in_force_until__lte=day, terminated_on=None)

    def with_status(self, status: str, day: date) -> Self:
        """Those whose status on ``day`` is ``status``, as ``status_on`` tells it of one."""
        if status == AgreementStatus.TERMINATED:
            return self.filter(terminated_on__lte=day)
        if status == AgreementStatus.EXPIRED:
            return self.filter(in_force_until__lte=day).exclude(terminated_on__lte=day)
        if status == AgreementStatus.INCOMPLETE:
            return self.unended(day).incomplete()
        whole = self.unended(day).exclude(HEADER_MISSING | Exists(_unfound()))
        if status == AgreementStatus.EXPIRING:
            return whole.expiring(day)
        if status == AgreementStatus.IN_FORCE:
            return whole.in_force(day).exclude(ended_by(day + timedelta(days=RENEWAL)))
        return whole.exclude(pk__in=self.model.objects.in_force(day).values("pk"))

    def between(self, controller: Any, processor: Any) -> Self:
        return self.filter(controller=controller, processor=processor)

    def given(self) -> Self:
        """The centre entrusts data to somebody."""
        return self.filter(controller__is_own=True)

    def taken(self) -> Self:
        """Somebody entrusts data to the centre."""
        return self.filter(processor__is_own=True)

    def with_completeness(self) -> Self:
        """For lists: the status of each without another query."""
        missing = models.Case(
            models.When(HEADER_MISSING | Exists(_unfound()), then=True), default=False
        )
        return self.annotate(is_incomplete=missing)


class ProcessingAgreement(AuditedModel):
    """An agreement by which a controller entrusts data to a processor (Art. 28(3))."""

    reference = models.CharField(_("our number"), max_length=60, unique=True)
    controller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreements_given", verbose_name=_("controller")
    )
    processor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreements_taken", verbose_name=_("processor")
    )
    form = models.CharField(
        pgettext_lazy("agreement", "form"), max_length=16, choices=AgreementForm
    )
    nullity_clause = models.BooleanField(
        _("form under pain of nullity"),
        default=False,
        help_text=_("The parties agreed it (art. 76 KC); the GDPR does not ask for it."),
    )
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(
        _("in force until"),
        null=True,
        blank=True,
        help_text=_("The first day without it; empty where it has no end."),
    )
    subject_matter = models.TextField(_("subject matter"), blank=True)
    duration = models.TextField(_("duration of the processing"), blank=True)
    nature_and_purpose = models.TextField(_("nature and purpose"), blank=True)
    data_types = models.TextField(_("type of personal data"), blank=True)
    people = models.TextField(_("categories of people"), blank=True)
    controller_rights = models.TextField(_("the controller's duties and rights"), blank=True)
    sub_processing = models.CharField(
        _("sub-processing"), max_length=16, choices=SubProcessing, default=SubProcessing.FORBIDDEN
    )
    objection_days = models.PositiveSmallIntegerField(
        _("days to object"), null=True, blank=True, help_text=_("To a new sub-processor.")
    )
    breach_notice_hours = models.PositiveSmallIntegerField(
        _("breach notice within hours"),
        null=True,
        blank=True,
        help_text=_("The controller itself has 72 hours (Art. 33(1))."),
    )
    terminated_on = models.DateField(
        _("terminated on"), null=True, blank=True, help_text=_("The first day without it.")
    )
    returned = models.CharField(
        _("what became of the data"), max_length=24, choices=DataReturn, blank=True
    )
    return_proof = models.TextField(
        _("proof of return or deletion"),
        blank=True,
        help_text=_("Which protocol or certificate, of which day, and where it is kept."),
    )

    objects = AgreementQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("processing agreement")
        verbose_name_plural = _("processing agreements")
        ordering = ("reference", "id")
        permissions = [
            ("import_processingagreement", "Can import processing agreements"),
            ("export_processingagreement", "Can export processing agreements"),
        ]
        constraints = [
            models.CheckConstraint(
                name="agreement_two_parties",
                condition=~Q(controller=F("processor")),
                violation_error_message=_("Nobody entrusts data to themselves."),
            ),
            models.CheckConstraint(
                name="agreement_form_known", condition=Q(form__in=AgreementForm.values)
            ),
            models.CheckConstraint(
                name="agreement_sub_processing_known",
                condition=Q(sub_processing__in=SubProcessing.values),
            ),
            models.CheckConstraint(
                name="agreement_objection_general",
                condition=Q(objection_days=None) | Q(sub_processing=SubProcessing.GENERAL),
                violation_error_message=_("Days to object belong to a general authorisation."),
            ),
            models.CheckConstraint(
                name="agreement_binds_once_signed",
                condition=Q(signed_on=None)
                | Q(in_force_from=None)
                | Q(in_force_from__gte=F("signed_on")),
                violation_error_message=_(
                    "It is in force on the day it is signed at the earliest."
                ),
            ),
            models.CheckConstraint(
                name="agreement_period",
                condition=Q(in_force_until=None) | Q(in_force_until__gt=F("in_force_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                name="agreement_end_has_beginning",
                condition=Q(in_force_until=None) | Q(in_force_from__isnull=False),
                violation_error_message=_("An end needs a beginning."),
            ),
            models.CheckConstraint(
                name="agreement_terminated_after_signing",
                condition=Q(terminated_on=None)
                | Q(signed_on=None)
                | Q(terminated_on__gte=F("signed_on")),
                violation_error_message=_("It cannot have ended before it was signed."),
            ),
            models.CheckConstraint(
                name="agreement_return_proven",
                condition=ENDED,
                violation_error_message=_(
                    "Say what became of the data, and what proves it: both or neither."
                ),
            ),
            models.CheckConstraint(
                name="agreement_return_after_end",
                condition=Q(returned="") | Q(terminated_on__isnull=False),
                violation_error_message=_("Data are returned once the agreement has ended."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_given(self) -> bool:
        """The centre entrusts; else it processes on somebody's behalf."""
        return self.controller.is_own

    @property
    def counterparty(self) -> Organisation:
        return self.processor if self.controller.is_own else self.controller

    @property
    def status(self) -> AgreementStatus:
        """Where it stands today, in local time."""
        return self.status_on(timezone.localdate())

    def status_on(self, day: date) -> AgreementStatus:
        """Where it stands on ``day``; its terms are read as they stand now."""
        if self.terminated_on and self.terminated_on <= day:
            return AgreementStatus.TERMINATED
        if self.in_force_until and self.in_force_until <= day:
            return AgreementStatus.EXPIRED
        if self._lacks_terms():
            return AgreementStatus.INCOMPLETE
        if not self.is_in_force(day):
            return AgreementStatus.DRAFT
        last = self.ends_on
        soon = last is not None and last <= day + timedelta(days=RENEWAL)
        return AgreementStatus.EXPIRING if soon else AgreementStatus.IN_FORCE

    def is_in_force(self, day: date) -> bool:
        """Signed and binding on ``day``, as ``in_force`` asks it of many."""
        if not self.signed_on or not self.in_force_from:
            return False
        begun = max(self.signed_on, self.in_force_from) <= day
        return begun and (self.ends_on is None or self.ends_on > day)

    @property
    def ends_on(self) -> date | None:
        """The first day without it, by its own end or by termination."""
        ends = [day for day in (self.in_force_until, self.terminated_on) if day]
        return min(ends, default=None)

    def _lacks_terms(self) -> bool:
        known: bool | None = getattr(self, "is_incomplete", None)
        if known is None:
            return ProcessingAgreement.objects.filter(pk=self.pk).incomplete().exists()
        return known

    def clean(self) -> None:
        if self.controller_id and self.processor_id:
            self._involve_the_centre()
        today = timezone.localdate()
        if self.signed_on and self.signed_on > today:
            raise ValidationError({"signed_on": _("Nobody has signed it in the future.")})

    def _involve_the_centre(self) -> None:
        parties = (self.controller_id, self.processor_id)
        if not Organisation.objects.own().filter(pk__in=parties).exists():
            raise ValidationError(_("One of the two parties is our own centre."))

    @transaction.atomic
    def terminate(self, *, on: date, returned: str = "", proof: str = "") -> None:
        """End it as of ``on``, the first day without it; what became of the data may follow.

        Raises ValidationError where the dates contradict each other.
        """
        if self.terminated_on is not None:
            raise ValidationError(_("It has been terminated already."))
        self.terminated_on = on
        self.returned, self.return_proof = returned, proof
        self.full_clean()
        self.save(update_fields=["terminated_on", "returned", "return_proof"])

    @transaction.atomic
    def prove_return(self, *, returned: str, proof: str) -> None:
        """Record what became of the data of an ended agreement (Art. 28(3)(g))."""
        self.returned, self.return_proof = returned, proof
        self.full_clean()
        self.save(update_fields=["returned", "return_proof"])


class AgreementClause(AuditedModel):
    """Where one clause stands in one agreement, or that it is missing."""

    named_by: ClassVar[tuple[str, ...]] = ("agreement", "item")

    agreement = models.ForeignKey(
        ProcessingAgreement, models.PROTECT, related_name="clauses", verbose_name=_("agreement")
    )
    item = models.ForeignKey(ClauseItem, models.PROTECT, related_name="+", verbose_name=_("clause"))
    found_at = models.CharField(
        _("clause number"), max_length=60, blank=True, help_text=_("Such as § 5(2).")
    )
    is_missing = models.BooleanField(pgettext_lazy("clause", "missing"), default=False)
    note = models.CharField(_("note"), max_length=250, blank=True)

    class Meta(AuditedModel.Meta):
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ("agreement", "item__position", "id")
        permissions = [
            ("import_agreementclause", "Can import clauses"),
            ("export_agreementclause", "Can export clauses"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "item"],
                name="clause_once",
                violation_error_message=_("This clause is already answered."),
            ),
            models.CheckConstraint(
                name="clause_found_or_missing",
                condition=Q(is_missing=False) | Q(found_at=""),
                violation_error_message=_("It is either missing or found at a number."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


def _unfound() -> QuerySet:
    """Required clauses that the agreement of the outer query does not hold."""
    found = AgreementClause.objects.filter(
        FOUND, agreement=OuterRef(OuterRef("pk")), item=OuterRef("pk")
    )
    return ClauseItem.objects.filter(~Exists(found), active=True, is_required=True)
