"""Lists of millions: a page begins where the last one ended, and nothing is ever counted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db import connection, models
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from audit.sql import is_postgresql

OLDER, NEWER = "older", "newer"


class KeysetChangeList(ChangeList):
    """Pages by ``model_admin.keyset``, newest first: an instant and the key, or the key alone."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[str]:
        return [f"-{name}" for name in self.model_admin.keyset]

    def get_results(self, request: HttpRequest) -> None:
        rows, self.older_url, self.newer_url = self._page(request.GET.get(PAGE_VAR, ""))
        self.result_list = rows
        self.result_count = len(rows)
        self.full_result_count = None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = bool(rows)
        self.paginator = None

    def _page(self, asked: str) -> tuple[list[models.Model], str, str]:
        side, _, cursor = asked.partition(".")
        edge = _decode(cursor, self.model_admin.keyset)
        if edge and side == NEWER:
            rows, more = self._upwards(edge)
            has_older, has_newer = True, more
        else:
            edge = edge if side == OLDER else None
            rows, has_older = self._downwards(edge)
            has_newer = bool(edge)
        return rows, self._url(OLDER, rows[-1:], has_older), self._url(NEWER, rows[:1], has_newer)

    def _downwards(self, edge: list[Any] | None) -> tuple[list[models.Model], bool]:
        rows = self.queryset
        if edge:
            rows = rows.filter(_beyond(self.model_admin.keyset, edge, "lt"))
        found = list(rows[: self.list_per_page + 1])
        return found[: self.list_per_page], len(found) > self.list_per_page

    def _upwards(self, edge: list[Any]) -> tuple[list[models.Model], bool]:
        keys = self.model_admin.keyset
        rows = self.queryset.filter(_beyond(keys, edge, "gt")).order_by(*keys)
        found = list(rows[: self.list_per_page + 1])
        return found[: self.list_per_page][::-1], len(found) > self.list_per_page

    def _url(self, side: str, edge: list[models.Model], exists: bool) -> str:
        if not (edge and exists):
            return ""
        cursor = _encode(edge[0], self.model_admin.keyset)
        return self.get_query_string({PAGE_VAR: f"{side}.{cursor}"})


def _encode(row: models.Model, keys: Sequence[str]) -> str:
    return "~".join(_text(getattr(row, key)) for key in keys)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%f")
    return str(value)


def _decode(cursor: str, keys: Sequence[str]) -> list[Any] | None:
    """The edge that a cursor names; one that nobody handed out begins the list anew."""
    parts = cursor.split("~")
    if not cursor or len(parts) != len(keys):
        return None
    try:
        *instants, key = parts
        moments = [datetime.strptime(i, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC) for i in instants]
        return [*moments, int(key)]
    except ValueError:
        return None


def _beyond(keys: Sequence[str], edge: list[Any], side: str) -> Q:
    """Rows after ``edge`` in the order of ``keys``; the first comparison alone uses the index."""
    if len(keys) == 1:
        return Q(**{f"{keys[0]}__{side}": edge[0]})
    first, last = keys
    return Q(**{f"{first}__{side}e": edge[0]}) & (
        Q(**{f"{first}__{side}": edge[0]}) | Q(**{first: edge[0], f"{last}__{side}": edge[1]})
    )


def about(model: type[models.Model]) -> int | None:
    """Roughly how many rows there are, without reading them; None where nobody knows yet."""
    if not is_postgresql():
        # Rows of the house are never deleted: the greatest key counts them.
        return model._base_manager.aggregate(top=models.Max("pk"))["top"] or 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        estimate = cursor.fetchone()[0]
    return None if estimate < 0 else int(estimate)
