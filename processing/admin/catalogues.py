"""Short lists that activities choose from: recipients, and what retention runs from."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin
from audit.lists import RegisterList, SavedView
from processing.models import Recipient, RetentionTrigger, held_at
from processing.resources import RecipientResource, RetentionTriggerResource


def _running(related: str) -> Q:
    return held_at(timezone.now(), f"{related}__since", f"{related}__until")


class NamedFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("named", _("named companies")), ("category", _("categories"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("named", "category"):
            return queryset.filter(organisation__isnull=self.value() == "category")
        return queryset


@admin.register(Recipient)
class RecipientAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (RecipientResource,)
    list_display = ("name", "organisation", "activity_count", "slug")
    list_select_related = ("organisation",)
    list_filter = (NamedFilter,)
    search_fields = ("name_pl", "name_en", "slug", "organisation__name")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Named companies"), {"kind": "named"}),
        SavedView(_("Categories"), {"kind": "category"}),
    )
    fieldsets = (
        (None, {"classes": ("pairs",), "fields": (("name_pl", "name_en"), "slug")}),
        (_("Who it is"), {"fields": ("organisation",)}),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recipient]:
        counted = Count("disclosures", filter=_running("disclosures"))
        return super().get_queryset(request).annotate(running=counted)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("name_pl",)}

    @admin.display(description=_("Name"), ordering="name_pl")
    def name(self, recipient: Recipient) -> str:
        return recipient.name

    @admin.display(description=_("Activities"), ordering="running")
    def activity_count(self, recipient: Any) -> str:
        return display.number(recipient.running)


@admin.register(RetentionTrigger)
class RetentionTriggerAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (RetentionTriggerResource,)
    list_display = ("name", "offered", "phrase", "rule_count", "slug")
    list_filter = ("active",)
    search_fields = ("name_pl", "name_en", "slug")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Offered for new rules"), {"active__exact": "1"}),
    )
    fieldsets = (
        (None, {"classes": ("pairs",), "fields": (("name_pl", "name_en"), "slug")}),
        (_("In a sentence"), {"classes": ("pairs",), "fields": (("phrase_pl", "phrase_en"),)}),
        (_("Use"), {"fields": ("position", "active")}),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[RetentionTrigger]:
        counted = Count("rules", filter=_running("rules"))
        return super().get_queryset(request).annotate(running=counted)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def badge(self, record: RetentionTrigger) -> SafeString | str:
        return self.offered(record)

    @admin.display(description=_("Name"), ordering="name_pl")
    def name(self, trigger: RetentionTrigger) -> str:
        return trigger.name

    @admin.display(description=_("State"), ordering="active")
    def offered(self, trigger: RetentionTrigger) -> SafeString:
        if trigger.active:
            return display.badge(_("In use"), "ok")
        return display.badge(_("Out of use"))

    @admin.display(description=_("In a sentence"))
    def phrase(self, trigger: RetentionTrigger) -> str:
        return trigger.phrase

    @admin.display(description=_("Rules"), ordering="running")
    def rule_count(self, trigger: Any) -> str:
        return display.number(trigger.running)
