"""Answers and impacts of all tests, to read, export and import; they are written in the steps."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin
from legitimate_interest import shown, weights
from legitimate_interest.choices import Part
from legitimate_interest.models import BalanceAnswer, BalanceImpact, BalanceTest
from legitimate_interest.resources import BalanceAnswerResource, BalanceImpactResource
from legitimate_interest.sheet import Weighing, yes_no


class PartFilter(admin.SimpleListFilter):
    title = _("part")
    parameter_name = "part"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return Part.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(question__part=self.value()) if self.value() else queryset


class TestFilter(admin.SimpleListFilter):
    __test__ = False
    title = _("balance test")
    parameter_name = "test"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        tests = BalanceTest.objects.select_related("purpose").order_by("purpose", "-version")
        return [(str(test.pk), shown.short_title(test)) for test in tests]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(test=self.value()) if self.value() else queryset


class PartAdmin(AuditedImportExportMixin, AuditedAdmin):
    """Read here; a draft's parts are written where its steps ask for them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("Balance test"))
    def test_link(self, part: Any) -> SafeString:
        url = reverse("admin:legitimate_interest_balancetest_change", args=[part.test_id])
        return format_html('<a href="{}">{}</a>', url, shown.short_title(part.test))


@admin.register(BalanceAnswer)
class BalanceAnswerAdmin(PartAdmin):
    resource_classes = (BalanceAnswerResource,)
    list_display = ("asked", "said", "text", "test_link")
    list_filter = (TestFilter, PartFilter)
    list_select_related = ("question", "test__purpose")
    search_fields = ("text",)
    fields = ("test_link", "asked", "said", "text")
    readonly_fields = ("test_link", "asked", "said")

    @admin.display(description=_("Question"))
    def asked(self, answer: BalanceAnswer) -> str:
        return answer.question.text

    @admin.display(description=pgettext_lazy("of an answer", "Yes or no"))
    def said(self, answer: BalanceAnswer) -> str:
        return yes_no(answer.flag) or "—"


@admin.register(BalanceImpact)
class BalanceImpactAdmin(PartAdmin):
    resource_classes = (BalanceImpactResource,)
    list_display = ("description", "before", "after", "test_link")
    list_filter = (TestFilter,)
    list_select_related = ("test__purpose",)
    search_fields = ("description",)
    fields = ("test_link", "description", "before", "safeguards", "after")
    readonly_fields = ("test_link", "before", "after")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).kept()

    @admin.display(description=_("Without safeguards"))
    def before(self, impact: BalanceImpact) -> SafeString:
        weighing = Weighing(0, impact)
        return display.badge(weighing.before_name, weights.TONES[weighing.before])

    @admin.display(description=_("With safeguards"))
    def after(self, impact: BalanceImpact) -> SafeString | str:
        weighing = Weighing(0, impact)
        if not weighing.after:
            return "—"
        return display.badge(weighing.after_name, weights.TONES[weighing.after])
