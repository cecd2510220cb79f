"""How long an activity keeps what, and what happens then (Art. 5(1)(e), 30(1)(f))."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from audit.text import localised
from processing.choices import RetentionAction, RetentionUnit
from processing.models.activities import ProcessingActivity
from processing.models.parts import ActivityPart

# A null is neither above zero nor not: the database would let it pass.
TIMED = Q(period__isnull=False, period__gt=0, unit__in=RetentionUnit.values)
UNTIL_THEN = Q(period=None, unit="", to_year_end=False)


class RetentionTrigger(AuditedModel):
    """What a period of retention runs from, or data are kept until (Art. 5(1)(e))."""

    slug = models.SlugField(_("key"), max_length=40, unique=True)
    name_pl = models.CharField(_("name (PL)"), max_length=150)
    name_en = models.CharField(_("name (EN)"), max_length=150)
    phrase_pl = models.CharField(
        _("in a sentence (PL)"),
        max_length=150,
        help_text=_("After “od” and “do”: zakończenia rozmowy."),
    )
    phrase_en = models.CharField(
        _("in a sentence (EN)"),
        max_length=150,
        help_text=_("After “from” and “until”: the end of the call."),
    )
    position = models.PositiveSmallIntegerField(_("place in the list"))
    active = models.BooleanField(_("offered for new rules"), default=True)

    name = localised("name")
    phrase = localised("phrase")

    class Meta(AuditedModel.Meta):
        verbose_name = _("retention trigger")
        verbose_name_plural = _("retention triggers")
        ordering = ("position", "id")
        permissions = [
            ("import_retentiontrigger", "Can import retention triggers"),
            ("export_retentiontrigger", "Can export retention triggers"),
        ]

    def __str__(self) -> str:
        return self.name


class RetentionRule(ActivityPart):
    """How long one kind of an activity's data is kept, from when, and what happens then.

    Without a period the data are kept until the trigger itself, such as a withdrawal of consent.
    """

    named_by: ClassVar[tuple[str, ...]] = ("activity",)

    activity = models.ForeignKey(
        ProcessingActivity,
        models.PROTECT,
        related_name="retention_rules",
        verbose_name=_("activity"),
    )
    what_pl = models.CharField(_("which data (PL)"), max_length=200)
    what_en = models.CharField(_("which data (EN)"), max_length=200)
    period = models.PositiveSmallIntegerField(
        _("period"), null=True, blank=True, help_text=_("Empty: until the trigger itself.")
    )
    unit = models.CharField(_("unit"), max_length=8, choices=RetentionUnit, blank=True)
    to_year_end = models.BooleanField(
        _("to the end of the year"),
        default=False,
        help_text=_("Limitation of two years or more ends on 31 December (art. 118 KC)."),
    )
    trigger = models.ForeignKey(
        RetentionTrigger, models.PROTECT, related_name="rules", verbose_name=_("trigger")
    )
    action = models.CharField(
        _("what happens then"),
        max_length=16,
        choices=RetentionAction,
        default=RetentionAction.DELETE,
    )
    legal_hold = models.BooleanField(
        _("legal hold"),
        default=False,
        help_text=_("Erasure waits while a claim or proceedings last (Art. 17(3)(e))."),
    )
    basis = models.CharField(
        _("why so long"),
        max_length=300,
        blank=True,
        help_text=_("The provision, or the reason of the controller."),
    )

    what = localised("what")

    class Meta(ActivityPart.Meta):
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ("activity", "since", "id")
        permissions = [
            ("import_retentionrule", "Can import retention rules"),
            ("export_retentionrule", "Can export retention rules"),
        ]
        constraints = [
            *ActivityPart.Meta.constraints,
            models.CheckConstraint(
                name="retention_period_has_unit",
                condition=TIMED | UNTIL_THEN,
                violation_error_message=_("A period is a number with its unit; or leave both out."),
            ),
            models.CheckConstraint(
                name="retention_action_known", condition=Q(action__in=RetentionAction.values)
            ),
            models.UniqueConstraint(
                fields=["activity", "what_pl"],
                condition=Q(until=None),
                name="retention_once",
                violation_error_message=_("There already is a rule for these data."),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def sentence(self) -> str:
        """Such as ``6 months from the end of the call: deletion``, in the active language."""
        words = [self.how_long, str(self.get_action_display())]
        if self.legal_hold:
            words.append(gettext("legal hold"))
        return f"{words[0]}: {', '.join(words[1:])}"

    @property
    def how_long(self) -> str:
        """The period from its trigger, or until it; in the active language."""
        if self.period is None:
            return gettext("until %(trigger)s") % {"trigger": self.trigger.phrase}
        counted = gettext("%(period)s from %(trigger)s") % {
            "period": self._counted(),
            "trigger": self.trigger.phrase,
        }
        if not self.to_year_end:
            return counted
        return gettext("%(period)s, to the end of that year") % {"period": counted}

    def _counted(self) -> str:
        number = self.period or 0
        forms = {
            RetentionUnit.DAY: ngettext("%(n)d day", "%(n)d days", number),
            RetentionUnit.MONTH: ngettext("%(n)d month", "%(n)d months", number),
            RetentionUnit.YEAR: ngettext("%(n)d year", "%(n)d years", number),
        }
        return forms[RetentionUnit(self.unit)] % {"n": number}
