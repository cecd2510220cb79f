"""The history of one record: who changed what, when, by which way and why."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin

from audit import naming
from audit.admin.as_of import AsOfAdmin
from audit.admin.versions import Entry
from audit.changes import Reader

PER_PAGE = 50


class HistoryAdmin(AsOfAdmin, SimpleHistoryAdmin):
    """simple-history's admin with its holes closed: reads only, within ``get_queryset``.

    Both of its views answer to POST and pass over get_queryset; ours answer to GET alone, to people
    who may see the record and the trail (``audit.view_trail``).
    """

    history_list_per_page = PER_PAGE

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record = self._record_to_read(request, object_id)
        versions = record.history.select_related("history_user").order_by("-history_id")
        page = Paginator(versions, self.history_list_per_page).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": naming.name_of(record),
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            "object": record,
            "opts": self.opts,
            "page": page,
            "entries": _entries(versions, page),
            "as_of": self.day_form(request),
            "as_of_url": self.record_url(record),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One version of the record as it stood, to read."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record = self._record_to_read(request, object_id)
        if not version_id.isdecimal():
            raise Http404
        version = record.history.filter(pk=version_id).select_related("history_user").first()
        if version is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": naming.name_of(record),
            "object": record,
            "opts": self.opts,
            "entry": Entry(version, 0, []),
            "values": Reader([version]).values(version),
        }
        return TemplateResponse(request, "admin/object_version.html", context)

    def _record_to_read(self, request: HttpRequest, object_id: str) -> models.Model:
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        if not self.has_history_permission(request, record):
            raise PermissionDenied
        return record

    def has_history_permission(self, request: HttpRequest, record: Any = None) -> bool:
        may_look = self.has_view_or_change_permission(request, record)
        return may_look and request.user.has_perm("audit.view_trail")


def _entries(versions: models.QuerySet, page: Any) -> list[Entry]:
    """The versions of ``page``; one more is read, so that its oldest shows its difference too."""
    start = page.start_index() - 1 if page.paginator.count else 0
    rows = list(versions[start : start + page.paginator.per_page + 1])
    reader = Reader(rows)
    older: list[models.Model | None] = [*rows[1:], None]
    numbers = range(page.paginator.count - start, 0, -1)
    return [
        Entry(row, number, reader.changes(before, row))
        for row, before, number in zip(rows, older, numbers, strict=False)
    ][: page.paginator.per_page]
