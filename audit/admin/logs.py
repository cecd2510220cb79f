"""Who took or looked at what: each access as one line, with whether it ever ended."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin.files import AuditedExportMixin
from audit.admin.records import ReadOnlyAdmin
from audit.admin.versions import author
from audit.models import AccessEvent
from audit.reasons import readable
from audit.resources import AccessEventResource

NOTHING = "–"
WHOLE = Q(closed_by__isnull=False) | Q(rows__isnull=False)


class EndFilter(admin.SimpleListFilter):
    title = _("end")
    parameter_name = "end"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("whole", _("Complete")), ("aborted", _("Aborted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("whole", "aborted"):
            is_aborted = self.value() == "aborted"
            return queryset.filter(Q(closed_by=None, rows=None) if is_aborted else WHOLE)
        return queryset


@admin.register(AccessEvent)
class AccessEventAdmin(AuditedExportMixin, ReadOnlyAdmin):
    resource_classes = (AccessEventResource,)
    list_display = ("opened_at", "who", "action", "subject", "rows_left", "end", "why")
    list_display_links = ("opened_at",)
    list_filter = ("action", EndFilter)
    list_select_related = ("recorded_by", "closed_by")
    sortable_by = ()
    show_full_result_count = False
    fields = (
        "opened_at",
        "who",
        "way",
        "action",
        "subject",
        "why",
        "filters",
        "columns",
        "end",
        "rows_left",
        "hash_left",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessEvent]:
        """Openings alone: each brings the closing that names it."""
        return super().get_queryset(request).filter(closes=None)

    @admin.display(description=_("When"))
    def opened_at(self, event: AccessEvent) -> str:
        return display.moment(event.recorded_at)

    @admin.display(description=_("Who"))
    def who(self, event: AccessEvent) -> str:
        return author(event.recorded_by, event.recorded_name)

    @admin.display(description=_("Reason"))
    def why(self, event: AccessEvent) -> str:
        return readable(event.reason) or NOTHING

    @admin.display(description=_("Rows"))
    def rows_left(self, event: AccessEvent) -> str:
        closing = _closing(event)
        return display.number(closing.rows) if closing else NOTHING

    @admin.display(description=_("SHA-256"))
    def hash_left(self, event: AccessEvent) -> str:
        closing = _closing(event)
        return (closing and closing.sha256) or NOTHING

    @admin.display(description=_("End"))
    def end(self, event: AccessEvent) -> SafeString:
        if _closing(event):
            return display.badge(_("Complete"), "ok")
        return display.badge(_("Aborted"), "bad")


def _closing(event: AccessEvent) -> AccessEvent | None:
    """Itself where it was whole at once."""
    return event if event.rows is not None else getattr(event, "closed_by", None)
