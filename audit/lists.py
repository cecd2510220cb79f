"""Lists of registers, which are short: counted, sorted by any column, with saved views above."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst


@dataclass(frozen=True)
class SavedView:
    """A useful view of a list; ``count`` tells how much waits there, if that is worth knowing."""

    label: Any
    query: dict[str, str] = field(default_factory=dict)
    count: Callable[[], int] | None = None


class Tab(NamedTuple):
    """A saved view as ``admin/change_list.html`` shows it."""

    label: Any
    url: str
    is_current: bool
    count: int | None


class RegisterList(admin.ModelAdmin):
    """A list with ``saved_views`` as links above the rows.

    ``empty_says``: one sentence for a list without any row, on what comes here and how.
    """

    saved_views: Sequence[SavedView] = ()
    empty_says: Any = ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().changelist_view(
            request, {"views": list(self._tabs(request)), **(extra_context or {})}
        )

    def _tabs(self, request: HttpRequest) -> Iterator[Tab]:
        asked = {key: value for key, value in request.GET.items() if key not in ("o", "p")}
        for view in self.saved_views:
            url = f"?{urlencode(view.query)}" if view.query else "?"
            count = view.count() if view.count else None
            yield Tab(view.label, url, asked == view.query, count)


class Door(NamedTuple):
    """The list of another register, as ``admin/change_list.html`` leads to it."""

    label: str
    url: str


def parts_of(model_admin: admin.ModelAdmin, request: HttpRequest) -> list[Door]:
    """Lists of the registers whose rows hang on this one's, that the user may see."""
    site, labels = model_admin.admin_site, getattr(model_admin, "parts", ())
    found = [site._registry.get(apps.get_model(label)) for label in labels]
    return [_door(each) for each in found if each and each.has_view_permission(request)]


def whole_of(model_admin: admin.ModelAdmin, request: HttpRequest) -> Door | None:
    """The list on whose rows this one's hang; None where there is none for the user."""
    ours = model_admin.opts.label_lower
    for other in model_admin.admin_site._registry.values():
        if ours in getattr(other, "parts", ()) and other.has_view_permission(request):
            return _door(other)
    return None


def _door(model_admin: admin.ModelAdmin) -> Door:
    opts = model_admin.opts
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return Door(capfirst(str(opts.verbose_name_plural)), url)
