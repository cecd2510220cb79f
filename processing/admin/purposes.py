"""Purposes: each on one basis of Art. 6(1), commercial or service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin, Verb, VerbForm, VerbsAdmin
from audit.lists import RegisterList, SavedView
from processing.admin import shown
from processing.choices import DOUBTFUL, Nature
from processing.models import ProcessingActivity, Purpose
from processing.resources import PurposeResource


class ApproveForm(VerbForm):
    """The controller decides, and says what the DPO advised (Art. 38(6))."""

    service_reason = forms.CharField(
        label=_("Why it is not commercial"), widget=forms.Textarea(attrs={"rows": 3})
    )
    service_opinion = forms.CharField(
        label=_("Opinion of the DPO"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("service_reason", "service_opinion"):
            self.fields[name].initial = getattr(self.record, name)

    def reason(self) -> str:
        return self.cleaned_data["service_reason"]

    def perform(self) -> None:
        self.record.approve_as_service(
            by=self.user,
            reason=self.cleaned_data["service_reason"],
            opinion=self.cleaned_data["service_opinion"],
        )


def _is_doubtful(purpose: Purpose) -> bool:
    return purpose.campaign in DOUBTFUL


def _already_approved(purpose: Purpose) -> Any:
    is_service = purpose.nature == Nature.SERVICE
    return _("This purpose is already approved as service.") if is_service else ""


class ActivityFilter(admin.SimpleListFilter):
    title = _("activity")
    parameter_name = "activity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(each.pk), each) for each in ProcessingActivity.objects.all()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(activity=self.value()) if self.value() else queryset


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Active")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "now":
            return queryset.active()
        if self.value() == "ended":
            return queryset.filter(active_until__lte=timezone.now())
        return queryset


@admin.register(Purpose)
class PurposeAdmin(AuditedImportExportMixin, RegisterList, VerbsAdmin, AuditedAdmin):
    resource_classes = (PurposeResource,)
    list_display = ("name", "nature_badge", "basis", "state", "activity_name", "slug")
    list_filter = ("nature", "basis", StateFilter, "campaign", ActivityFilter)
    list_select_related = ("activity__controller",)
    search_fields = ("name_pl", "name_en", "slug")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Commercial"), {"nature__exact": "commercial"}),
        SavedView(_("On consent"), {"basis__exact": "6-1-a"}),
        SavedView(_("On legitimate interest"), {"basis__exact": "6-1-f"}),
        SavedView(_("Ended"), {"state": "ended"}),
    )
    fieldsets = (
        (
            None,
            {"classes": ("pairs",), "fields": ("activity", ("name_pl", "name_en"), "slug")},
        ),
        (
            _("What for"),
            {"classes": ("pairs",), "fields": (("description_pl", "description_en"),)},
        ),
        (
            _("Legal basis (Art. 6(1))"),
            {"fields": ("basis", "basis_law", "special_condition")},
        ),
        (
            # Translators: "Charakter: handlowy czy usługowy"
            _("Nature: commercial or service"),
            {
                "fields": ("campaign", "nature", "approval"),
                "description": _(
                    "Mixed is commercial. A survey, renewal or image campaign becomes service only "
                    "when an approver records why."
                ),
            },
        ),
        (_("Period"), {"fields": ("active_from", "active_until")}),
    )
    readonly_fields = ("approval",)

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    verbs = (
        Verb(
            "approve-as-service",
            # Translators: "Zatwierdź jako usługowy"
            _("Approve as service"),
            "processing.approve_service_nature",
            ApproveForm,
            _("The purpose is now a service one."),
            says=_(
                "From now on the channel's consent is no longer asked for this purpose. "
                "The courts have treated surveys as marketing: record why this one is not."
            ),
            blocked=_already_approved,
            offered=_is_doubtful,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Purpose]:
        return super().get_queryset(request).select_related("service_approved_by")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Purpose | None = None
    ) -> tuple[str, ...]:
        # Machines already use the key.
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Purpose | None = None
    ) -> dict[str, Any]:
        return {} if obj else {"slug": ("name_pl",)}

    def requires_reason(self, record: Purpose) -> bool:
        return record.is_active

    def badge(self, record: Purpose) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("Name"), ordering="name_pl")
    def name(self, purpose: Purpose) -> str:
        return purpose.name

    @admin.display(description=_("Nature"), ordering="nature")
    def nature_badge(self, purpose: Purpose) -> SafeString:
        return shown.nature(purpose)

    @admin.display(description=_("State"), ordering="active_until")
    def state(self, purpose: Purpose) -> SafeString:
        return shown.purpose_state(purpose)

    @admin.display(description=_("Activity"), ordering="activity__number")
    def activity_name(self, purpose: Purpose) -> str:
        return str(purpose.activity)

    @admin.display(description=_("Approval as service"))
    def approval(self, purpose: Purpose) -> str:
        if not purpose.service_approved_by:
            return str(_("none"))
        return format_html(
            "{} · {}<br>{}<br>{}",
            purpose.service_approved_by,
            display.moment(purpose.service_approved_at),
            purpose.service_reason,
            purpose.service_opinion,
        )
