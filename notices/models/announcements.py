"""How people were told of a change, as proof: whoever asks later reads who was told, and how."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from notices.choices import Means
from notices.models.versions import NoticeVersion

# A text that waits to be read is no message: "check this page regularly" is not fair (WP260, 29).
REACHING = ~Q(means=Means.WEBSITE)


class AnnouncementQuerySet(AppendOnlyQuerySet):
    def reaching(self) -> Self:
        """Those by a message of its own, and those that nobody needed."""
        return self.filter(REACHING)

    def latest_first(self) -> Self:
        return self.select_related("recorded_by").order_by("-told_on", "-id")


class ChangeAnnouncement(AppendOnlyModel):
    """That people were told of a material change, and how (Art. 5(2), 12(1); WP260, 29)."""

    trail_kind: ClassVar[str] = "means"
    named_by: ClassVar[tuple[str, ...]] = ("version",)

    version = models.ForeignKey(
        NoticeVersion,
        models.PROTECT,
        related_name="announcements",
        verbose_name=_("version of a notice"),
    )
    means = models.CharField(_("told by"), max_length=16, choices=Means)
    whom = models.CharField(_("who was told"), max_length=300)
    people = models.PositiveIntegerField(_("how many people"), null=True, blank=True)
    told_on = models.DateField(_("told on"))
    evidence = models.TextField(_("evidence"))

    objects = AnnouncementQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("announcement of a change")
        verbose_name_plural = _("announcements of changes")
        ordering = ("-told_on", "-id")
        constraints = [
            models.CheckConstraint(
                name="announcement_means_known", condition=Q(means__in=Means.values)
            ),
            models.CheckConstraint(
                name="announcement_somebody_or_nobody",
                condition=Q(people=None) | (~Q(means=Means.NOBODY) & Q(people__gt=0)),
                violation_error_message=_(
                    "Give a number above zero, or none where nobody counted or nobody was told."
                ),
            ),
            models.CheckConstraint(
                name="announcement_proven",
                condition=~Q(whom="") & ~Q(evidence=""),
                violation_error_message=_("Say who was told, and what proves it."),
            ),
        ]

    def __str__(self) -> str:
        on = f", {date_format(self.told_on)}" if self.told_on else ""
        return f"{self.get_means_display()}{on}"

    def clean(self) -> None:
        if not self.version.is_published:
            raise ValidationError(_("People are told of a version that is published."))
        if not self.version.is_material:
            raise ValidationError(_("Only of a material change people have to be told."))
        self._refuse_future()

    def _refuse_future(self) -> None:
        day: Any = self.told_on
        if day and day > timezone.localdate():
            raise ValidationError({"told_on": _("Record it once people have been told.")})
