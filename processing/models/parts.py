"""What an activity involves: tools, processors, recipients, transfers. Ended, never deleted."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from processing.models.activities import ProcessingActivity
from processing.models.periods import held_at, within
from processors.models import AutomationTool, Organisation, ProcessingAgreement, Transfer


class PartQuerySet(AuditedQuerySet):
    def running(self, moment: datetime | None = None) -> Self:
        """Parts that the activity has at ``moment``, an instant; now by default."""
        return self.filter(held_at(moment or timezone.now(), "since", "until"))


class ActivityPart(AuditedModel):
    """Something that an activity involves for a time: the half-open ``[since, until)``."""

    # Each has a key of its own, called from the activity by a name of its own.
    activity: models.ForeignKey[ProcessingActivity, ProcessingActivity]

    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("The first moment without it.")
    )

    objects = PartQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_period",
                condition=Q(until=None) | Q(until__gt=F("since")),
                violation_error_message=_("The end comes after the beginning."),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.runs_at(timezone.now())

    def runs_at(self, moment: datetime) -> bool:
        """Whether the activity has it at ``moment``, as ``running`` asks it of many."""
        return within(moment, self.since, self.until)

    def end(self) -> None:
        """Take it from the activity, from now on. Raises ValidationError if it has ended."""
        if self.until is not None and self.until <= timezone.now():
            raise ValidationError(_("This has already ended."))
        self.until = timezone.now()
        self.full_clean()
        self.save(update_fields=["until"])


def once(thing: str) -> models.UniqueConstraint:
    """An activity has the same ``thing`` once at a time."""
    return models.UniqueConstraint(
        fields=["activity", thing],
        condition=Q(until=None),
        name="%(class)s_once",
        violation_error_message=_("The activity already has this."),
    )


class ActivityTool(ActivityPart):
    """A tool that an activity uses (Art. 30(1)(g), 32)."""

    named_by: ClassVar[tuple[str, ...]] = ("activity", "tool")

    activity = models.ForeignKey(
        ProcessingActivity,
        models.PROTECT,
        related_name="tools_used",
        verbose_name=_("activity"),
    )
    tool = models.ForeignKey(
        AutomationTool, models.PROTECT, related_name="uses", verbose_name=_("tool")
    )

    class Meta(ActivityPart.Meta):
        verbose_name = _("tool of an activity")
        verbose_name_plural = _("tools of activities")
        ordering = ("activity", "since", "id")
        permissions = [
            ("import_activitytool", "Can import tools of activities"),
            ("export_activitytool", "Can export tools of activities"),
        ]
        constraints = [*ActivityPart.Meta.constraints, once("tool")]


class ActivityProcessorQuerySet(PartQuerySet):
    def uncovered(self, day: date) -> Self:
        """Without an agreement of ours with the processor in force on ``day`` (Art. 28(3))."""
        return self.with_cover(day).filter(is_covered=False)

    def with_cover(self, day: date) -> Self:
        """Tell of each whether the agreement it names, or else any, is in force on ``day``."""
        in_force = ProcessingAgreement.objects.given().in_force(day)
        with_any = Exists(in_force.filter(processor=OuterRef("organisation")))
        with_named = Exists(in_force.filter(pk=OuterRef("agreement")))
        covered = (Q(agreement=None) & with_any) | (Q(agreement__isnull=False) & with_named)
        return self.annotate(is_covered=models.Case(models.When(covered, then=True), default=False))


class ActivityProcessor(ActivityPart):
    """A processor, on clients' work a sub-processor, that takes part (Art. 28, 30(1)(d))."""

    named_by: ClassVar[tuple[str, ...]] = ("activity", "organisation")

    activity = models.ForeignKey(
        ProcessingActivity,
        models.PROTECT,
        related_name="processors_used",
        verbose_name=_("activity"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="processes_for",
        verbose_name=_("processor"),
    )
    agreement = models.ForeignKey(
        ProcessingAgreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities_covered",
        verbose_name=_("agreement"),
        help_text=_("Empty: any agreement of ours with it that is in force."),
    )

    objects = ActivityProcessorQuerySet.as_manager()

    class Meta(ActivityPart.Meta):
        verbose_name = _("processor of an activity")
        verbose_name_plural = _("processors of activities")
        ordering = ("activity", "since", "id")
        permissions = [
            ("import_activityprocessor", "Can import processors of activities"),
            ("export_activityprocessor", "Can export processors of activities"),
        ]
        constraints = [*ActivityPart.Meta.constraints, once("organisation")]

    def clean(self) -> None:
        super().clean()
        if self.organisation_id and self.organisation.is_own:
            raise ValidationError(
                {"organisation": _("The centre itself is no processor of its own.")}
            )
        if self.organisation_id and self.organisation_id == self._controller_id():
            raise ValidationError(
                {"organisation": _("The controller of the activity is no processor of its own.")}
            )
        if self.agreement and self.agreement.processor_id != self.organisation_id:
            raise ValidationError({"agreement": _("This agreement is with somebody else.")})

    def _controller_id(self) -> int | None:
        return self.activity.controller_id if self.activity_id else None


class Recipient(AuditedModel):
    """Somebody, or a category of those, to whom data are disclosed (Art. 4(9), 30(1)(d))."""

    slug = models.SlugField(_("key"), max_length=60, unique=True)
    name_pl = models.CharField(_("name (PL)"), max_length=200)
    name_en = models.CharField(_("name (EN)"), max_length=200)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="received_as",
        verbose_name=_("organisation"),
        help_text=_("Empty: a category of recipients, such as couriers."),
    )

    name = localised("name")

    class Meta(AuditedModel.Meta):
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering = ("name_pl", "id")
        permissions = [
            ("import_recipient", "Can import recipients"),
            ("export_recipient", "Can export recipients"),
        ]

    def __str__(self) -> str:
        return self.name


class ActivityRecipient(ActivityPart):
    """A recipient to whom an activity discloses data (Art. 30(1)(d))."""

    named_by: ClassVar[tuple[str, ...]] = ("activity", "recipient")

    activity = models.ForeignKey(
        ProcessingActivity,
        models.PROTECT,
        related_name="recipients_named",
        verbose_name=_("activity"),
    )
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, related_name="disclosures", verbose_name=_("recipient")
    )

    class Meta(ActivityPart.Meta):
        verbose_name = _("recipient of an activity")
        verbose_name_plural = _("recipients of activities")
        ordering = ("activity", "since", "id")
        permissions = [
            ("import_activityrecipient", "Can import recipients of activities"),
            ("export_activityrecipient", "Can export recipients of activities"),
        ]
        constraints = [*ActivityPart.Meta.constraints, once("recipient")]


class ActivityTransfer(ActivityPart):
    """A transfer to a third country that an activity makes (Art. 30(1)(e), (2)(c))."""

    named_by: ClassVar[tuple[str, ...]] = ("activity", "transfer")

    activity = models.ForeignKey(
        ProcessingActivity,
        models.PROTECT,
        related_name="transfers_made",
        verbose_name=_("activity"),
    )
    transfer = models.ForeignKey(
        Transfer, models.PROTECT, related_name="made_by", verbose_name=_("transfer")
    )

    class Meta(ActivityPart.Meta):
        verbose_name = _("transfer of an activity")
        verbose_name_plural = _("transfers of activities")
        ordering = ("activity", "since", "id")
        permissions = [
            ("import_activitytransfer", "Can import transfers of activities"),
            ("export_activitytransfer", "Can export transfers of activities"),
        ]
        constraints = [*ActivityPart.Meta.constraints, once("transfer")]
