"""Notes of what has yet to go out to those who follow the changes."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consents.choices import Recorded


class OutboxNote(models.Model):
    """That rows were recorded: by their keys from ``first`` to ``last``, of ``batch`` if named.

    Erased once the rows have their place in the feed.
    """

    what = models.CharField(_("what"), max_length=16, choices=Recorded)
    first = models.BigIntegerField(_("first key"))
    last = models.BigIntegerField(_("last key"))
    batch = models.UUIDField(_("batch"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("note of what goes out")
        verbose_name_plural = _("notes of what goes out")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(name="outbox_what_known", condition=Q(what__in=Recorded.values)),
            models.CheckConstraint(name="outbox_range", condition=Q(last__gte=F("first"))),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.first}–{self.last}"
