"""Addresses that are told unasked, and what is on its way to them."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from audit.models import AuditedModel, AuditedQuerySet
from feed.choices import DeliveryState, Failure, Message
from feed.webhooks.addresses import target
from screening.models import ContactList

# For how long the old secret signs beside the new one.
OVERLAP = timedelta(hours=24)
# How long after each failed attempt the next one follows; a message waits for no more than all.
BACKOFF = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
PATIENCE = sum(BACKOFF, timedelta())
# Longer than an attempt can take: who claimed a message and died lets go of it.
CLAIMED_FOR = timedelta(minutes=2)


class WebhookEndpointQuerySet(AuditedQuerySet):
    def hearing(self, kind: str | None = None) -> Self:
        """Those to which something is sent, or messages of ``kind``."""
        heard = {f"hears_{kind}": True} if kind else {}
        return self.filter(is_active=True, client__is_active=True, client__may_read=True, **heard)


class WebhookEndpoint(AuditedModel):
    """Where a client is told of what ends contact (Art. 19, 21); deactivated, never deleted.

    The grants of ``client`` bound what it hears. No secret is stored: ``secret_version`` is what
    the present one is derived from (``feed.webhooks.signing``).
    """

    named_by: ClassVar[tuple[str, ...]] = ("client",)

    client = models.ForeignKey(
        ApiClient,
        models.PROTECT,
        related_name="webhooks",
        verbose_name=_("API client"),
        help_text=_("Its purposes bound what is told."),
    )
    url = models.CharField(
        _("address"),
        max_length=500,
        help_text=_("Begins with https://, such as https://dialler.example/consents."),
    )
    hears_withdrawal = models.BooleanField(
        Message.WITHDRAWAL.label,
        default=True,
        help_text=_("Consents withdrawn, refused or struck out, and contacts that were retired."),
    )
    hears_objection = models.BooleanField(
        Message.OBJECTION.label,
        default=True,
        help_text=_("Objections, do-not-contact, restrictions of processing, undeliverable."),
    )
    hears_recall = models.BooleanField(
        Message.RECALL.label,
        default=False,
        help_text=_("Who must come off a list that was handed out and is still valid."),
    )
    is_active = models.BooleanField(_("active"), default=True, editable=False)
    # The receiver answered 410.
    gone_at = models.DateTimeField(_("gone"), null=True, blank=True, editable=False)
    secret_version = models.PositiveIntegerField(
        _("version of the secret"), default=1, editable=False
    )
    secret_since = models.DateTimeField(_("secret since"), default=timezone.now, editable=False)
    shown_version = models.PositiveIntegerField(_("version shown"), default=0, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        # Translators: "Adres powiadomień"
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("client", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "url"],
                name="webhook_once",
                violation_error_message=_("This client is already told at this address."),
            ),
            models.CheckConstraint(
                name="webhook_hears_something",
                condition=Q(hears_withdrawal=True) | Q(hears_objection=True) | Q(hears_recall=True),
                violation_error_message=_("Tick what is told."),
            ),
            models.CheckConstraint(
                name="webhook_gone_is_inactive", condition=Q(gone_at=None) | Q(is_active=False)
            ),
            models.CheckConstraint(
                name="webhook_secret_shown",
                condition=Q(secret_version__gt=0, shown_version__lte=F("secret_version")),
            ),
        ]

    def __str__(self) -> str:
        # What stands behind a question mark may be a receiver's own secret.
        return self.url.partition("?")[0]

    def clean(self) -> None:
        try:
            target(self.url)
        except ValidationError as error:
            raise ValidationError({"url": error.messages}) from error
        if self.client_id and not self.client.may_read:
            raise ValidationError(
                {"client": _("This client may not read changes: give it that scope first.")}
            )

    @property
    def was_shown(self) -> bool:
        """Whether the present secret has been shown: it is shown once."""
        return self.shown_version == self.secret_version

    def signs_with(self, moment: datetime) -> tuple[int, ...]:
        """Versions of the secret that sign at ``moment``: the present one, for a day the old."""
        if self.secret_version > 1 and moment < self.secret_since + OVERLAP:
            return self.secret_version, self.secret_version - 1
        return (self.secret_version,)

    @transaction.atomic
    def note_shown(self) -> None:
        """Note that the present secret is shown. Raises ValidationError where it was before."""
        if self.was_shown:
            raise ValidationError(_("The secret was shown already. Change it to see a new one."))
        self.shown_version = self.secret_version
        self.save(update_fields=["shown_version"])

    @transaction.atomic
    def change_secret(self) -> None:
        """Sign with a new secret from now on; for 24 hours the old one signs beside it."""
        self.secret_version, self.secret_since = self.secret_version + 1, timezone.now()
        self.save(update_fields=["secret_version", "secret_since"])

    @transaction.atomic
    def deactivate(self, *, gone_at: datetime | None = None) -> None:
        """Send nothing more; what waits goes on waiting. ``gone_at``: the receiver said so."""
        self.is_active, self.gone_at = False, gone_at
        self.save(update_fields=["is_active", "gone_at"])

    @transaction.atomic
    def reactivate(self) -> None:
        """Send again, first what waited: as patiently as if it were queued now."""
        self.is_active, self.gone_at = True, None
        self.save(update_fields=["is_active", "gone_at"])
        now = timezone.now()
        self.deliveries.waiting().update(attempts=0, queued_at=now, next_at=now)


WAITING = Q(state=DeliveryState.WAITING)
# What nobody needs to look after: a test that failed has told what it was to tell.
DEAD = Q(state=DeliveryState.DEAD) & ~Q(kind=Message.TEST)


class DeliveryQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(WAITING)

    def dead(self) -> Self:
        """Dead letters: given up, and not meant as a test."""
        return self.filter(DEAD)

    def free(self, moment: datetime) -> Self:
        """Those that wait and that nobody is sending at ``moment``."""
        return self.waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=moment))

    def send_again(self, moment: datetime | None = None) -> int:
        """Give dead letters another round of attempts, in their old order; returns how many."""
        moment = moment or timezone.now()
        return self.filter(state=DeliveryState.DEAD).update(
            state=DeliveryState.WAITING,
            attempts=0,
            queued_at=moment,
            next_at=moment,
            claimed_until=None,
            ended_at=None,
        )


class Delivery(models.Model):
    """A message on its way to an endpoint: by numbers of the feed, no contact value is in it.

    Messages of one endpoint go out in the order of their keys. Erased some weeks after they
    arrived; ``uuid`` tells the receiver one that came twice.
    """

    uuid = models.UUIDField(_("message"), default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint,
        models.PROTECT,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("webhook"),
    )
    kind = models.CharField(_("what"), max_length=16, choices=Message)
    first_seq = models.BigIntegerField(_("from number"), null=True, blank=True)
    last_seq = models.BigIntegerField(_("to number"), null=True, blank=True)
    contact_list = models.ForeignKey(
        ContactList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact list"),
    )
    state = models.CharField(
        _("state"), max_length=16, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    # From when on it is tried: later than created for one that is sent again.
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=16, choices=Failure, blank=True)
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-id",)
        default_permissions = ("view",)
        permissions = [("resend_delivery", "Can send messages again")]
        constraints = [
            models.CheckConstraint(
                name="delivery_kind_known", condition=Q(kind__in=Message.values)
            ),
            models.CheckConstraint(
                name="delivery_state_known", condition=Q(state__in=DeliveryState.values)
            ),
            models.CheckConstraint(
                name="delivery_failure_known", condition=Q(failure__in=("", *Failure.values))
            ),
            models.CheckConstraint(
                name="delivery_tells_of_something",
                condition=Q(kind=Message.TEST, first_seq=None, last_seq=None)
                # An unknown answer would pass: whether there are numbers is asked first.
                | Q(
                    ~Q(kind=Message.TEST),
                    first_seq__isnull=False,
                    last_seq__isnull=False,
                    first_seq__gt=0,
                    last_seq__gte=F("first_seq"),
                ),
            ),
            models.CheckConstraint(
                name="delivery_recalls_from_list",
                condition=Q(kind=Message.RECALL, contact_list__isnull=False)
                | Q(~Q(kind=Message.RECALL), contact_list=None),
            ),
            models.CheckConstraint(
                name="delivery_ended",
                condition=Q(state=DeliveryState.WAITING, ended_at=None)
                | Q(~Q(state=DeliveryState.WAITING), ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "state", "id"], name="delivery_line"),
            models.Index(fields=["next_at"], condition=WAITING, name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{capfirst(str(self.get_kind_display()))} {str(self.uuid)[:8]}"
