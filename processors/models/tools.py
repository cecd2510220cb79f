"""Automation tools: what they do to people, what must be said about them, and their life."""

from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import rules
from audit.act import current_act
from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from processors.choices import ToolKind, ToolState
from processors.models.agreements import ProcessingAgreement
from processors.models.ai_act import TALKING
from processors.models.organisations import Organisation

NEVER_USED = Q(in_use_from=None, approved_by=None)
NOT_RETIRED = Q(retired_at=None, retired_by=None)
VERIFIED_ONCE = Q(
    verified_at__isnull=False, verified_by__isnull=False, verified_vendor__isnull=False
)
NEVER_VERIFIED = Q(verified_at=None, verified_by=None, verified_vendor=None)
PUT_IN_USE = VERIFIED_ONCE & Q(in_use_from__isnull=False, approved_by__isnull=False)
PROPOSED = Q(state=ToolState.PROPOSED) & NEVER_VERIFIED & NEVER_USED & NOT_RETIRED
VERIFIED = Q(state=ToolState.VERIFIED) & VERIFIED_ONCE & NEVER_USED & NOT_RETIRED
IN_USE = Q(state=ToolState.IN_USE) & PUT_IN_USE & NOT_RETIRED
# From anywhere: a tool that was proposed and turned down never was in use.
RETIRED = Q(state=ToolState.RETIRED, retired_at__isnull=False, retired_by__isnull=False) & (
    NEVER_USED | PUT_IN_USE
)

UNANSWERED = Q(
    agreement_needed=None, agreement_decided_at=None, agreement_decided_by=None, answered_for=None
)
ANSWERED = Q(
    agreement_needed__isnull=False,
    agreement_decided_at__isnull=False,
    agreement_decided_by__isnull=False,
    answered_for__isnull=False,
) & ~Q(agreement_reason="")


def _whoever_acts() -> int | None:
    return current_act().by_id


class ToolQuerySet(AuditedQuerySet):
    def in_use(self, moment: datetime | None = None) -> Self:
        """Tools in use at ``moment``, an instant; now by default."""
        moment = moment or timezone.now()
        began = Q(in_use_from__lte=moment)
        return self.filter(began, Q(retired_at=None) | Q(retired_at__gt=moment))

    def without_agreement(self, day: date) -> Self:
        """An agreement is needed, and no whole one with the vendor is in force on ``day``.

        The one that the tool names counts alone; where it names none, any of ours does.
        """
        whole = ProcessingAgreement.objects.in_force(day).exclude(
            pk__in=ProcessingAgreement.objects.incomplete().values("pk")
        )
        theirs = whole.filter(processor=OuterRef("vendor"))
        named = Exists(theirs.filter(pk=OuterRef("agreement")))
        of_ours = Q(agreement=None) & Exists(theirs.filter(controller__is_own=True))
        return self.filter(~(named | of_ours), agreement_needed=True)

    def waiting(self) -> Self:
        """Proposed or verified: somebody has yet to move them on."""
        return self.filter(state__in=(ToolState.PROPOSED, ToolState.VERIFIED))


class AutomationTool(AuditedModel):
    """A tool that contacts people or handles their data (Art. 28, 35 GDPR; AI Act, Art. 5, 50)."""

    slug = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(pgettext_lazy("tool", "kind"), max_length=16, choices=ToolKind)
    vendor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="tools", verbose_name=_("vendor")
    )
    agreement = models.ForeignKey(
        ProcessingAgreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tools",
        verbose_name=_("agreement"),
        help_text=_("Empty: any agreement of ours with the vendor that is in force."),
    )

    agreement_needed = models.BooleanField(
        _("agreement needed"), null=True, blank=True, editable=False
    )
    agreement_reason = models.TextField(pgettext_lazy("tool", "reason"), blank=True, editable=False)
    agreement_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    agreement_decided_at = models.DateTimeField(
        pgettext_lazy("tool", "answered"), null=True, blank=True, editable=False
    )
    # The answer and the verification are about this vendor; with another one they are void.
    answered_for = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered about vendor"),
    )

    records_calls = models.BooleanField(pgettext_lazy("tool", "records"), default=False)
    uses_ai = models.BooleanField(_("uses AI"), default=False)
    automated_decisions = models.BooleanField(_("decides by itself"), default=False)
    disclosure_pl = models.TextField(
        _("sentence for notices (PL)"),
        blank=True,
        help_text=_("What privacy notices say about the tool."),
    )
    disclosure_en = models.TextField(_("sentence for notices (EN)"), blank=True)
    recording_sentence_pl = models.TextField(
        _("said before recording (PL)"),
        blank=True,
        help_text=_("Art. 13 GDPR: before the recording starts, not after."),
    )
    recording_sentence_en = models.TextField(_("said before recording (EN)"), blank=True)
    decision_safeguards = models.TextField(
        _("safeguards of Art. 22"),
        blank=True,
        help_text=_(
            "Contract, law or explicit consent; how a person asks for a human, gives their view "
            "and contests the decision."
        ),
    )
    ai_sentence_pl = models.TextField(
        _("sentence about AI (PL)"),
        blank=True,
        help_text=_("AI Act, Art. 50(1): said at the first contact, at the latest."),
    )
    ai_sentence_en = models.TextField(_("sentence about AI (EN)"), blank=True)
    ai_vendor_clause = models.TextField(
        _("the vendor's word for it"),
        blank=True,
        help_text=_(
            "Art. 50(1) binds the provider: which clause of the contract says that the bot "
            "presents itself as AI."
        ),
    )

    emotion_agents_voice = models.BooleanField(_("agents, by voice"), default=False)
    emotion_agents_face = models.BooleanField(_("agents, by face"), default=False)
    emotion_agents_text = models.BooleanField(_("agents, by text"), default=False)
    emotion_customers_voice = models.BooleanField(_("customers, by voice"), default=False)
    emotion_customers_face = models.BooleanField(_("customers, by face"), default=False)
    emotion_customers_text = models.BooleanField(_("customers, by text"), default=False)
    emotion_notice_pl = models.TextField(
        _("sentence about emotions (PL)"),
        blank=True,
        help_text=_("AI Act, Art. 50(3): told to everybody who is exposed to it."),
    )
    emotion_notice_en = models.TextField(_("sentence about emotions (EN)"), blank=True)
    dpia_location = models.CharField(
        _("where the DPIA is kept"),
        max_length=300,
        blank=True,
        help_text=_("Needed where customers' emotions are inferred (Art. 35 GDPR)."),
    )

    state = models.CharField(
        pgettext_lazy("tool", "state"),
        max_length=16,
        choices=ToolState,
        default=ToolState.PROPOSED,
        editable=False,
    )
    proposed_at = models.DateTimeField(
        pgettext_lazy("tool", "proposed"), default=timezone.now, editable=False
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        default=_whoever_acts,
        related_name="+",
        verbose_name=pgettext_lazy("tool", "proposed by"),
    )
    verified_at = models.DateTimeField(
        pgettext_lazy("tool", "verified"), null=True, blank=True, editable=False
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=pgettext_lazy("tool", "verified by"),
    )
    verified_vendor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("verified with vendor"),
    )
    verification_note = models.TextField(_("what was verified"), blank=True, editable=False)
    in_use_from = models.DateTimeField(_("in use from"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("put in use by"),
    )
    retired_at = models.DateTimeField(
        pgettext_lazy("tool", "retired"), null=True, blank=True, editable=False
    )
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=pgettext_lazy("tool", "retired by"),
    )
    data_returned = models.TextField(
        _("what became of the data"),
        blank=True,
        help_text=_("Art. 28(3)(g) GDPR: returned or deleted, when, and by which proof."),
    )

    disclosure = localised("disclosure")
    recording_sentence = localised("recording_sentence")
    ai_sentence = localised("ai_sentence")
    emotion_notice = localised("emotion_notice")
    objects = ToolQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("automation tool")
        verbose_name_plural = _("automation tools")
        ordering = ("name", "id")
        permissions = [
            ("answer_automationtool", "Can answer whether a tool needs an agreement"),
            ("verify_automationtool", "Can verify automation tools"),
            ("approve_automationtool", "Can put automation tools in use"),
            ("retire_automationtool", "Can retire automation tools"),
            ("import_automationtool", "Can import automation tools"),
            ("export_automationtool", "Can export automation tools"),
        ]
        constraints = [
            models.CheckConstraint(name="tool_kind_known", condition=Q(kind__in=ToolKind.values)),
            models.CheckConstraint(
                name="tool_state_dated",
                condition=PROPOSED | VERIFIED | IN_USE | RETIRED,
                violation_error_message=_("The state of a tool and its dates belong together."),
            ),
            models.CheckConstraint(
                name="tool_answer_whole",
                condition=UNANSWERED | ANSWERED,
                violation_error_message=_(
                    "Say whether an agreement is needed, and why; who and when is recorded."
                ),
            ),
            models.CheckConstraint(
                name="tool_approved_by_another",
                condition=Q(approved_by=None) | ~Q(approved_by=F("verified_by")),
                violation_error_message=_("Who verified the tool cannot put it in use."),
            ),
            models.CheckConstraint(
                name="tool_period",
                condition=Q(retired_at=None)
                | Q(in_use_from=None)
                | Q(retired_at__gt=F("in_use_from")),
                violation_error_message=_("The end comes after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_retired(self) -> bool:
        return self.state == ToolState.RETIRED

    @property
    def talks_to_people(self) -> bool:
        """Whether a person may take it for somebody (AI Act, Art. 50(1))."""
        return self.kind in TALKING or (self.kind == ToolKind.IVR and self.uses_ai)

    @property
    def infers_customers_emotions(self) -> bool:
        return (
            self.emotion_customers_voice
            or self.emotion_customers_face
            or self.emotion_customers_text
        )

    @property
    def infers_emotions(self) -> bool:
        of_agents = (self.emotion_agents_voice, self.emotion_agents_face, self.emotion_agents_text)
        return any(of_agents) or self.infers_customers_emotions

    @property
    def has_new_vendor(self) -> bool:
        """Whether it was verified with another vendor than it has now."""
        return self.verified_vendor_id not in (None, self.vendor_id)

    # Its life -----------------------------------------------------------------------------------

    def decide_agreement(self, *, by: Any, needed: bool, reason: str) -> None:
        """Answer whether an agreement with the vendor is needed (Art. 28(3)).

        Raises ValidationError without a reason, or where the tool is retired.
        """
        self._refuse_if_retired()
        if not reason.strip():
            raise ValidationError({"reason": _("Say why: the answer must be shown to an auditor.")})
        self.agreement_needed, self.agreement_reason = needed, reason.strip()
        self.agreement_decided_by, self.agreement_decided_at = by, timezone.now()
        self.answered_for_id = self.vendor_id
        self._move(
            "agreement_needed",
            "agreement_reason",
            "agreement_decided_by",
            "agreement_decided_at",
            "answered_for",
        )

    def verify(self, *, by: Any, note: str = "") -> None:
        """Record that the tool was looked at as it is; again where the vendor changed since.

        Raises ValidationError where it is retired, or verified with this vendor already.
        """
        self._refuse_if_retired()
        if self.verified_at and not self.has_new_vendor:
            raise ValidationError(_("This tool is already verified."))
        if self.state == ToolState.PROPOSED:
            self.state = ToolState.VERIFIED
        self.verified_by, self.verified_at = by, timezone.now()
        self.verified_vendor_id, self.verification_note = self.vendor_id, note.strip()
        self._move("state", "verified_by", "verified_at", "verified_vendor", "verification_note")

    def put_in_use(self, *, by: Any) -> None:
        """Start using a verified tool, from now on.

        Raises ValidationError where it is not verified, or verified by the same person, and
        GateClosed where a rule stands in the way.
        """
        if self.state != ToolState.VERIFIED:
            raise ValidationError(_("Only a verified tool that is not in use can be put in use."))
        rules.gate(self, "put_in_use")
        self.state = ToolState.IN_USE
        self.approved_by, self.in_use_from = by, timezone.now()
        self._move("state", "approved_by", "in_use_from")

    def retire(self, *, by: Any, data_returned: str = "") -> None:
        """Stop using the tool, from now on; ``data_returned`` says what became of the data.

        Raises ValidationError where it is retired already.
        """
        self._refuse_if_retired()
        self.state = ToolState.RETIRED
        self.retired_by, self.retired_at = by, timezone.now()
        self.data_returned = data_returned.strip() or self.data_returned
        self._move("state", "retired_by", "retired_at", "data_returned")

    def _refuse_if_retired(self) -> None:
        if self.is_retired:
            raise ValidationError(_("This tool is retired. Propose a new one instead."))

    @transaction.atomic
    def _move(self, *fields: str) -> None:
        """Save what a verb changed, of a tool that nobody moved since it was read."""
        stored = AutomationTool.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if stored.updated_at != self.updated_at:
            raise ValidationError(_("Somebody changed this tool meanwhile. Open it again."))
        self.full_clean()
        self.save(update_fields=list(fields))
