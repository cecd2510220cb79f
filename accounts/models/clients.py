"""Machines that ask and record: diallers, CRMs, web forms (Art. 29, 32)."""

import hmac
import re
import secrets
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Scope
from audit.models import AuditedModel, AuditedQuerySet
from audit.prepared import PreparedRecords

LONGEST = timedelta(days=365)
# What begins every key, so that one that was left lying about is found.
MARK = "ccgdpr"
PREFIX_BYTES, SECRET_BYTES = 6, 32
# What no key can read as is never asked of the database.
SHAPE = re.compile(rf"{MARK}_([0-9a-f]{{{2 * PREFIX_BYTES}}})_([A-Za-z0-9_-]{{43}})")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class ApiClientQuerySet(AuditedQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class ApiClient(AuditedModel):
    """A program that acts under the controller's authority (Art. 29); deactivated, never deleted.

    ``name`` stands in the history beside all that it records.
    """

    name = models.CharField(
        _("name"),
        max_length=100,
        unique=True,
        help_text=_("Stands in the history beside everything that it records."),
    )
    contact = models.CharField(
        _("who answers for it"),
        max_length=200,
        help_text=_("A team or a person to call when it misbehaves."),
    )
    may_check = models.BooleanField(
        Scope.CHECK.label, default=False, help_text=_("Asks whether people may be contacted.")
    )
    may_record = models.BooleanField(
        Scope.RECORD.label,
        default=False,
        help_text=_("Records consents, withdrawals and objections."),
    )
    may_read = models.BooleanField(
        Scope.READ.label,
        default=False,
        help_text=_("Reads consents and follows the feed of changes."),
    )
    may_screen = models.BooleanField(
        Scope.SCREEN.label, default=False, help_text=_("Sends dial lists to be screened.")
    )
    networks = models.TextField(
        _("allowed networks"),
        blank=True,
        help_text=_("One address or network a line, such as 203.0.113.0/24. Empty: from anywhere."),
    )
    daily_contacts = models.PositiveIntegerField(
        _("contacts a day"),
        default=100_000,
        validators=[MinValueValidator(1)],
        help_text=_("How many contacts it may ask about in a day. Withdrawals are never limited."),
    )
    is_active = models.BooleanField(_("active"), default=True, editable=False)

    objects = ApiClientQuerySet.as_manager()
    # The REST framework asks whoever signed in.
    is_authenticated = True

    class Meta(AuditedModel.Meta):
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                name="client_may_something",
                condition=Q(may_check=True)
                | Q(may_record=True)
                | Q(may_read=True)
                | Q(may_screen=True),
                violation_error_message=_("Tick what the client may do."),
            ),
            models.CheckConstraint(name="client_asks_some", condition=Q(daily_contacts__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return tuple(scope for scope in Scope if self.has_scope(scope))

    def has_scope(self, scope: str) -> bool:
        return bool(getattr(self, f"may_{scope}"))

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if wrong := [error for line in self._lines() if (error := _wrong_network(line))]:
            errors["networks"] = wrong
        if not self.scopes:
            errors["may_check"] = _("Tick what the client may do.")
        if errors:
            raise ValidationError(errors)
        self.networks = "\n".join(self._lines())

    def allows(self, address: str) -> bool:
        """Whether a call may come from the IP ``address``; an unknown one only if any may."""
        lines = self._lines()
        if not lines:
            return True
        caller = _address(address)
        return caller is not None and any(caller in ip_network(line) for line in lines)

    def _lines(self) -> list[str]:
        return [line.strip() for line in self.networks.splitlines() if line.strip()]

    @transaction.atomic
    def issue_key(self, *, until: datetime) -> "tuple[ApiKey, str]":
        """A new key that holds until the instant ``until``, and its text, which is shown once.

        Keys that hold already go on holding: ``ApiKey.change_over`` ends one. Raises
        ValidationError where the end is past or more than 365 days ahead, or the client is closed.
        """
        if not self.is_active:
            raise ValidationError(_("This client is deactivated. Reactivate it first."))
        return ApiKey.made(
            client=self,
            prefix=secrets.token_hex(PREFIX_BYTES),
            secret=secrets.token_urlsafe(SECRET_BYTES),
            until=until,
        )

    @transaction.atomic
    def deactivate(self) -> None:
        """Close the door to the client at once; its keys stay as they are."""
        self._set_active(False)

    @transaction.atomic
    def reactivate(self) -> None:
        self._set_active(True)

    def _set_active(self, is_active: bool) -> None:
        self.is_active = is_active
        self.save(update_fields=["is_active"])


def _wrong_network(line: str) -> str:
    """What is wrong with a line of allowed networks; empty where nothing is."""
    try:
        network: Network = ip_network(line)
    except ValueError:
        said = _("“{line}” is no network. Write it as 203.0.113.0/24 or 203.0.113.7.")
        return said.format(line=line)
    if network.prefixlen == 0:
        return str(_("To let it call from anywhere, leave the field empty."))
    return ""


def _address(text: str) -> Address | None:
    try:
        address: Any = ip_address(text)
    except ValueError:
        return None
    # A socket that listens on both kinds writes IPv4 callers as ::ffff:203.0.113.7.
    return getattr(address, "ipv4_mapped", None) or address


class ApiKeyQuerySet(AuditedQuerySet):
    def active(self, moment: datetime | None = None) -> Self:
        """Keys that hold at the instant ``moment``, now by default, whatever their client is."""
        return self.filter(active_until__gt=moment or timezone.now())


class ApiKey(AuditedModel):
    """A key of a client: stored as a digest, holding for at most a year, ended, never deleted."""

    named_by: ClassVar[tuple[str, ...]] = ("client",)
    withheld_fields: ClassVar[tuple[str, ...]] = ("digest",)
    untracked_fields: ClassVar[tuple[str, ...]] = ("last_used_at",)

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="keys", verbose_name=_("API client")
    )
    prefix = models.CharField(_("begins with"), max_length=12, unique=True, editable=False)
    # Of 256 random bits: nothing slower than SHA-256 is needed to keep them from being guessed.
    digest = models.CharField(max_length=64, editable=False)
    active_from = models.DateTimeField(_("issued"), default=timezone.now, editable=False)
    active_until = models.DateTimeField(_("holds until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="key_period",
                condition=Q(active_until__gte=F("active_from"))
                & Q(active_until__lte=F("active_from") + LONGEST),
                violation_error_message=_("A key holds for 365 days at most."),
            )
        ]

    def __str__(self) -> str:
        return f"{MARK}_{self.prefix}_…"

    @property
    def is_ended(self) -> bool:
        return self.active_until <= timezone.now()

    def opens_with(self, secret: str) -> bool:
        return hmac.compare_digest(self.digest, _digest(secret))

    def clean(self) -> None:
        if self.active_until and self.active_until <= self.active_from:
            raise ValidationError({"active_until": _("The end comes after the beginning.")})

    @classmethod
    def made(
        cls, *, client: ApiClient, prefix: str, secret: str, until: datetime
    ) -> "tuple[ApiKey, str]":
        """A key of this ``prefix`` and ``secret``, stored, and its text."""
        key = cls(client=client, prefix=prefix, digest=_digest(secret), active_until=until)
        key.full_clean()
        key.save()
        return key, f"{MARK}_{prefix}_{secret}"

    @transaction.atomic
    def change_over(self, *, until: datetime, overlap: timedelta) -> "tuple[ApiKey, str]":
        """A new key until the instant ``until``, and its text; this one ends after ``overlap``.

        Both open meanwhile, so that the client changes over without a gap. Where this one would
        end sooner of itself, it does. Raises ValidationError as ``issue_key`` and ``end`` do.
        """
        issued = self.client.issue_key(until=until)
        # "Now" would be past by the time that it is compared.
        self.end(at=min(timezone.now() + overlap, self.active_until) if overlap else None)
        return issued

    @transaction.atomic
    def end(self, *, at: datetime | None = None) -> None:
        """Let the key open nothing from the instant ``at`` on, now by default.

        Raises ValidationError where it has ended already, where ``at`` is past, or later than it
        would end of itself.
        """
        now = timezone.now()
        at = at or now
        if self.active_until <= now:
            raise ValidationError(_("This key has already ended."))
        if at < now:
            raise ValidationError(_("A key cannot end in the past: it may have opened since."))
        if at > self.active_until:
            raise ValidationError(_("A key can end sooner, never later. Issue a new one."))
        self.active_until = at
        self.save(update_fields=["active_until"])

    @classmethod
    def of(cls, text: str) -> "ApiKey | None":
        """The key whose text this is, with its client, whether or not it still holds."""
        shape = SHAPE.fullmatch(text)
        if shape is None:
            return None
        prefix, secret = shape.groups()
        key = next(iter(_by_prefix(connection.vendor).all(prefix=prefix)), None)
        return key if key and key.opens_with(secret) else None


@cache
def _by_prefix(vendor: str) -> PreparedRecords:
    """Asked before every call of the API."""
    blank = "?"
    keys = ApiKey.objects.select_related("client").filter(prefix=blank).order_by()
    return PreparedRecords(keys, {blank: ":prefix"})


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


class ApiUsageQuerySet(models.QuerySet):
    def within(self, days: int, today: date) -> Self:
        """Of the ``days`` that end with the local day ``today``."""
        return self.filter(day__gt=today - timedelta(days=days), day__lte=today)


class ApiUsage(models.Model):
    """How many contacts a client has asked about on a local day: what its quota is counted by.

    ``refused_at`` is when a call was first refused that day because the quota was spent.
    """

    client = models.ForeignKey(
        ApiClient, models.CASCADE, related_name="usage", verbose_name=_("API client")
    )
    day = models.DateField(_("day"))
    contacts = models.PositiveBigIntegerField(_("contacts"), default=0)
    refused_at = models.DateTimeField(_("quota spent"), null=True, blank=True)

    objects = ApiUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of the API")
        verbose_name_plural = _("use of the API")
        ordering = ("-day", "client")
        constraints = [models.UniqueConstraint(fields=["client", "day"], name="api_usage_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.contacts}"

    def reserve(self, contacts: int, *, of: int) -> bool:
        """Count ``contacts`` if the quota ``of`` the day has room for all; whether it had."""
        room = ApiUsage.objects.filter(pk=self.pk, contacts__lte=of - contacts)
        return bool(room.update(contacts=F("contacts") + contacts))

    def note_refusal(self) -> bool:
        """Keep when a call was refused; whether it is the first of the day."""
        unsaid = ApiUsage.objects.filter(pk=self.pk, refused_at=None)
        return bool(unsaid.update(refused_at=timezone.now()))
