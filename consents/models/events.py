"""What people said, when, and how the house can prove it (Art. 7(1))."""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from consents.choices import ConsentState, ConsentStatus, EventKind, EvidenceKind, Giver, Method
from consents.models.people import ContactPoint
from consents.models.sources import LeadSource, SourceWording
from consents.models.wordings import ConsentWording
from processing.choices import Channel
from processing.models import Purpose

# "No end" where an end must compare: in unique keys and in the fold.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
ABOUT_ANOTHER = Q(kind__in=(EventKind.CONFIRMED, EventKind.INVALIDATED))


class Evidence(models.Model):
    """Proof of an act (Art. 7(1)), erasable: an event keeps its id and a commitment to it.

    The commitment is SHA-256 over a random salt and the bytes: with the evidence gone, nobody can
    guess it back from a phone number.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind)
    salt = models.CharField(max_length=32, editable=False)
    body = models.TextField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_on = models.DateField(_("to be erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes = [
            models.Index(
                fields=["expires_on"],
                condition=Q(expires_on__isnull=False),
                name="evidence_expiring",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="evidence_kind_known", condition=Q(kind__in=EvidenceKind.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {str(self.uuid)[:8]}"

    @classmethod
    def of(cls, kind: str, body: str) -> Self:
        """Evidence with its salt and commitment, not yet saved."""
        salt = secrets.token_hex(16)
        return cls(kind=kind, salt=salt, body=body, sha256=commitment(salt, body))

    @property
    def is_intact(self) -> bool:
        return self.sha256 == commitment(self.salt, self.body)


def commitment(salt: str, body: str) -> str:
    """SHA-256 in hex over the salt and the UTF-8 bytes of ``body``."""
    return hashlib.sha256((salt + body).encode()).hexdigest()


def _shown(event: str = "") -> models.QuerySet:
    """What the source showed when the event of the outer query (its ``event``) occurred."""
    return SourceWording.objects.shown(
        OuterRef(f"{event}source"),
        OuterRef(f"{event}purpose"),
        OuterRef(f"{event}channel"),
        OuterRef(f"{event}occurred_at"),
    )


def given_during(source: Any, start: Any, until: Any) -> Q:
    """Consents given at ``source`` in ``[start, until)``; each may be an outer expression."""
    return Q(
        event__source=source, event__occurred_at__gte=start, event__occurred_at__lt=until or NEVER
    )


class ConsentEventQuerySet(AppendOnlyQuerySet):
    def without_wording(self) -> Self:
        """Acts about which nobody knows the text that was shown (Art. 7(1))."""
        return self.filter(~Exists(_shown()), wording=None)

    def with_wording(self) -> Self:
        """``rests_on_id``: the wording named, else the one that the source showed then."""
        shown = Subquery(_shown().values("wording_id")[:1])
        return self.annotate(
            rests_on_id=Coalesce("wording_id", shown, output_field=models.BigIntegerField())
        )

    def of_consent(self, consent: "Consent") -> Self:
        return self.filter(
            contact_point=consent.contact_point_id,
            purpose=consent.purpose_id,
            channel=consent.channel,
        )


class ConsentEvent(AppendOnlyModel):
    """One act of a person about one purpose on one channel (Art. 4(11), 7): the only truth.

    ``occurred_at`` is when the person acted, ``recorded_at`` when we learned of it.
    """

    named_by: ClassVar[tuple[str, ...]] = ("contact_point", "purpose")
    trail_kind: ClassVar[str] = "kind"

    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, related_name="events", verbose_name=_("contact point")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="events", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    kind = models.CharField(_("what"), max_length=16, choices=EventKind)
    occurred_at = models.DateTimeField(_("occurred"))
    own_time = models.BooleanField(
        _("own time"), default=True, help_text=_("False: dated by the file it stood in.")
    )
    about = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tellings_about",
        verbose_name=_("about"),
    )
    giver = models.CharField(_("who spoke"), max_length=16, choices=Giver, default=Giver.USER)
    method = models.CharField(_("how"), max_length=16, choices=Method)
    wording = models.ForeignKey(
        ConsentWording,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("wording"),
        help_text=_("Empty: the one that the source showed for this channel at that time."),
    )
    source = models.ForeignKey(
        LeadSource,
        models.PROTECT,
        related_name="events",
        verbose_name=_("lead source"),
        # The index below begins with it.
        db_index=False,
    )
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    # No key constraint: evidence is erased on its day, the commitment stays.
    evidence_id = models.BigIntegerField(_("evidence"))
    evidence_sha256 = models.CharField(_("SHA-256 of the evidence"), max_length=64)
    evidence_line = models.PositiveIntegerField(_("line of the file"), null=True, blank=True)

    objects = ConsentEventQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        ordering = ("-occurred_at", "-id")
        indexes = [
            *AppendOnlyModel.Meta.indexes,
            # Consents given while a source showed a text, or none (consents.findings).
            models.Index(
                fields=["source", "purpose", "channel", "occurred_at"], name="event_by_source"
            ),
            models.Index(
                fields=["evidence_id"],
                condition=Q(method__in=(Method.CALL, Method.IVR)),
                name="event_by_voice",
            ),
        ]
        constraints = [
            # The same act told twice is one event (verdict.md §1, Identity); a telling that asks
            # for confirmation or ends sooner stands beside it.
            models.UniqueConstraint(
                F("contact_point"),
                F("purpose"),
                F("channel"),
                F("kind"),
                F("occurred_at"),
                F("source"),
                F("own_time"),
                F("needs_confirmation"),
                Coalesce("valid_until", Value(NEVER)),
                Coalesce("about", Value(0)),
                name="event_told_once",
            ),
            models.CheckConstraint(name="event_kind_known", condition=Q(kind__in=EventKind.values)),
            models.CheckConstraint(
                name="event_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="event_about_another",
                condition=(ABOUT_ANOTHER & Q(about__isnull=False))
                | (~ABOUT_ANOTHER & Q(about__isnull=True)),
            ),
            models.CheckConstraint(
                name="event_only_gives_end",
                condition=Q(kind=EventKind.GIVEN)
                | Q(needs_confirmation=False, valid_until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_channel_display()}"


def _without_wording() -> Q:
    return Q(
        ~Exists(_shown("event__")),
        state__in=(ConsentState.GIVEN, ConsentState.UNCONFIRMED),
        event__wording=None,
    )


class ConsentQuerySet(models.QuerySet):
    def given(self, moment: datetime | None = None) -> Self:
        """Given and not expired at ``moment``; the verdict asks more."""
        moment = moment or timezone.now()
        return self.filter(
            Q(state=ConsentState.GIVEN), Q(valid_until=None) | Q(valid_until__gt=moment)
        )

    def with_wording(self) -> Self:
        """``rests_on_id`` and ``rests_on_version``: the wording named, else shown then."""
        return self.annotate(
            rests_on_id=Coalesce(
                "event__wording_id",
                Subquery(_shown("event__").values("wording__id")[:1]),
                output_field=models.BigIntegerField(),
            ),
            rests_on_version=Coalesce(
                "event__wording__version",
                Subquery(_shown("event__").values("wording__version")[:1]),
            ),
        )

    def resting_on(self, wording: ConsentWording) -> Self:
        """Given or awaiting confirmation on ``wording``, named or shown there and then."""
        told = Q(event__wording=wording)
        for shown in wording.shown.all():
            told |= given_during(shown.source_id, shown.shown_from, shown.shown_until)
        asked = self.filter(
            told,
            purpose=wording.purpose_id,
            channel=wording.channel,
            state__in=(ConsentState.GIVEN, ConsentState.UNCONFIRMED),
        )
        return asked.with_wording().filter(rests_on_id=wording.pk)

    def without_wording(self) -> Self:
        """Given or awaiting confirmation, and nobody knows on which text (Art. 7(1))."""
        return self.filter(_without_wording())

    def needing_attention(self, until: datetime) -> Self:
        """Unconfirmed, ending by ``until``, or given on no known wording."""
        ending = Q(state=ConsentState.GIVEN, valid_until__gt=timezone.now(), valid_until__lte=until)
        return self.filter(Q(state=ConsentState.UNCONFIRMED) | ending | _without_wording())


class Consent(models.Model):
    """The present state of one contact point × purpose × channel: the fold of its events.

    Derived: written by ``consents.fold`` alone and rebuilt by ``rebuild_consents``. Expiry is not
    written down: every reader compares ``valid_until``.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, related_name="consents", verbose_name=_("contact point")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="consents", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    state = models.CharField(_("state"), max_length=16, choices=ConsentState)
    since = models.DateTimeField(_("since"), null=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    event = models.ForeignKey(
        ConsentEvent, models.PROTECT, null=True, related_name="+", verbose_name=_("rests on")
    )
    # The latest moments of its events: a question about an earlier one folds the events again.
    last_occurred_at = models.DateTimeField()
    last_recorded_at = models.DateTimeField(_("changed"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["contact_point", "purpose", "channel"], name="consent_once"
            ),
            models.CheckConstraint(
                name="consent_state_known", condition=Q(state__in=ConsentState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["purpose", "channel", "state"], name="consent_by_purpose"),
            models.Index(fields=["-last_recorded_at", "-id"], name="consent_changed"),
            models.Index(
                fields=["valid_until"],
                condition=Q(valid_until__isnull=False),
                name="consent_ending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_state_display()}"

    def status_at(self, moment: datetime) -> ConsentStatus:
        """What it is at ``moment``, an instant after all its events."""
        ended = self.valid_until is not None and self.valid_until <= moment
        if ended and self.state == ConsentState.GIVEN:
            return ConsentStatus.EXPIRED
        return ConsentStatus(self.state)
