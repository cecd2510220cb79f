"""Balance tests: written step by step, advised on, decided, and never changed after that."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display
from audit.admin import (
    AuditedAdmin,
    AuditedImportExportMixin,
    Link,
    PdfMixin,
    Verb,
    VerbForm,
    VerbsAdmin,
)
from audit.lists import RegisterList, SavedView
from audit.way_back import tokens_of
from legitimate_interest import comparing, services, shown
from legitimate_interest.admin.steps import PARTS, StepsAdmin, marks, step_url
from legitimate_interest.admin.verbs import VERBS
from legitimate_interest.choices import Outcome, TestStatus
from legitimate_interest.gaps import gaps
from legitimate_interest.models import BalanceTest
from legitimate_interest.resources import BalanceTestResource
from legitimate_interest.sheet import sheet
from processing.choices import Basis
from processing.models import Purpose

QUERIES = {
    TestStatus.DRAFT: "drafts",
    TestStatus.SUBMITTED: "submitted",
    TestStatus.REJECTED: "rejected",
    TestStatus.SCHEDULED: "scheduled",
    TestStatus.IN_FORCE: "in_force",
    TestStatus.EXPIRED: "expired",
    TestStatus.SUPERSEDED: "superseded",
}


def _awaiting() -> int:
    return BalanceTest.objects.submitted().count()


def _review_due() -> int:
    return BalanceTest.objects.review_due(timezone.localdate()).count()


class StatusFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return TestStatus.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        name = QUERIES.get(self.value() or "")
        return getattr(queryset, name)() if name else queryset


class ReviewFilter(admin.SimpleListFilter):
    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("within 30 days")), ("passed", _("passed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "due":
            return queryset.review_due(timezone.localdate())
        return queryset.expired() if self.value() == "passed" else queryset


class OutcomeFilter(admin.SimpleListFilter):
    title = pgettext_lazy("balance test", "outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return Outcome.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(outcome=self.value()) if self.value() else queryset


class BeginForm(forms.ModelForm):
    """Asks which purpose is weighed; the rest comes step by step."""

    class Meta:
        model = BalanceTest
        fields = ("purpose",)

    def clean_purpose(self) -> Purpose:
        purpose = self.cleaned_data["purpose"]
        if BalanceTest.objects.open().filter(purpose=purpose).exists():
            raise forms.ValidationError(_("A test of this purpose is already being worked on."))
        return purpose


@admin.register(BalanceTest)
class BalanceTestAdmin(
    AuditedImportExportMixin, PdfMixin, StepsAdmin, RegisterList, VerbsAdmin, AuditedAdmin
):
    parts = ("legitimate_interest.balanceanswer", "legitimate_interest.balanceimpact")
    resource_classes = (BalanceTestResource,)
    form = BeginForm
    list_display = ("name", "version", "state_badge", "outcome_badge", "author", "review")
    list_display_links = ("name",)
    list_filter = (StatusFilter, OutcomeFilter, ReviewFilter)
    list_select_related = ("purpose__activity__controller", "author")
    search_fields = ("purpose__name_pl", "purpose__name_en", "reference")
    ordering = ("purpose__name_pl",)
    saved_views = (
        SavedView(_("All")),
        # Translators: "Do zatwierdzenia"
        SavedView(_("Awaiting approval"), {"status": "submitted"}, _awaiting),
        # Translators: "Zbliża się przegląd"
        SavedView(_("Review due"), {"review": "due"}, _review_due),
        SavedView(pgettext_lazy("balance tests", "Drafts"), {"status": "draft"}),
        SavedView(pgettext_lazy("balance tests", "In force"), {"status": "in_force"}),
        SavedView(pgettext_lazy("balance tests", "Expired"), {"status": "expired"}),
    )
    verbs = VERBS
    pdf_template = "pdf/balance_test.html"

    class Media:
        css = {"all": ("ccgdpr/balance.css",)}

    # Who may write, and where --------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: BalanceTest | None = None) -> bool:
        # A draft is written in its steps; its page shows it as a whole.
        return super().has_change_permission(request, obj) and not self._is_page(request)

    def _is_page(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        return bool(match and match.url_name == "legitimate_interest_balancetest_change")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BalanceTest]:
        people = ("author", "approver", "dpo_opinion_by")
        others = ("purpose__activity__controller", "copied_from", "superseded_by")
        return super().get_queryset(request).select_related(*others, *people)

    def _shows(self, request: HttpRequest, record: Any, verb: Verb) -> bool:
        # Whoever writes drafts sees, disabled, what an approver will do with them.
        writes = request.user.has_perm("legitimate_interest.change_balancetest")
        return (bool(verb.whose) and writes) or super()._shows(request, record, verb)

    # A new test ----------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One that is being worked on is opened instead: findings send people here to mend."""
        asked = request.GET.get("purpose", "")
        if request.method == "GET" and asked.isdecimal():
            mine = BalanceTest.objects.open().filter(purpose=asked).first()
            if mine and self.has_view_permission(request, mine):
                return HttpResponseRedirect(self._record_url(mine))
        return super().add_view(request, form_url, extra_context)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "purpose":
            weighed = Purpose.objects.active().filter(basis=Basis.LEGITIMATE_INTEREST)
            options["queryset"] = weighed.order_by("name_pl")
            # Translators: "Tylko czynne cele na podstawie art. 6 ust. 1 lit. f."
            options["help_text"] = _("Active purposes on Art. 6(1)(f) alone.")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: BalanceTest, form: Any, change: bool) -> None:
        obj.author = request.user  # type: ignore[assignment]
        with transaction.atomic():
            services.begin(obj)

    def response_add(
        self, request: HttpRequest, obj: BalanceTest, post_url_continue: Any = None
    ) -> HttpResponse:
        return HttpResponseRedirect(step_url(obj, PARTS[0]))

    # Its page ------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: BalanceTest | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("purpose",)}),)
        return ((None, {"fields": ("purpose_link", "author", "period", "versions")}),)

    def get_readonly_fields(
        self, request: HttpRequest, obj: BalanceTest | None = None
    ) -> tuple[str, ...]:
        return ("purpose_link", "author", "period", "versions") if obj else ()

    def badge(self, record: BalanceTest) -> SafeString:
        return shown.status(record)

    def record_title(self, record: BalanceTest) -> str:
        return shown.title(record)

    def offered_verbs(self, request: HttpRequest, record: BalanceTest) -> Sequence[Link]:
        links = list(super().offered_verbs(request, record))
        if comparing.earlier(record):
            url = reverse("admin:legitimate_interest_balancetest_difference", args=[record.pk])
            # Translators: "Porównaj z poprzednią wersją"
            links.append(Link(_("Compare with the version before"), url))
        return links

    def timeline(self, record: BalanceTest) -> list[dict[str, Any]]:
        steps = [
            (
                record.superseded_at,
                "off",
                "minus",
                pgettext_lazy("what happened", "Superseded"),
                record.superseded_by,
            ),
            (
                record.rejected_at,
                "bad",
                "cross",
                pgettext_lazy("what happened", "Rejected"),
                record.approver,
            ),
            (
                record.approved_at,
                "ok",
                "check",
                pgettext_lazy("what happened", "Approved"),
                record.approver,
            ),
            (record.dpo_opinion_at, "info", "info", _("DPO's opinion"), record.dpo_opinion_by),
            (
                record.submitted_at,
                "warn",
                "arrow",
                pgettext_lazy("what happened", "Submitted"),
                record.author,
            ),
            (
                record.created_at,
                "off",
                "pencil",
                pgettext_lazy("what happened", "Begun"),
                record.author,
            ),
        ]
        return [
            {"at": at, "tone": tone, "icon": icon, "title": title, "meta": meta or ""}
            for at, tone, icon, title, meta in steps
            if at
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if test := options.get("obj"):
            found = gaps(test) if test.is_draft else []
            writes = request.user.has_perm("legitimate_interest.change_balancetest")
            context |= {
                "title": shown.title(test),
                "sheet": sheet(test),
                "steps": marks(test, found, tokens_of(request)) if test.is_draft and writes else (),
                "gaps": found if writes else (),
                "outcome_badge": shown.outcome(test),
            }
        return super().render_change_form(request, context, *args, **options)

    def answer(
        self, request: HttpRequest, record: BalanceTest, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        if isinstance(form.result, BalanceTest):
            messages.success(request, verb.done)
            return HttpResponseRedirect(self._record_url(form.result))
        return super().answer(request, record, verb, form)

    # Difference and PDF --------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.difference_view)
        name = "legitimate_interest_balancetest_difference"
        return [path("<int:pk>/difference/", view, name=name), *super().get_urls()]

    def difference_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        test = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request, test):
            raise PermissionDenied
        before = comparing.earlier(test)
        context = {
            **self.admin_site.each_context(request),
            "title": shown.title(test),
            "test": test,
            "before": before,
            "badge": shown.status(test),
            "changes": comparing.changes(before, test) if before else [],
            "record_url": self._record_url(test),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/legitimate_interest/difference.html", context)

    def pdf_context(self, request: HttpRequest, record: BalanceTest) -> dict[str, Any]:
        controller = record.purpose.activity.controller.name
        return {"title": record, "controller": controller, "sheet": sheet(record), "test": record}

    def pdf_name(self, record: BalanceTest) -> str:
        return f"test-{record.reference}".replace("/", "-v")

    # Columns -------------------------------------------------------------------------------------

    @admin.display(description=_("Purpose"), ordering="purpose__name_pl")
    def name(self, test: BalanceTest) -> str:
        return test.purpose.name

    @admin.display(description=_("State"), ordering="state")
    def state_badge(self, test: BalanceTest) -> SafeString:
        return shown.status(test)

    @admin.display(description=pgettext_lazy("balance test", "Outcome"), ordering="outcome")
    def outcome_badge(self, test: BalanceTest) -> SafeString | str:
        return shown.outcome(test)

    @admin.display(description=_("Review by"), ordering="review_on")
    def review(self, test: BalanceTest) -> SafeString | str:
        return display.day(test.review_on)

    @admin.display(description=_("Purpose"))
    def purpose_link(self, test: BalanceTest) -> SafeString:
        url = reverse("admin:processing_purpose_change", args=[test.purpose_id])
        return format_html('<a href="{}">{}</a>', url, test.purpose.name)

    @admin.display(description=_("Period"))
    def period(self, test: BalanceTest) -> SafeString | str:
        if not test.valid_from:
            return "—"
        begins, ends = display.moment(test.valid_from), display.day(test.review_on)
        return format_html("{} – {}", begins, ends)

    @admin.display(description=_("Versions"))
    def versions(self, test: BalanceTest) -> SafeString | str:
        return shown.versions(test)
