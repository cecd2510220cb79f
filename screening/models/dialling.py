"""Dial lists that somebody brought to have them screened: never a part of the register."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from audit.choices import JobState
from audit.models import Job
from processing.choices import Channel
from processing.models import Purpose
from processors.models import AutomationTool
from screening.models.lists import ContactList

BROUGHT_BY_ONE = Q(owner__isnull=False, client=None) | Q(owner=None, client__isnull=False)


class DialListQuerySet(models.QuerySet):
    def of(self, user: object) -> Self:
        """The lists that ``user`` brought: to everybody else they do not exist."""
        return self.filter(owner=user)

    def of_client(self, client: ApiClient) -> Self:
        """The lists that ``client`` brought: to every other client they do not exist."""
        return self.filter(client=client)

    def overdue(self, at: datetime | None = None) -> Self:
        """Those whose bytes are still kept at the instant ``at``, though nobody will screen them.

        Their job is done or was stopped, or their time is over while none is at work on them.
        """
        ended = Q(job__state__in=(JobState.DONE, JobState.CANCELLED))
        late = Q(expires_at__lte=at or timezone.now()) & ~Q(job__state=JobState.RUNNING)
        return self.filter(ended | late).exclude(stored_as="")


class DialList(models.Model):
    """A file of contacts, screened for one purpose on one channel (Art. 5(1)(e), 25).

    Working data: the bytes go when the job ends, the row when nobody can recall the list any more.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Somebody at a screen, or a program by its key.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    client = models.ForeignKey(
        ApiClient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("API client"),
    )
    file_name = models.CharField(_("file"), max_length=200)
    # Empty once the bytes are erased.
    stored_as = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    has_header = models.BooleanField(_("the first row names the columns"), default=True)
    # The place of the column from 0 on: two columns may have the same name.
    column = models.PositiveSmallIntegerField(_("column with the contact"), null=True, blank=True)
    # Asked for once the columns have been seen.
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("purpose"),
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel, blank=True)
    tool = models.ForeignKey(
        AutomationTool,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tool"),
    )
    reason = models.TextField(_("reason"), blank=True)
    job = models.OneToOneField(
        Job, models.PROTECT, null=True, blank=True, related_name="dial_list", verbose_name=_("job")
    )
    contact_list = models.OneToOneField(
        ContactList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dial_list",
        verbose_name=_("contact list"),
    )
    # Rows by their first reason, those allowed under "".
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    # Whether its rows count against the client's quota, however often its job is begun again.
    is_counted = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    expires_at = models.DateTimeField(_("kept until"))

    objects = DialListQuerySet.as_manager()

    class Meta:
        verbose_name = _("dial list")
        verbose_name_plural = _("dial lists")
        ordering = ("-id",)
        default_permissions = ()
        # Translators: "Może zlecać weryfikację baz do kontaktu"
        permissions = [("screen_dial_list", "Can have dial lists screened")]
        indexes = [models.Index(fields=["owner", "-id"], name="dial_list_of_whom")]
        constraints = [
            models.CheckConstraint(name="dial_list_brought_by_one", condition=BROUGHT_BY_ONE),
            models.CheckConstraint(
                name="dial_list_channel_known", condition=Q(channel__in=["", *Channel.values])
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
