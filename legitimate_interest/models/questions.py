"""What a balance test asks: data that the DPO edits, each wording kept as it was asked."""

from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from legitimate_interest.choices import AnswerKind, Part

# A reworded question is another row: answers keep the text that they were given to.
FROZEN_FIELDS = ("slug", "version", "part", "kind", "text_pl", "text_en", "hint_pl", "hint_en")


def place_of(field: str) -> models.Case:
    """The place of a part in the test, for sorting by the column ``field``."""
    return models.Case(
        *(models.When(**{field: part}, then=place) for place, part in enumerate(Part.values)),
        output_field=models.PositiveSmallIntegerField(),
    )


class QuestionQuerySet(AuditedQuerySet):
    def asked(self, moment: datetime | None = None) -> Self:
        """The wordings that a test begun at ``moment`` asks."""
        moment = moment or timezone.now()
        ended = Q(asked_until=None) | Q(asked_until__gt=moment)
        return self.filter(ended, asked_from__lte=moment)

    def in_order(self) -> Self:
        return self.order_by(place_of("part"), "position", "slug", "-version")


class BalanceQuestion(AuditedModel):
    """One wording of a question of the three-part test (Art. 6(1)(f), rec. 47)."""

    slug = models.SlugField(_("key"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    part = models.CharField(_("part"), max_length=16, choices=Part)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(
        _("answered"), max_length=8, choices=AnswerKind, default=AnswerKind.TEXT
    )
    required = models.BooleanField(_("must be answered"), default=True)
    text_pl = models.CharField(_("question (PL)"), max_length=400)
    text_en = models.CharField(_("question (EN)"), max_length=400)
    hint_pl = models.CharField(_("hint (PL)"), max_length=600, blank=True)
    hint_en = models.CharField(_("hint (EN)"), max_length=600, blank=True)
    asked_from = models.DateTimeField(_("asked from"), default=timezone.now, editable=False)
    asked_until = models.DateTimeField(_("asked until"), null=True, blank=True, editable=False)

    text = localised("text")
    hint = localised("hint")
    objects = QuestionQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("balance test question")
        verbose_name_plural = _("balance test questions")
        ordering = ("position", "slug", "-version")
        permissions = [
            ("import_balancequestion", "Can import balance test questions"),
            ("export_balancequestion", "Can export balance test questions"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version"],
                name="question_version_once",
                violation_error_message=_("This version already exists."),
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(asked_until=None),
                name="question_asked_once",
                violation_error_message=_("A question with this key is already asked."),
            ),
            models.CheckConstraint(name="question_part_known", condition=Q(part__in=Part.values)),
            models.CheckConstraint(
                name="question_kind_known", condition=Q(kind__in=AnswerKind.values)
            ),
            models.CheckConstraint(
                name="question_period",
                condition=Q(asked_until=None) | Q(asked_until__gte=F("asked_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_asked(self) -> bool:
        return self.asked_until is None or self.asked_until > timezone.now()

    def clean(self) -> None:
        before = BalanceQuestion.objects.filter(pk=self.pk).first() if self.pk else None
        changed = before and [n for n in FROZEN_FIELDS if getattr(self, n) != getattr(before, n)]
        if changed:
            raise ValidationError(
                _("Tests keep the words they were asked with. Reword the question instead.")
            )

    @transaction.atomic
    def reword(self, **texts: Any) -> Self:
        """Ask it from now on in other words; returns the new version, tests begun keep the old.

        ``texts`` are values of ``text_*``, ``hint_*``, ``part`` and ``kind``. Raises
        ValidationError where it is no longer asked.
        """
        now = timezone.now()
        self.retire(at=now)
        kept = ("slug", "part", "position", "kind", "required")
        values = {name: getattr(self, name) for name in (*kept, *FROZEN_FIELDS[4:])}
        latest = BalanceQuestion.objects.filter(slug=self.slug).order_by("-version").first()
        version = (latest.version if latest else 0) + 1
        newer = type(self)(**{**values, **texts}, version=version, asked_from=now)
        newer.full_clean()
        newer.save()
        return newer

    @transaction.atomic
    def retire(self, *, at: datetime | None = None) -> None:
        """Ask it no more. Raises ValidationError where it is not asked as it is."""
        if not self.is_asked:
            raise ValidationError(_("This question is no longer asked."))
        self.asked_until = at or timezone.now()
        self.full_clean()
        self.save(update_fields=["asked_until"])
