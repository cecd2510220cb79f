"""The questions of the balance test: edited as data, each wording kept."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import (
    AuditedAdmin,
    AuditedImportExportMixin,
    ReasonedForm,
    Verb,
    VerbForm,
    VerbsAdmin,
)
from audit.lists import RegisterList, SavedView
from legitimate_interest.choices import AnswerKind, Part
from legitimate_interest.models import BalanceQuestion
from legitimate_interest.resources import BalanceQuestionResource

FROZEN = ("slug", "part", "kind", "text_pl", "text_en", "hint_pl", "hint_en")
TEXTS = ("text_pl", "text_en", "hint_pl", "hint_en")


def _label(name: str) -> Any:
    return capfirst(BalanceQuestion._meta.get_field(name).verbose_name)


def _area(name: str) -> forms.CharField:
    field = BalanceQuestion._meta.get_field(name)
    return forms.CharField(
        label=_label(name),
        required=not field.blank,
        max_length=field.max_length,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class RewordForm(ReasonedForm):
    text_pl, text_en = _area("text_pl"), _area("text_en")
    hint_pl, hint_en = _area("hint_pl"), _area("hint_en")
    kind = forms.ChoiceField(label=_label("kind"), choices=AnswerKind)
    field_order = (*TEXTS, "kind", "cause", "reason_text")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in (*TEXTS, "kind"):
            self.fields[name].initial = getattr(self.record, name)

    def perform(self) -> BalanceQuestion:
        return self.record.reword(**{n: self.cleaned_data[n] for n in (*TEXTS, "kind")})


class RetireForm(ReasonedForm):
    def perform(self) -> None:
        self.record.retire()


def _is_asked(question: BalanceQuestion) -> bool:
    return question.is_asked


class AskedFilter(admin.SimpleListFilter):
    title = _("asked")
    parameter_name = "asked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Asked now")), ("before", _("No longer asked"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "now":
            return queryset.asked()
        if self.value() == "before":
            return queryset.exclude(pk__in=BalanceQuestion.objects.asked())
        return queryset


class PartFilter(admin.SimpleListFilter):
    title = _("part")
    parameter_name = "part"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return Part.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(part=self.value()) if self.value() else queryset


@admin.register(BalanceQuestion)
class BalanceQuestionAdmin(AuditedImportExportMixin, RegisterList, VerbsAdmin, AuditedAdmin):
    resource_classes = (BalanceQuestionResource,)
    list_display = ("question", "part", "required", "version", "state")
    list_filter = (AskedFilter, PartFilter)
    search_fields = ("text_pl", "text_en", "slug")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Asked now"), {"asked": "now"}),
        SavedView(_("No longer asked"), {"asked": "before"}),
    )
    fieldsets = (
        (None, {"fields": ("slug", "part", "kind", "required", "position")}),
        (
            _("Question"),
            {
                "classes": ("pairs",),
                "fields": (("text_pl", "text_en"), ("hint_pl", "hint_en")),
            },
        ),
    )
    verbs = (
        Verb(
            "reword",
            # Translators: "Zmień treść pytania"
            _("Reword the question"),
            "legitimate_interest.change_balancequestion",
            RewordForm,
            _("From now on the question is asked in these words."),
            says=_("Tests begun so far keep the words in which they were asked."),
            offered=_is_asked,
        ),
        Verb(
            "retire",
            # Translators: "Nie zadawaj więcej"
            _("Ask it no more"),
            "legitimate_interest.change_balancequestion",
            RetireForm,
            _("New tests are no longer asked this question."),
            says=_("Tests begun so far keep the question and its answer."),
            tone="danger",
            offered=_is_asked,
        ),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[BalanceQuestion]:
        return super().get_queryset(request).in_order()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ()  # by get_queryset, as the form asks

    def get_readonly_fields(
        self, request: HttpRequest, obj: BalanceQuestion | None = None
    ) -> tuple[str, ...]:
        return FROZEN if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: BalanceQuestion | None = None
    ) -> dict[str, Any]:
        return {} if obj else {"slug": ("text_en",)}

    def badge(self, record: BalanceQuestion) -> SafeString:
        return self.state(record)

    def answer(
        self, request: HttpRequest, record: BalanceQuestion, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        if isinstance(form.result, BalanceQuestion):
            messages.success(request, verb.done)
            return HttpResponseRedirect(self._record_url(form.result))
        return super().answer(request, record, verb, form)

    @admin.display(description=_("Question"))
    def question(self, question: BalanceQuestion) -> str:
        return question.text

    @admin.display(description=_("State"))
    def state(self, question: BalanceQuestion) -> SafeString:
        if question.is_asked:
            return display.badge(_("Asked now"), "ok")
        return display.badge(_("No longer asked"), "off")
