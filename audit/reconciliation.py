"""Finds changes that left no history: raw SQL cannot be refused, so it is detected (row 5).

Set-based: each live row against its latest history row, field by field, NULL-safe on both.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from audit.models import AuditedModel
from audit.sql import is_postgresql


@dataclass(frozen=True)
class Gap:
    """A record whose row and history disagree; ``fields`` are names, never values."""

    model: type[models.Model]
    pk: int
    what: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        fields = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"{self.model._meta.label} {self.pk}: {self.what}{fields}"


def gaps() -> Iterator[Gap]:
    """Every gap of every register."""
    for model in apps.get_models():
        if issubclass(model, AuditedModel):
            yield from gaps_of(model)


def gaps_of(model: type[AuditedModel]) -> Iterator[Gap]:
    """Gaps of one register: unrecorded rows, changes and removals."""
    names = [field.attname for field in model.history.model.tracked_fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model))
        for pk, recorded, alive, ended, *unequal in cursor.fetchall():
            fields = tuple(n for n, differs in zip(names, unequal, strict=True) if differs)
            if not recorded:
                yield Gap(model, pk, "has no history")
            elif not alive:
                yield Gap(model, pk, "was removed without history")
            elif ended:
                yield Gap(model, pk, "stands although history says it was removed")
            else:
                yield Gap(model, pk, "was changed without history", fields)


def _statement(model: type[AuditedModel]) -> str:
    quote = connection.ops.quote_name
    live, past = quote(model._meta.db_table), quote(model.history.model._meta.db_table)
    columns = [quote(f.column) for f in model.history.model.tracked_fields]
    unlike = "IS DISTINCT FROM" if is_postgresql() else "IS NOT"
    differing = [f"(live.{c} {unlike} past.{c})" for c in columns]
    return (
        f"WITH latest AS (SELECT id, MAX(history_id) AS history_id "  # noqa: S608 (own names)
        f"FROM {past} GROUP BY id), "
        f"past AS (SELECT p.* FROM {past} p JOIN latest ON latest.history_id = p.history_id) "
        "SELECT COALESCE(live.id, past.id), past.history_id IS NOT NULL, live.id IS NOT NULL, "
        f"COALESCE(past.history_type = '-', FALSE), {', '.join(differing)} "
        f"FROM {live} live FULL OUTER JOIN past ON past.id = live.id "
        "WHERE past.history_id IS NULL OR (live.id IS NULL AND past.history_type <> '-') "
        f"OR (live.id IS NOT NULL AND (past.history_type = '-' OR {' OR '.join(differing)})) "
        "ORDER BY 1"
    )
