"""Who follows the feed, and how far they are."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from feed.models.entries import FeedEntry


class FollowerQuerySet(models.QuerySet):
    def lagging(self, since: datetime) -> Self:
        """Those to whom something that ends contact was there to be read by the instant ``since``,
        and who have not acknowledged it.
        """
        unheard = FeedEntry.objects.ending().filter(seq__gt=OuterRef("seq"), numbered_at__lte=since)
        return self.filter(Exists(unheard.seen_by(OuterRef(OuterRef("client")))))


class Follower(models.Model):
    """A client that acknowledged what it heard (Art. 19), and the number up to which it did."""

    named_by: ClassVar[tuple[str, ...]] = ("client",)

    client = models.OneToOneField(
        ApiClient, models.PROTECT, related_name="follower", verbose_name=_("API client")
    )
    seq = models.BigIntegerField(_("acknowledged up to"), default=0)
    acknowledged_at = models.DateTimeField(_("acknowledged"), default=timezone.now)

    objects = FollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower of the feed")
        verbose_name_plural = _("followers of the feed")
        ordering = ("client",)

    def __str__(self) -> str:
        return f"#{self.seq}"


class Acknowledgement(models.Model):
    """That a follower had heard everything after ``after`` up to ``seq`` by an instant.

    Kept where something that ends contact was among it, for as long as the feed is.
    """

    follower = models.ForeignKey(
        Follower, models.CASCADE, related_name="acknowledgements", verbose_name=_("follower")
    )
    after = models.BigIntegerField(_("after"))
    seq = models.BigIntegerField(_("up to"))
    at = models.DateTimeField(_("acknowledged"), default=timezone.now)

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        ordering = ("follower", "seq")
        constraints = [
            models.UniqueConstraint(fields=["follower", "seq"], name="acknowledged_once"),
            models.CheckConstraint(
                name="acknowledged_forwards", condition=Q(seq__gt=F("after"), after__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after}–{self.seq}"
