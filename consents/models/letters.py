"""Letters that ask whoever reads a mailbox to confirm what was entered for it (double opt-in)."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consents.choices import LetterState
from consents.models.events import ConsentEvent
from consents.models.people import ContactPoint

LINK_HOLDS = timedelta(days=7)
# More often than this nobody is written to, however often somebody enters their address.
LETTERS_A_DAY = 3


class ConfirmationLetterQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(state=LetterState.WAITING).order_by("pk")

    def mails_of_last_day(self, point: ContactPoint, moment: datetime) -> int:
        """How many e-mails left for ``point`` in the 24 hours before the instant ``moment``.

        All letters that left in one e-mail have the same moment.
        """
        left = self.filter(
            given__contact_point=point.pk, sent_at__gt=moment - timedelta(days=1)
        ).order_by()
        return left.values("sent_at").distinct().count()

    def in_one_mail(self, letter: "ConfirmationLetter") -> Self:
        """``letter`` and those that left in the same e-mail."""
        together = Q(given__contact_point=letter.given.contact_point_id, sent_at=letter.sent_at)
        return self.filter(Q(pk=letter.pk) | (together & Q(sent_at__isnull=False))).order_by("pk")


class ConfirmationLetter(models.Model):
    """The letter about one consent that waits for its confirmation (Art. 7(1)).

    It holds no address: that is read when the letter is sent. Erased a while after its link ended.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    given = models.OneToOneField(
        ConsentEvent, models.PROTECT, related_name="letter", verbose_name=_("consent")
    )
    state = models.CharField(
        _("state"), max_length=16, choices=LetterState, default=LetterState.WAITING
    )
    ordered_at = models.DateTimeField(_("ordered"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = ConfirmationLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation letter")
        verbose_name_plural = _("confirmation letters")
        ordering = ("-id",)
        indexes = [models.Index(fields=["ordered_at"], name="letter_ordered")]
        constraints = [
            models.CheckConstraint(
                name="letter_state_known", condition=Q(state__in=LetterState.values)
            ),
            models.CheckConstraint(
                name="letter_sent_dated",
                condition=Q(state=LetterState.SENT, sent_at__isnull=False)
                | (~Q(state=LetterState.SENT) & Q(sent_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {str(self.uuid)[:8]}"

    def holds_at(self, moment: datetime) -> bool:
        """Whether its link still confirms at the instant ``moment``."""
        return moment < (self.sent_at or self.ordered_at) + LINK_HOLDS
