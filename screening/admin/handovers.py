"""What supervisors hand over, for the officer to answer and the auditor to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display
from audit.admin import ReadOnlyAdmin
from audit.lists import RegisterList, SavedView
from audit.verbs import Verb, VerbForm, VerbsAdmin
from consents.admin.shown import NOTHING
from screening.handover import NoteField, state_badge
from screening.models import Handover

# The list of consents narrowed to those that a reason is about, where a filter of it says so.
STATE_OF_CODE = {
    "withdrawn": "withdrawn",
    "refused": "refused",
    "unconfirmed": "unconfirmed",
    "expired": "expired",
}


class AnswerForm(VerbForm):
    note = NoteField(
        # Translators: "Odpowiedź"
        label=_("Answer"),
        # Translators: "Czyta ją kierownik: bez nazwisk i numerów."
        help_text=_("The supervisor reads it: no names, no numbers."),
    )

    def perform(self) -> Handover:
        return self.record.answer(self.cleaned_data["note"])


class AnsweredFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waits for an answer")), ("answered", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("waiting", "answered"):
            return queryset.filter(answered_by__isnull=self.value() == "waiting")
        return queryset


@admin.register(Handover)
class HandoverAdmin(RegisterList, VerbsAdmin, ReadOnlyAdmin):
    list_display = ("what", "state", "purpose_name", "channel_name", "by", "asked_at")
    list_filter = (AnsweredFilter, "channel")
    list_select_related = ("purpose", "recorded_by", "answered_by")
    sortable_by = ()
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Waits for an answer"), {"state": "waiting"}),
    )
    fields = (
        "what",
        "meaning",
        "purpose",
        "channel",
        "people",
        "by",
        "asked_at",
        "note",
        "answer_note",
        "answer_by",
        "answered_at",
    )
    verbs = (
        Verb(
            "answer",
            # Translators: "Odpowiedz"
            pgettext_lazy("verb", "Answer"),
            "screening.answer_handover",
            AnswerForm,
            _("The supervisor sees the answer beside the lists."),
            says=_("An answer is written once and stays as it is."),
            tone="primary",
            offered=lambda handover: not handover.is_answered,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Handover]:
        """Questions alone: each brings the answer that names it."""
        return super().get_queryset(request).filter(answers=None)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def badge(self, record: Handover) -> str:
        return state_badge(record)

    @admin.display(description=_("Why left out"))
    def what(self, handover: Handover) -> str:
        return f"{handover.why.label}: {display.number(handover.count)}"

    @admin.display(description=_("What it means"))
    def meaning(self, handover: Handover) -> SafeString:
        why = handover.why
        return format_html('{} <span class="meta">{}</span>', why.sentence, why.law)

    @admin.display(description=_("State"))
    def state(self, handover: Handover) -> str:
        return state_badge(handover)

    @admin.display(description=_("Purpose"))
    def purpose_name(self, handover: Handover) -> str:
        return handover.purpose.name

    @admin.display(description=_("Channel"))
    def channel_name(self, handover: Handover) -> str:
        return handover.get_channel_display()

    # Translators: "Kogo dotyczy"
    @admin.display(description=_("Whom it is about"))
    def people(self, handover: Handover) -> str:
        """The consents for that purpose and channel, where the officer finds the people."""
        asked = {"purpose": handover.purpose_id, "channel": handover.channel}
        if state := STATE_OF_CODE.get(handover.code):
            asked["state"] = state
        url = reverse("admin:consents_consent_changelist")
        text = _("Consents for this purpose and channel")
        return format_html('<a href="{}?{}">{}</a>', url, urlencode(asked), text)

    @admin.display(description=_("Who"))
    def by(self, handover: Handover) -> str:
        return str(handover.recorded_by or handover.recorded_name or NOTHING)

    @admin.display(description=_("Handed over"))
    def asked_at(self, handover: Handover) -> str:
        return display.moment(handover.recorded_at)

    @admin.display(description=_("Answer"))
    def answer_note(self, handover: Handover) -> str:
        return handover.answered_by.note if handover.is_answered else NOTHING

    @admin.display(description=_("Answered by"))
    def answer_by(self, handover: Handover) -> str:
        return str(handover.answered_by.recorded_by) if handover.is_answered else NOTHING

    @admin.display(description=_("Answered"))
    def answered_at(self, handover: Handover) -> str:
        return display.moment(handover.answered_by.recorded_at) if handover.is_answered else NOTHING
