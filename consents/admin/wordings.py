"""The exact texts of consents: frozen once used, renewed by copy, reviewed under each regime."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display
from audit.admin import AuditedAdmin, AuditedInline, ReadOnlyAdmin
from audit.lists import RegisterList
from audit.reasons import readable
from audit.verbs import Verb, VerbForm, VerbsAdmin
from consents.admin import filters, shown
from consents.admin.forms import NewVersionForm, ReviewForm
from consents.admin.lists import RoomList
from consents.choices import ReviewOutcome
from consents.models import Consent, ConsentWording, NamedController, WordingReview

FROZEN = ("purpose", "channel", "language", "version", "title", "text", "regime", "bundled")
CHECKLIST = (
    "distinguishable",
    "not_conditional",
    "no_preticked_box",
    "told_of_withdrawal",
    "channels_apart",
    "controller_named",
    "meets_recital_171",
)


class NamedControllerInline(AuditedInline):
    model = NamedController
    fields = ("organisation",)
    # Translators: "Administratorzy wskazani w treści"
    verbose_name_plural = _("controllers that the text names")

    def has_add_permission(self, request: HttpRequest, obj: ConsentWording | None = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.is_used)

    def has_change_permission(
        self, request: HttpRequest, obj: ConsentWording | None = None
    ) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_used)


@admin.register(ConsentWording)
class ConsentWordingAdmin(RegisterList, VerbsAdmin, AuditedAdmin):
    parts = ("consents.wordingreview",)
    list_display = ("name", "channel", "language", "regime", "reviewed", "in_use")
    as_of_display = ("purpose", "channel", "language", "version", "regime", "bundled")
    list_filter = (
        filters.PurposeFilter,
        filters.ChannelFilter,
        filters.RegimeFilter,
        filters.ReviewFilter,
        filters.PurposeControllerFilter,
    )
    list_select_related = ("purpose__activity__controller",)
    inlines = (NamedControllerInline,)
    fieldsets = (
        (None, {"fields": ("purpose", "channel", "language", "version", "title")}),
        (
            _("Text"),
            {"fields": ("text", "regime", "bundled", "valid_months")},
        ),
    )
    verbs = (
        Verb(
            "review",
            # Translators: "Oceń treść"
            _("Review"),
            "consents.review_wording",
            ReviewForm,
            _("The review is recorded."),
            says=_("A review stays as it is. If things change, record another one."),
        ),
        Verb(
            "copy",
            # Translators: "Nowa wersja"
            _("New version"),
            "consents.add_consentwording",
            NewVersionForm,
            _("This is the new version. Change its text before a source shows it."),
        ),
    )

    def get_list_display(self, request: HttpRequest) -> Any:
        if shown.several_controllers():
            return ("name_and_controller", *self.list_display[1:])
        return self.list_display

    def requires_reason(self, record: ConsentWording) -> bool:
        return record.is_used

    def badge(self, record: ConsentWording) -> str:
        return review_badge(record)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_use().prefetch_related("reviews")

    def get_readonly_fields(
        self, request: HttpRequest, obj: ConsentWording | None = None
    ) -> tuple[str, ...]:
        return FROZEN if obj and obj.is_used else ()

    def answer(self, request: HttpRequest, record: Any, verb: Verb, form: VerbForm) -> HttpResponse:
        answer = super().answer(request, record, verb, form)
        if isinstance(form.result, ConsentWording):
            return HttpResponseRedirect(self._record_url(form.result))
        return answer

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        if wording := context.get("original"):
            context |= self.page(wording)
        return super().render_change_form(request, context, *args, **options)

    def page(self, wording: ConsentWording) -> dict[str, Any]:
        return {
            "reviews": [_review(review) for review in wording.reviews.all()],
            "shown_by": wording.shown.select_related("source").order_by("-shown_from"),
            "resting": shown.capped(Consent.objects.resting_on(wording)),
            "frozen": wording.is_used,
        }

    @admin.display(description=_("Wording"))
    def name(self, wording: ConsentWording) -> SafeString:
        return _named(wording, wording.purpose.name)

    @admin.display(description=_("Wording"))
    def name_and_controller(self, wording: ConsentWording) -> SafeString:
        controller = wording.purpose.activity.controller.name
        return _named(wording, f"{wording.purpose.name} · {controller}")

    @admin.display(description=pgettext_lazy("of a wording", "Review"))
    def reviewed(self, wording: ConsentWording) -> str:
        return review_badge(wording)

    @admin.display(description=_("Use"))
    def in_use(self, wording: ConsentWording) -> str:
        if wording.shown_now:
            return display.badge(_("Shown now"), "ok")
        return _("used before") if wording.was_used else _("not used yet")


def _named(wording: ConsentWording, meta: str) -> SafeString:
    return format_html('{} <span class="meta">{}</span>', wording, meta)


def review_badge(wording: ConsentWording) -> str:
    """The latest review of a wording, under whichever regime."""
    latest = next(iter(wording.reviews.all()), None)
    if latest is None:
        return display.badge(_("Not reviewed"), "off")
    tone = shown.OUTCOMES[ReviewOutcome(latest.outcome)]
    words = f"{latest.get_regime_display()}: {latest.get_outcome_display()}"
    return display.badge(words, tone)


def _review(review: WordingReview) -> dict[str, Any]:
    tone = shown.OUTCOMES[ReviewOutcome(review.outcome)]
    missing = [
        WordingReview._meta.get_field(name).verbose_name
        for name in CHECKLIST
        if not getattr(review, name)
    ]
    return {
        "row": review,
        "badge": display.badge(review.get_outcome_display(), tone),
        "missing": missing,
    }


@admin.register(WordingReview)
class WordingReviewAdmin(RoomList, ReadOnlyAdmin):
    list_display = ("wording_name", "regime", "outcome_badge", "effective", "recorded", "by")
    list_filter = (filters.ReviewRegimeFilter, filters.OutcomeFilter)
    list_select_related = ("wording", "recorded_by")
    fields = (
        "wording_link",
        "regime",
        "outcome_badge",
        *CHECKLIST,
        "effective",
        "note",
        "recorded",
        "by",
        "why",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("Wording"))
    def wording_name(self, review: WordingReview) -> str:
        return str(review.wording)

    @admin.display(description=_("Wording"))
    def wording_link(self, review: WordingReview) -> str:
        return shown.link(review.wording, review.wording)

    @admin.display(description=_("Outcome"))
    def outcome_badge(self, review: WordingReview) -> str:
        return _review(review)["badge"]

    @admin.display(description=_("Effective from"))
    def effective(self, review: WordingReview) -> str:
        return display.moment(review.effective_from)

    @admin.display(description=_("Recorded"))
    def recorded(self, review: WordingReview) -> str:
        return display.moment(review.recorded_at)

    @admin.display(description=_("Reason"))
    def why(self, review: WordingReview) -> str:
        return readable(review.reason) or shown.NOTHING

    @admin.display(description=_("Who"))
    def by(self, review: WordingReview) -> str:
        return str(review.recorded_by or review.recorded_name or review.get_way_display())
