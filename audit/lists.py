"""Lists of registers, which are short: counted, sorted by any column, with saved views above."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.http import urlencode


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
    """A list with ``saved_views`` as links above the rows."""

    saved_views: Sequence[SavedView] = ()

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
