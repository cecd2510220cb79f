"""Lists that left the house, for whoever oversees them: what each was, never who was on it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedExportMixin, ReadOnlyAdmin
from audit.admin.versions import author
from audit.lists import RegisterList, SavedView
from screening.made import made_page, state_badge
from screening.models import ContactList
from screening.resources import ContactListResource


class ValidFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("valid", _("Valid")), ("outlived", _("No longer valid"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "valid":
            return queryset.valid()
        if self.value() == "outlived":
            return queryset.filter(valid_until__lte=timezone.now())
        return queryset


@admin.register(ContactList)
class ContactListAdmin(AuditedExportMixin, RegisterList, ReadOnlyAdmin):
    resource_classes = (ContactListResource,)
    list_display = (
        "number",
        "state",
        "purpose_name",
        "channel",
        "kind",
        "who",
        "made_at",
        "valid_to",
        "people",
        "left_out",
    )
    list_display_links = ("number",)
    list_filter = (ValidFilter, "kind", "channel", ("purpose", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("purpose", "recorded_by")
    sortable_by = ()
    saved_views = (SavedView(_("All")), SavedView(_("Valid"), {"state": "valid"}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """The page that its maker sees, without what the maker alone may do."""
        made = self.get_object(request, object_id)
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request, made):
            raise PermissionDenied
        if made is None:
            raise Http404
        return made_page(request, made)

    @admin.display(description=_("List"))
    def number(self, made: ContactList) -> str:
        return str(made)

    @admin.display(description=_("State"))
    def state(self, made: ContactList) -> SafeString:
        return state_badge(made)

    @admin.display(description=_("Purpose"))
    def purpose_name(self, made: ContactList) -> str:
        return made.purpose.name

    @admin.display(description=_("Who"))
    def who(self, made: ContactList) -> str:
        return author(made.recorded_by, made.recorded_name)

    @admin.display(description=_("Made"))
    def made_at(self, made: ContactList) -> str:
        return display.moment(made.recorded_at)

    @admin.display(description=_("Valid until"))
    def valid_to(self, made: ContactList) -> str:
        return display.moment(made.valid_until)

    @admin.display(description=_("People"))
    def people(self, made: ContactList) -> str:
        return display.number(made.allowed)

    @admin.display(description=_("Left out"))
    def left_out(self, made: ContactList) -> str:
        return display.number(made.denied)
