"""Lists that left the house: what each was, and for a while who was on it."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import AccessEvent, AppendOnlyModel, AppendOnlyQuerySet, Job
from processing.choices import Channel
from processing.models import Purpose
from processors.models import AutomationTool
from screening.choices import ListFormat, ListKind


class ContactListQuerySet(AppendOnlyQuerySet):
    def of(self, user: Any) -> Self:
        """The lists that ``user`` had made."""
        return self.filter(recorded_by=user)

    def valid(self, at: datetime | None = None) -> Self:
        """Lists that may be contacted from at the instant ``at``, now by default."""
        return self.filter(valid_until__gt=at or timezone.now())


def members_kept_since() -> datetime:
    """Who was on lists made earlier is erased."""
    return timezone.now() - timedelta(days=settings.LIST_MEMBERS_DAYS)


class ContactList(AppendOnlyModel):
    """A list of people who may be contacted, as it was handed out (Art. 5(2), 21, 32).

    Written at the end, together with its members: a list that has no manifest was never finished,
    and nobody may take it away. How many rows and which SHA-256 left says ``event``'s closing.
    """

    in_trail: ClassVar[bool] = False

    kind = models.CharField(_("kind"), max_length=16, choices=ListKind)
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="+", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    tool = models.ForeignKey(
        AutomationTool,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tool"),
    )
    # What narrowed it, in slugs and dates: never a contact value.
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    format = models.CharField(_("file"), max_length=8, choices=ListFormat)
    as_of = models.DateTimeField(_("as of"))
    known_at = models.DateTimeField(_("as known at"))
    valid_until = models.DateTimeField(_("valid until"))
    # A job may be gone one day, the list stays.
    job = models.ForeignKey(
        Job,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("job"),
    )
    event = models.OneToOneField(
        AccessEvent, models.PROTECT, related_name="contact_list", verbose_name=_("access")
    )
    allowed = models.PositiveBigIntegerField(_("allowed"))
    denied = models.PositiveBigIntegerField(_("denied"))

    objects = ContactListQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        # Translators: "lista kontaktów"
        verbose_name = _("contact list")
        verbose_name_plural = _("contact lists")
        ordering = ("-id",)
        default_permissions = ("view",)
        permissions = [("export_contactlist", "Can export the register of contact lists")]
        constraints = [
            models.CheckConstraint(name="list_kind_known", condition=Q(kind__in=ListKind.values)),
            models.CheckConstraint(
                name="list_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="list_format_known", condition=Q(format__in=ListFormat.values)
            ),
        ]
        indexes = [
            *AppendOnlyModel.Meta.indexes,
            models.Index(fields=["recorded_by", "-id"], name="list_of_whom"),
        ]

    def __str__(self) -> str:
        return gettext("List {number}").format(number=self.pk)

    def is_valid(self, at: datetime | None = None) -> bool:
        """Whether people may be contacted from it at the instant ``at``, now by default."""
        return self.valid_until > (at or timezone.now())

    @property
    def has_members(self) -> bool:
        """Whether it is known who was on it; asks the table too.

        ``LIST_MEMBERS_DAYS`` may have been shorter once, and nobody to recall is no answer then.
        """
        if self.recorded_at <= members_kept_since():
            return False
        return not self.allowed or self.blocks.exists()

    @property
    def sha256(self) -> str:
        return self.event.closed_by.sha256


class ListBlock(models.Model):
    """Who was on a list, by ids of contact points: one bit each for 65,536 ids in a row.

    Erased after ``LIST_MEMBERS_DAYS`` (Art. 5(1)(e)).
    """

    contact_list = models.ForeignKey(
        ContactList,
        models.PROTECT,
        related_name="blocks",
        db_index=False,
        verbose_name=_("contact list"),
    )
    block = models.BigIntegerField(_("block"))
    bits = models.BinaryField(_("members"))

    class Meta:
        verbose_name = _("members of a list")
        verbose_name_plural = _("members of lists")
        ordering = ("contact_list", "block")
        constraints = [
            models.UniqueConstraint(fields=["contact_list", "block"], name="list_block_once")
        ]
        indexes = [models.Index(fields=["block", "contact_list"], name="list_block_of_point")]

    def __str__(self) -> str:
        return f"#{self.pk}"
