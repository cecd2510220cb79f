"""What all lists of this room share: pages by key, a search by POST, and saved views as links."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.lists import RegisterList
from audit.paging import KeysetChangeList, about
from audit.verbs import Verb, VerbForm
from consents.admin.shown import several_controllers
from consents.lookup import Found, find


class RoomList(RegisterList):
    """A list that is never counted, sorted by nothing but its key, and asked by what it declares.

    ``search_label`` says what may be typed (empty: no search), ``controller_column`` names the
    column that only a house with several controllers shows.
    """

    keyset: Sequence[str] = ("id",)
    search_label: Any = ""
    controller_column = ""
    show_full_result_count = False
    sortable_by = ()
    actions: Any = None

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        if self.controller_column and several_controllers():
            return (*self.list_display, self.controller_column)
        return self.list_display

    def get_urls(self) -> list[URLPattern]:
        if not self.search_label:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_search"
        return [
            path("search/", self.admin_site.admin_view(self.search), name=name),
            *super().get_urls(),
        ]

    def search(self, request: HttpRequest) -> HttpResponse:
        """Narrow the list to what was typed; the address then holds digests or row keys alone."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        typed = request.POST.get("contact", "")[:320]
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        if query := self.query_for(find(typed), typed):
            return HttpResponseRedirect(f"{url}?{urlencode(query)}")
        messages.warning(request, _("The register holds nothing under this number, address or id."))
        return HttpResponseRedirect(url)

    def query_for(self, found: Found, typed: str) -> dict[str, str]:
        """Parameters of the list for what a search found; none where it found nothing."""
        if found.digests:
            return {"contact": ",".join(found.digests)}
        if found.people:
            return {"person": ",".join(map(str, found.people))}
        return {}

    def list_context(self) -> dict[str, Any]:
        """What a page beside the list needs for its way back."""
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return {"list_url": url, "list_title": self.opts.verbose_name_plural}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        context = {
            "search_label": self.search_label,
            "about": about(self.model),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)


def asked(request: HttpRequest, verb: Verb, form: VerbForm, **context: Any) -> TemplateResponse:
    """The page of a verb that is done with no one record."""
    title = {"title": verb.label, "verb": verb, "form": form}
    return TemplateResponse(
        request, "admin/verb.html", {**admin.site.each_context(request), **title, **context}
    )
