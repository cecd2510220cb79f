"""Channel rules: which law asked for consent on which channel, and when."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin
from audit.lists import RegisterList, SavedView
from processing.choices import Channel
from processing.models import ChannelRule
from processing.resources import ChannelRuleResource


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("In force")), ("ended", _("No longer in force"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        if self.value() == "now":
            return queryset.in_force(today)
        if self.value() == "ended":
            return queryset.filter(valid_until__lte=today)
        return queryset


@admin.register(ChannelRule)
class ChannelRuleAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (ChannelRuleResource,)
    change_list_template = "admin/processing/channelrule/change_list.html"
    list_display = ("channel", "regime", "state", "asks", "protects", "since", "until")
    list_filter = (StateFilter, "channel", "regime")
    search_fields = ("slug", "provision_pl", "provision_en")
    # Translators: "Przepis lub klucz"
    search_help_text = _("Provision or key")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("In force"), {"state": "now"}),
        SavedView(_("No longer in force"), {"state": "ended"}),
    )
    fieldsets = (
        (None, {"fields": ("slug", "channel", "regime", "protects", "consent_required")}),
        (
            _("Provision"),
            {"classes": ("pairs",), "fields": (("provision_pl", "provision_en"),)},
        ),
        (_("In force"), {"fields": (("valid_from", "valid_until"),)}),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    def get_readonly_fields(
        self, request: HttpRequest, obj: ChannelRule | None = None
    ) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().changelist_view(request, {**periods(), **(extra_context or {})})

    def requires_reason(self, record: ChannelRule) -> bool:
        return record.is_in_force(timezone.localdate())

    def badge(self, record: ChannelRule) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("State"))
    def state(self, rule: ChannelRule) -> SafeString:
        today = timezone.localdate()
        if rule.valid_from > today:
            return display.badge(_("Not yet in force"), "warn")
        if rule.valid_until and rule.valid_until <= today:
            return display.badge(_("No longer in force"), "off")
        return display.badge(_("In force"), "ok")

    @admin.display(description=_("Consent"), ordering="consent_required")
    def asks(self, rule: ChannelRule) -> str:
        return str(_("required") if rule.consent_required else _("not required"))

    @admin.display(description=_("From"), ordering="valid_from")
    def since(self, rule: ChannelRule) -> str:
        return display.day(rule.valid_from)

    @admin.display(description=_("Until"), ordering="valid_until")
    def until(self, rule: ChannelRule) -> str:
        """The first day without it."""
        return display.day(rule.valid_until)


def periods() -> dict[str, Any]:
    """Channels down, stretches of unchanged law across: which rules hold in each."""
    rules = list(ChannelRule.objects.all())
    starts = sorted({day for rule in rules for day in (rule.valid_from, rule.valid_until) if day})
    return {"law_starts": starts, "law_rows": list(_rows(rules, starts))}


def _rows(
    rules: list[ChannelRule], starts: list[date]
) -> Iterator[tuple[Any, list[list[ChannelRule]]]]:
    for channel in Channel:
        of_channel = [rule for rule in rules if rule.channel == channel]
        yield channel.label, [[r for r in of_channel if r.is_in_force(day)] for day in starts]
