"""The record of processing activities, laid out as Art. 30 asks for it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin, Link
from audit.lists import RegisterList, SavedView
from processing.admin import shown
from processing.admin.involving import InvolvingAdmin
from processing.admin.parts import INLINES
from processing.models import ProcessingActivity
from processing.resources import ProcessingActivityResource


def _both(field: str) -> tuple[str, str]:
    """The Polish and the English text, side by side."""
    return f"{field}_pl", f"{field}_en"


class RecordFilter(admin.SimpleListFilter):
    title = _("record")
    parameter_name = "record"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            # Translators: "RCP: nasze czynności"
            ("rcp", _("RCP: what the centre does for itself")),
            # Translators: "RKCP: czynności na zlecenie"
            ("rkcp", _("RKCP: what it does for clients")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "rcp":
            return queryset.own()
        return queryset.for_clients() if self.value() == "rkcp" else queryset


class CarriedOutFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Carried out")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "now":
            return queryset.carried_out()
        if self.value() == "ended":
            return queryset.filter(active_until__lte=timezone.now())
        return queryset


@admin.register(ProcessingActivity)
class ProcessingActivityAdmin(AuditedImportExportMixin, InvolvingAdmin, RegisterList, AuditedAdmin):
    parts = (
        "processing.activityprocessor",
        "processing.activitytool",
        "processing.activityrecipient",
        "processing.activitytransfer",
    )
    resource_classes = (ProcessingActivityResource,)
    list_display = ("number", "name", "record", "state", "purpose_count", "bases")
    list_display_links = ("name",)
    as_of_display = (
        "number",
        "controller",
        "special_data",
        "dpia_needed",
        "active_from",
        "active_until",
    )
    list_filter = (RecordFilter, CarriedOutFilter, "special_data", "dpia_needed")
    list_select_related = ("controller",)
    search_fields = ("name_pl", "name_en", "purposes__name_pl", "purposes__name_en")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("RCP"), {"record": "rcp"}),
        SavedView(_("RKCP"), {"record": "rkcp"}),
        SavedView(_("DPIA needed"), {"dpia_needed__exact": "1"}),
        SavedView(_("Ended"), {"state": "ended"}),
    )
    fieldsets = (
        (None, {"classes": ("pairs",), "fields": ("number", _both("name"), "unit")}),
        (
            # Translators: "Administrator danych (art. 30 ust. 1 lit. a)"
            _("Controller (Art. 30(1)(a))"),
            {"fields": ("controller", "contact", "joint_controllers")},
        ),
        (_("Purposes (Art. 30(1)(b))"), {"fields": ("purposes_panel",)}),
        (
            _("People and data (Art. 30(1)(c))"),
            {
                "classes": ("pairs",),
                "fields": (_both("subjects"), _both("data"), "special_data", _both("source")),
            },
        ),
        (
            _("Recipients (Art. 30(1)(d))"),
            {"classes": ("pairs",), "fields": (_both("recipients"),)},
        ),
        (
            _("Transfers to third countries (Art. 30(1)(e))"),
            {"classes": ("pairs",), "fields": (_both("transfers"), "transfer_safeguards")},
        ),
        (
            _("Planned erasure (Art. 30(1)(f))"),
            {"classes": ("pairs",), "fields": (_both("retention"),)},
        ),
        (
            _("Security measures (Art. 30(1)(g))"),
            {"classes": ("pairs",), "fields": (_both("security"), "systems")},
        ),
        (
            _("Processing for a client (Art. 30(2)(b))"),
            {
                "classes": ("pairs",),
                "fields": (_both("processing"),),
                "description": _("Only where the controller is a client: a row of the RKCP."),
            },
        ),
        (_("Impact assessment (Art. 35)"), {"fields": ("dpia_needed", "dpia_location")}),
        (_("Period"), {"fields": ("active_from", "active_until")}),
    )
    readonly_fields = ("contact", "purposes_panel")
    inlines = INLINES

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcessingActivity]:
        return super().get_queryset(request).prefetch_related("purposes")

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return (
            (*self.list_display, "controller") if shown.several_controllers() else self.list_display
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: ProcessingActivity | None = None
    ) -> tuple[str, ...]:
        # Consents hang on the controller of their purpose.
        frozen = ("controller",) if obj and obj.purposes.exists() else ()
        return (*self.readonly_fields, *frozen)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = ProcessingActivity.objects.own().order_by("-number").first()
        number = {"number": str(last.number + 1)} if last else {"number": "1"}
        return number | super().get_changeform_initial_data(request)

    def offered_verbs(self, request: HttpRequest, record: ProcessingActivity) -> list[Link]:
        if not request.user.has_perm("processing.add_purpose"):
            return []
        url = f"{reverse('admin:processing_purpose_add')}?activity={record.pk}"
        return [Link(_("Add purpose"), url)]

    def requires_reason(self, record: ProcessingActivity) -> bool:
        return record.is_carried_out

    def badge(self, record: ProcessingActivity) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("Name"), ordering="name_pl")
    def name(self, activity: ProcessingActivity) -> str:
        return activity.name

    @admin.display(description=_("Record"), ordering="controller__is_own")
    def record(self, activity: ProcessingActivity) -> str:
        return str(_("RKCP") if activity.is_for_client else _("RCP"))

    @admin.display(description=_("State"), ordering="active_until")
    def state(self, activity: ProcessingActivity) -> SafeString:
        words = (_("Planned"), _("Carried out"), _("Ended"))
        return shown.period(activity.active_from, activity.active_until, words=words)

    @admin.display(description=_("Purposes"))
    def purpose_count(self, activity: ProcessingActivity) -> str:
        return display.number(len(activity.purposes.all()))

    @admin.display(description=_("Legal bases"))
    def bases(self, activity: ProcessingActivity) -> str:
        letters = {purpose.basis[-1] for purpose in activity.purposes.all()}
        return _("6(1): %(letters)s") % {"letters": ", ".join(sorted(letters))} if letters else ""

    @admin.display(description=_("Contact of the controller"))
    def contact(self, activity: ProcessingActivity) -> str:
        """Address, representative and data protection officer, as Art. 30(1)(a) asks for them."""
        if not activity.pk:
            return str(_("Comes from the register of organisations."))
        return render_to_string(
            "admin/processing/controller.html", {"controller": activity.controller}
        )

    @admin.display(description=_("Purposes"))
    def purposes_panel(self, activity: ProcessingActivity) -> str:
        if not activity.pk:
            # Translators: "Najpierw zapisz czynność, potem dodaj cele."
            return str(_("Save the activity first, then add its purposes."))
        return render_to_string("admin/processing/purposes.html", {"activity": activity})
