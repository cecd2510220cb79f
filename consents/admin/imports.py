"""Files that came in, and formats that are known. The work itself has screens of its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, ReadOnlyAdmin
from audit.lists import RegisterList
from consents.admin import filters, shown
from consents.admin.import_look import state_badge
from consents.admin.lists import RoomList
from consents.models import ConsentImport, MappingPreset

# The counts of an import in the words of its own page.
COUNTED = {
    "rows": _("Rows"),
    "applied": _("Applied rows"),
    "rejected": _("Rows with an error, left out"),
    "given": _("Consents given"),
    "confirmed": _("Consents confirmed"),
    "refused": _("Consents refused"),
    "withdrawn": _("Consents withdrawn"),
    "restricted": _("Objections and restrictions"),
    "suppressed": _("Put on the suppression list"),
    "protected": _("Given, but a no stands"),
    "unchanged": _("Unchanged"),
    "contacts": _("New numbers and addresses"),
    "people": _("New people"),
}


@admin.register(ConsentImport)
class ConsentImportAdmin(RoomList, ReadOnlyAdmin):
    parts = ("consents.mappingpreset",)
    list_display = (
        "file_name",
        "state_badge",
        "source_name",
        "rows",
        "applied_rows",
        "rejected",
        "owner",
        "uploaded",
    )
    controller_column = "controller"
    list_filter = (
        filters.ImportStateFilter,
        filters.SourceFilter,
        filters.PurposeFilter,
        filters.SourceControllerFilter,
    )
    list_select_related = ("source__controller", "purpose", "owner")
    fields = (
        "file_name",
        "state_badge",
        "source",
        "purpose",
        "preset",
        "encoding",
        "time_zone",
        "as_of",
        "size",
        "sha256",
        "counted",
        "owner",
        "reason",
        "uploaded",
        "applied_at",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("State"))
    def state_badge(self, each: ConsentImport) -> str:
        return state_badge(each)

    @admin.display(description=_("Source"))
    def source_name(self, each: ConsentImport) -> str:
        return each.source.name

    @admin.display(description=_("Rows"))
    def rows(self, each: ConsentImport) -> str:
        return display.number(each.counts.get("rows")) or shown.NOTHING

    @admin.display(description=_("Applied rows"))
    def applied_rows(self, each: ConsentImport) -> str:
        return display.number(each.counts.get("applied")) or shown.NOTHING

    @admin.display(description=_("Rejected"))
    def rejected(self, each: ConsentImport) -> str:
        return display.number(each.counts.get("rejected")) or shown.NOTHING

    @admin.display(description=_("Uploaded"))
    def uploaded(self, each: ConsentImport) -> str:
        return display.moment(each.created_at)

    @admin.display(description=_("Counts"))
    def counted(self, each: ConsentImport) -> str:
        told = ((label, each.counts.get(name)) for name, label in COUNTED.items())
        found = (f"{label}: {display.number(count)}" for label, count in told if count)
        return " · ".join(found) or shown.NOTHING

    @admin.display(description=_("Controller"))
    def controller(self, each: ConsentImport) -> str:
        return each.source.controller.name


@admin.register(MappingPreset)
class MappingPresetAdmin(RegisterList, AuditedAdmin):
    list_display = ("name", "slug", "confirmed")
    list_filter = ("confirmed",)
    fields = ("slug", "name_pl", "name_en", "confirmed", "mapping")

    def get_readonly_fields(self, request: HttpRequest, obj: MappingPreset | None = None) -> Any:
        return ("slug",) if obj else ()

    @admin.display(description=_("Name"))
    def name(self, preset: MappingPreset) -> str:
        return preset.name
