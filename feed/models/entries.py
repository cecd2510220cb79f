"""The feed itself: what was recorded, in the one order in which everybody hears of it."""

from typing import Self

from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from consents.models import ConsentEvent, ContactPoint, Restriction
from processing.models import ClientGrant

ABOUT_ONE = (
    Q(event__isnull=False, restriction=None, contact_point=None)
    | Q(event=None, restriction__isnull=False, contact_point=None)
    | Q(event=None, restriction=None, contact_point__isnull=False)
)


class FeedEntryQuerySet(models.QuerySet):
    def within(self, after: int, through: int) -> Self:
        """Entries after the number ``after`` up to ``through``."""
        return self.filter(seq__gt=after, seq__lte=through)

    def ending(self) -> Self:
        """What ends contact: a no, an objection, a retirement."""
        return self.filter(ends_contact=True)

    def seen_by(self, client: ApiClient | OuterRef) -> Self:
        """What the grants of ``client`` open now: acts about its purposes, and restrictions and
        retirements of their controllers, unless they are about another purpose alone.
        """
        grants = ClientGrant.objects.active().filter(client=client)
        purposes = grants.values("purpose")
        controllers = grants.values("purpose__activity__controller")
        about = Q(restriction__purpose=None) | Q(restriction__purpose__in=purposes)
        return self.filter(
            Q(event__purpose__in=purposes)
            | Q(about, restriction__contact_point__controller__in=controllers)
            | Q(contact_point__controller__in=controllers)
        )

    def with_recorded(self) -> Self:
        """``recorded_at``: when the house learned of it."""
        return self.annotate(
            recorded_at=Coalesce(
                "event__recorded_at", "restriction__recorded_at", "contact_point__retired_at"
            )
        )


class FeedEntry(models.Model):
    """One place in the feed (Art. 19): a consent event, a restriction or a retired contact.

    ``seq`` has no gaps and is given after the commit; erased after FEED_KEEP_DAYS.
    """

    seq = models.BigIntegerField(_("number"), primary_key=True)
    event = models.OneToOneField(
        ConsentEvent,
        models.PROTECT,
        null=True,
        related_name="feed_entry",
        verbose_name=_("consent event"),
    )
    restriction = models.OneToOneField(
        Restriction,
        models.PROTECT,
        null=True,
        related_name="feed_entry",
        verbose_name=_("objection or restriction"),
    )
    contact_point = models.OneToOneField(
        ContactPoint,
        models.PROTECT,
        null=True,
        related_name="feed_entry",
        verbose_name=_("retired contact"),
    )
    ends_contact = models.BooleanField(
        _("ends contact"),
        help_text=_("A no, an objection or a retirement: contact stops with it."),
    )
    numbered_at = models.DateTimeField(_("numbered"), default=timezone.now)

    objects = FeedEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the feed")
        verbose_name_plural = _("entries of the feed")
        ordering = ("seq",)
        constraints = [
            models.CheckConstraint(name="entry_about_one", condition=ABOUT_ONE),
            models.CheckConstraint(name="entry_number_positive", condition=Q(seq__gt=0)),
        ]
        indexes = [
            models.Index(fields=["seq"], condition=Q(ends_contact=True), name="entry_ends_contact")
        ]

    def __str__(self) -> str:
        return f"#{self.seq}"


class FeedHead(models.Model):
    """How far the feed is numbered, and from where on it is still kept; one row, locked to write.

    ``last`` is the latest number given, ``erased`` the latest one whose entry is gone.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(_("last number"), default=0)
    erased = models.BigIntegerField(_("erased up to"), default=0)

    class Meta:
        verbose_name = _("head of the feed")
        verbose_name_plural = _("head of the feed")
        constraints = [
            models.CheckConstraint(name="feed_has_one_head", condition=Q(id=1)),
            models.CheckConstraint(
                name="feed_erased_is_numbered", condition=Q(erased__gte=0, erased__lte=F("last"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.erased}–{self.last}"

    @classmethod
    def now(cls) -> "FeedHead":
        """Where the feed stands: everything up to ``last`` is there for everybody to read."""
        return cls.objects.first() or cls()

    @classmethod
    def held(cls) -> "FeedHead":
        """The head, locked until the transaction ends: one process at a time writes the feed."""
        return cls.objects.select_for_update().get_or_create(pk=1)[0]
