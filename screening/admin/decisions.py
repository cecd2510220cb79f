"""The decision log: who asked whom they may contact, and how many yes and no they got."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display
from audit.admin import AccessEventAdmin
from audit.admin.logs import NOTHING, EndFilter
from audit.choices import AccessAction
from processing.choices import Campaign, Channel
from processing.models import Purpose
from screening.models import Decision
from screening.models.decisions import ANSWERS
from screening.resources import DecisionResource

# Purposes named in one cell.
SHOWN = 3


class AnswerFilter(admin.SimpleListFilter):
    title = _("action")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(action, AccessAction(action).label) for action in ANSWERS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(action=self.value()) if self.value() in ANSWERS else queryset


class NamedPurposeFilter(admin.SimpleListFilter):
    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        contacted = Purpose.objects.exclude(campaign=Campaign.INTERNAL).order_by("name_pl")
        return [(purpose.slug, purpose.name) for purpose in contacted]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {slug for slug, _name in self.lookup_choices}
        return queryset.about(self.value()) if self.value() in known else queryset


class PeriodFilter(admin.SimpleListFilter):
    # Translators: "okres"
    title = _("period")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _("Last 24 hours")),
            ("7", _("Last 7 days")),
            ("30", _("Last 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("1", "7", "30"):
            return queryset
        since = timezone.now() - timedelta(days=int(self.value()))
        return queryset.filter(recorded_at__gte=since)


@admin.register(Decision)
class DecisionAdmin(AccessEventAdmin):
    resource_classes = (DecisionResource,)
    list_display = (
        "opened_at",
        "who",
        "action",
        "purposes",
        "channels",
        "moment",
        "yes",
        "no",
        "end",
        "why",
    )
    list_filter = (AnswerFilter, NamedPurposeFilter, PeriodFilter, EndFilter)
    list_select_related = ("recorded_by", "closed_by", "contact_list")
    fields = (
        "opened_at",
        "who",
        "way",
        "action",
        "purposes",
        "channels",
        "tool",
        "moment",
        "yes",
        "no",
        "of_list",
        "why",
        "filters",
        "columns",
        "end",
        "rows_left",
        "hash_left",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).answers()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        # One query for the names of a whole page.
        names = _names()
        for decision in changelist.result_list:
            decision.names = names
        return changelist

    @admin.display(description=_("Purpose"))
    def purposes(self, decision: Decision) -> str:
        names = getattr(decision, "names", None) or _names()
        named = [names.get(key, key) for key in decision.purpose_keys]
        if len(named) <= SHOWN:
            return ", ".join(named)
        more = _("{first} and {n} more")
        return str(more).format(first=", ".join(named[: SHOWN - 1]), n=len(named) - SHOWN + 1)

    @admin.display(description=_("Channel"))
    def channels(self, decision: Decision) -> str:
        labels = dict(Channel.choices)
        return ", ".join(str(labels.get(code, code)) for code in decision.channel_codes)

    @admin.display(description=_("Tool"))
    def tool(self, decision: Decision) -> str:
        return decision.filters.get("tool") or NOTHING

    @admin.display(description=_("As of"))
    def moment(self, decision: Decision) -> str:
        as_of = parse_datetime(decision.filters.get("as_of", ""))
        return display.moment(as_of) or NOTHING

    # Translators: "Wolno"
    @admin.display(description=pgettext_lazy("count", "Allowed"))
    def yes(self, decision: Decision) -> str:
        return display.number(decision.allowed) or NOTHING

    # Translators: "Nie wolno"
    @admin.display(description=pgettext_lazy("count", "Denied"))
    def no(self, decision: Decision) -> str:
        return display.number(decision.denied) or NOTHING

    @admin.display(description=_("List"))
    def of_list(self, decision: Decision) -> str:
        made = getattr(decision, "contact_list", None)
        if made is None:
            return NOTHING
        url = reverse("admin:screening_contactlist_change", args=[made.pk])
        return format_html('<a href="{}">{}</a>', url, made)


def _names() -> dict[str, str]:
    return {purpose.slug: purpose.name for purpose in Purpose.objects.all()}
