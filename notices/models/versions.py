"""The texts of a notice, version by version: who wrote, approved and published which, and when."""

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import rules
from audit.freezing import Frozen
from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from notices.choices import VersionState, VersionStatus
from notices.models.notices import Notice

PUBLISHED = Q(
    state=VersionState.PUBLISHED,
    published_at__isnull=False,
    published_by__isnull=False,
    effective_from__isnull=False,
)
APPROVED = Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("author"))
# Each notice has one version in the making, if any.
OPEN = Q(state__in=(VersionState.DRAFT, VersionState.SUBMITTED, VersionState.APPROVED))
PAST_APPROVAL = (VersionState.APPROVED, VersionState.PUBLISHED)
FROZEN = Frozen(
    "state",
    (VersionState.PUBLISHED.value,),
    (
        "uuid",
        "notice",
        "number",
        "text_pl",
        "text_en",
        "sha256",
        "basis",
        "is_material",
        "change_pl",
        "change_en",
        "effective_from",
        "author",
        "approved_by",
        "approved_at",
        "published_by",
        "published_at",
    ),
)


def in_force_at(moment: datetime) -> Q:
    """Published, and ``moment`` lies in ``[effective_from, archived_at)``."""
    begun = Q(state=VersionState.PUBLISHED, effective_from__lte=moment)
    return begun & (Q(archived_at=None) | Q(archived_at__gt=moment))


def digest(text_pl: str, text_en: str) -> str:
    """SHA-256 over both texts, as UTF-8, kept apart by a zero byte."""
    return hashlib.sha256(f"{text_pl}\0{text_en}".encode()).hexdigest()


class NoticeVersionQuerySet(AuditedQuerySet):
    def published(self) -> Self:
        """Those that have been made public: in force, scheduled or archived."""
        return self.filter(state=VersionState.PUBLISHED)

    def open(self) -> Self:
        """Versions in the making: drafts, awaiting approval, approved."""
        return self.filter(OPEN)

    def standing(self) -> Self:
        """All but discarded drafts."""
        return self.exclude(state=VersionState.DISCARDED)

    def in_force(self, moment: datetime | None = None) -> Self:
        """The version of each notice that people were told by at ``moment`` (default: now)."""
        return self.filter(in_force_at(moment or timezone.now()))

    def for_purpose(self, purpose: Any) -> Self:
        """Versions that name ``purpose``."""
        return self.filter(purposes_named__purpose=purpose)


class NoticeVersion(AuditedModel):
    """One version of a notice, in both languages (Art. 12(1)); immutable once published."""

    named_by: ClassVar[tuple[str, ...]] = ("notice",)

    # Held by the database too (audit.triggers): from "published" on these stay as they are.
    frozen_by: ClassVar[Frozen | None] = FROZEN

    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="versions", verbose_name=_("privacy notice")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    text_pl = models.TextField(_("text (PL)"), help_text=_("Markdown."))
    text_en = models.TextField(_("text (EN)"), help_text=_("Markdown."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    is_material = models.BooleanField(
        _("material change"),
        default=True,
        help_text=_("People are told of it by a message of its own (WP260, 29)."),
    )
    change_pl = models.CharField(_("what changed (PL)"), max_length=300, blank=True)
    change_en = models.CharField(_("what changed (EN)"), max_length=300, blank=True)
    basis = models.JSONField(_("written from"), default=dict, blank=True, editable=False)
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=VersionState,
        default=VersionState.DRAFT,
        editable=False,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("author"),
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    effective_from = models.DateTimeField(
        _("effective from"), null=True, blank=True, editable=False
    )
    archived_at = models.DateTimeField(
        _("effective until"), null=True, blank=True, editable=False, help_text=_("Excluded.")
    )

    text = localised("text")
    change = localised("change")
    objects = NoticeVersionQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("version of a notice")
        verbose_name_plural = _("versions of notices")
        ordering = ("notice", "-number")
        permissions = [
            ("import_noticeversion", "Can import drafts of notices"),
            ("export_noticeversion", "Can export versions of notices"),
            ("approve_noticeversion", "Can approve versions of notices"),
            ("publish_noticeversion", "Can publish versions of notices"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "number"],
                # A discarded draft gives its number to the next one: nobody outside ever saw it.
                condition=~Q(state=VersionState.DISCARDED),
                name="notice_version_once",
                violation_error_message=_("This version already exists."),
            ),
            models.UniqueConstraint(
                fields=["notice"],
                condition=OPEN,
                name="notice_version_one_draft",
                violation_error_message=_("This notice already has a version in the making."),
            ),
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(state=VersionState.PUBLISHED, archived_at=None),
                name="notice_version_one_current",
                violation_error_message=_("Another version of this notice is in force."),
            ),
            models.CheckConstraint(
                name="notice_version_state_known", condition=Q(state__in=VersionState.values)
            ),
            models.CheckConstraint(
                name="notice_version_not_own_approval",
                condition=Q(approved_by=None) | ~Q(approved_by=F("author")),
                violation_error_message=_("Nobody approves what they wrote."),
            ),
            models.CheckConstraint(
                name="notice_version_approved_first",
                condition=~Q(state__in=PAST_APPROVAL) | APPROVED,
                violation_error_message=_("A version is approved before it is published."),
            ),
            models.CheckConstraint(
                name="notice_version_published_whole",
                condition=PUBLISHED
                | (~Q(state=VersionState.PUBLISHED) & Q(published_at=None, archived_at=None)),
                violation_error_message=_("Say who publishes it, and from when it applies."),
            ),
            models.CheckConstraint(
                name="notice_version_period",
                condition=Q(archived_at=None) | Q(archived_at__gte=F("effective_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.state == VersionState.DRAFT:
            self.sha256 = digest(self.text_pl, self.text_en)
        super().save(*args, **kwargs)

    @property
    def is_draft(self) -> bool:
        return self.state == VersionState.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == VersionState.PUBLISHED

    @property
    def changes_materially(self) -> bool:
        """Whether people who were told something else before have to be told of it."""
        if not (self.is_published and self.is_material):
            return False
        return self.notice.versions.published().filter(number__lt=self.number).exists()

    @property
    def status(self) -> VersionStatus:
        return self.status_at(timezone.now())

    def status_at(self, moment: datetime) -> VersionStatus:
        """What this version is at ``moment``, by its dates."""
        if not self.is_published or self.effective_from is None:
            return VersionStatus(self.state)
        if self.archived_at is not None and self.archived_at <= moment:
            return VersionStatus.ARCHIVED
        begun = self.effective_from <= moment
        return VersionStatus.IN_FORCE if begun else VersionStatus.SCHEDULED

    def clean(self) -> None:
        """Texts change in a draft alone; a published version keeps all it was published with."""
        before = NoticeVersion.objects.filter(pk=self.pk).first() if self.pk else None
        if before is None or before.is_draft:
            return
        held = FROZEN.fields if before.is_published else ("text_pl", "text_en", "basis")
        if any(getattr(before, name) != getattr(self, name) for name in held):
            raise ValidationError(
                _("What was submitted, approved or published stays as it is. Draft a new version.")
            )

    # Its life -----------------------------------------------------------------------------------

    def submit(self) -> None:
        """Hand a draft over to the approver; from now on its text stays as it is.

        Raises ValidationError where it is no draft or a language is empty, GateClosed where an
        element is missing.
        """
        self._refuse_unless(VersionState.DRAFT)
        if not (self.text_pl.strip() and self.text_en.strip()):
            raise ValidationError(_("Write the text in both languages first."))
        rules.gate(self, "submit")
        self.state, self.submitted_at = VersionState.SUBMITTED, timezone.now()
        self._move("state", "submitted_at")

    def reopen(self) -> None:
        """Make it a draft again, by its author or by the approver who will not have it.

        Raises ValidationError where it was neither submitted nor approved.
        """
        self._refuse_unless(VersionState.SUBMITTED, VersionState.APPROVED)
        self.state, self.submitted_at = VersionState.DRAFT, None
        self.approved_by = self.approved_at = None
        self._move("state", "submitted_at", "approved_by", "approved_at")

    def approve(self, *, by: Any) -> None:
        """Approve it for the controller.

        Raises ValidationError where it was not submitted, or ``by`` wrote it.
        """
        self._refuse_unless(VersionState.SUBMITTED)
        self.state = VersionState.APPROVED
        self.approved_by, self.approved_at = by, timezone.now()
        self._move("state", "approved_by", "approved_at")

    def discard(self) -> None:
        """Give it up; its number goes to the next draft. Raises ValidationError once published."""
        self._refuse_unless(VersionState.DRAFT, VersionState.SUBMITTED, VersionState.APPROVED)
        self.state = VersionState.DISCARDED
        self._move("state")

    def publish(self, *, by: Any, effective_from: datetime) -> None:
        """Make it public, effective from an instant; ``services.publish`` ends the one before.

        Raises ValidationError where it is not approved, GateClosed where a rule stands in the way.
        """
        self._refuse_unless(VersionState.APPROVED)
        rules.gate(self, "publish")
        self.state, self.effective_from = VersionState.PUBLISHED, effective_from
        self.published_by, self.published_at = by, timezone.now()
        self._move("state", "effective_from", "published_by", "published_at")

    def end(self, *, at: datetime) -> None:
        """Archive a published version: from ``at`` on it is told to nobody.

        Raises ValidationError where it is not published, or has its end already.
        """
        self._refuse_unless(VersionState.PUBLISHED)
        if self.archived_at is not None:
            raise ValidationError(_("This version already has its end."))
        self.archived_at = at
        self._move("archived_at")

    def _refuse_unless(self, *states: VersionState) -> None:
        if self.state not in states:
            raise ValidationError(
                _("This version is: %(state)s.") % {"state": self.get_state_display()}
            )

    def _move(self, *fields: str) -> None:
        self.full_clean()
        self.save(update_fields=list(fields))
