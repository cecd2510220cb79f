"""What this room keeps of its own: questions about a list. The rest is the consents' below."""

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from consents.models import Consent
from processing.choices import Channel
from processing.models import Purpose
from screening.reasons import REASON, Reason


class ConsentList(Consent):
    """Whom a centre may contact, as lists and checks give it away (Art. 5(1)(f), 32(4))."""

    class Meta:
        proxy = True
        verbose_name = _("consent list")
        verbose_name_plural = _("consent lists")
        default_permissions = ()
        permissions = [
            ("export_consent_list", "Can export lists of people who may be contacted"),
            ("check_contact", "Can check whether a contact may be contacted"),
        ]


def known_reason(code: str) -> None:
    """Codes come and go with the verdict: what was asked under one must outlive it."""
    if code not in REASON:
        raise ValidationError(_("No list leaves anybody out for this reason."))


class HandoverQuerySet(AppendOnlyQuerySet):
    def asked(self) -> Self:
        """Questions alone, without the rows that answer them."""
        return self.filter(answers=None)

    def waiting(self) -> Self:
        return self.filter(answers=None, answered_by=None)


class Handover(AppendOnlyModel):
    """A number of people left out of a list, handed to the data protection officer (Art. 39(1)(a)).

    The supervisor knows the reason and how many, never who. The answer is a second row that names
    the first in ``answers``; it repeats what it is about.
    """

    trail_kind = "code"

    answers = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_by",
        verbose_name=_("question"),
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="+", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    # The reason that people are counted under: a code of screening.reasons.
    code = models.CharField(_("why left out"), max_length=40, validators=[known_reason])
    count = models.PositiveIntegerField(_("number of contacts"), validators=[MinValueValidator(1)])
    note = models.TextField(_("what it is about"), max_length=2000)

    objects = HandoverQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        # Translators: "pytanie kierownika"
        verbose_name = _("supervisor's question")
        verbose_name_plural = _("supervisors' questions")
        ordering = ("-id",)
        default_permissions = ("view",)
        permissions = [
            ("hand_over", "Can hand a reason over to the data protection officer"),
            ("answer_handover", "Can answer what supervisors hand over"),
        ]
        constraints = [
            models.CheckConstraint(
                name="handover_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="handover_says_something",
                condition=Q(count__gt=0) & ~Q(note=""),
                violation_error_message=_("Say in a few words what it is about."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why.label}: {self.count}"

    @property
    def why(self) -> Reason:
        return REASON.get(self.code) or Reason(self.code, self.code, "")

    @property
    def is_answered(self) -> bool:
        return hasattr(self, "answered_by")

    def answer(self, note: str) -> "Handover":
        """The officer's answer, in the name of whoever acts now.

        Raises ValidationError where there is nothing to answer any more, or nothing is said.
        """
        answer = Handover(
            answers=self,
            purpose=self.purpose,
            channel=self.channel,
            code=self.code,
            count=self.count,
            note=note.strip(),
        )
        answer.full_clean()
        answer.save()
        return answer
