"""Batches of every table, newest first, by steps from one to the next.

The name of a batch begins with the moment at which it began (``audit.act.new_batch``), so the index
on it is in the order of the trail: a page costs as many steps in each table as it has entries,
however many batches there are and however large each is.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Value
from django.db.models.expressions import RawSQL

from audit.act import first_batch_at
from audit.trail.asked import Asked, Key
from audit.trail.entries import Entry
from audit.trail.search import Found
from audit.trail.tables import Table, tables


def batches(asked: Asked, after: Key | None, limit: int) -> list[Entry]:
    """Up to ``limit`` of the batches before ``after`` that are asked for, the newest first."""
    heads = _once(_heads(asked, _below(asked, after), limit))
    return sorted(heads, key=lambda entry: entry.key.order, reverse=True)[:limit]


def _below(asked: Asked, after: Key | None) -> UUID | None:
    """The batch before which to begin; None for the newest."""
    bounds = [] if asked.ends is None else [first_batch_at(asked.ends)]
    if after is not None:
        # A batch stands behind the single changes of its moment.
        later = after.at + timedelta(milliseconds=1)
        bounds.append(UUID(after.row) if after.is_batch else first_batch_at(later))
    return min(bounds, default=None)


def _once(heads: Iterable[Entry]) -> list[Entry]:
    """One entry for a batch that came to several registers."""
    return list({head.batch: head for head in heads}.values())


def _heads(asked: Asked, below: UUID | None, limit: int) -> list[Entry]:
    """One row of each batch in each table."""
    found = Found(asked.words)
    arms, params = [], []
    for table in tables():
        if asked.register in ("", table.key):
            sql, values = _arm(table, asked, found, below, limit)
            arms.append(f"SELECT * FROM ({sql}) t{table.place}")  # noqa: S608 (made by the ORM)
            params += values
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), params)
        return [_head(row) for row in cursor.fetchall()]


def _arm(
    table: Table, asked: Asked, found: Found, below: UUID | None, limit: int
) -> tuple[str, tuple[Any, ...]]:
    steps, values = _steps(table, below, first_batch_at(asked.begins) if asked.begins else None)
    condition, more = _condition(table, asked, found)
    walk = RawSQL(f"{steps} {condition} LIMIT {limit}", [*values, *more])  # noqa: S611 (own names)
    shared = (table.names[each] for each in ("batch", "by", "name", "way", "reason"))
    return table.rows().filter(pk__in=walk).values_list(*shared).query.sql_with_params()


def _steps(table: Table, below: UUID | None, since: UUID | None) -> tuple[str, list[Any]]:
    """``head.pk``: a row of each batch from ``below`` down to ``since``, found one by one.

    A DISTINCT would read every row of an import of a million.
    """
    quote = connection.ops.quote_name
    column = table.model._meta.get_field(table.names["batch"])
    name, batch = quote(table.model._meta.db_table), quote(column.column)
    pk = quote(table.model._meta.pk.column)
    floor = f"AND {batch} >= %s" if since else ""
    step = f"SELECT {batch} FROM {name} WHERE {batch} {{}} {floor} ORDER BY {batch} DESC LIMIT 1"  # noqa: S608 (own names)
    first = step.format("< %s" if below else "IS NOT NULL")
    bounds = [column.get_db_prep_value(each, connection) for each in (below, since) if each]
    return (
        f"WITH RECURSIVE step(batch) AS (SELECT ({first}) UNION ALL "  # noqa: S608 (own names)
        f"SELECT ({step.format('< step.batch')}) FROM step WHERE step.batch IS NOT NULL) "
        "SELECT pk FROM (SELECT "
        f"(SELECT {pk} FROM {name} WHERE {batch} = step.batch LIMIT 1) AS pk "
        "FROM step WHERE step.batch IS NOT NULL) head",
        [*bounds, *([bounds[-1]] if since else [])],
    )


def _condition(table: Table, asked: Asked, found: Found) -> tuple[str, tuple[Any, ...]]:
    """What is asked of a batch as a whole, asked of its row.

    As a number to compare: from an EXISTS the planner would make a join, and take every step first.
    """
    asks = asked.acts(table.names)
    if asked.words:
        asks &= found.by_reason(table)
    if not asks:
        return "", ()
    rows = table.rows().filter(asks, pk=RawSQL("head.pk", ()))
    one = rows.annotate(one=Value(1, models.IntegerField())).values_list("one")
    sql, params = one.query.sql_with_params()
    return f"WHERE ({sql}) = 1", params


def _head(row: tuple[Any, ...]) -> Entry:
    batch, by, name, way, reason = row
    uuid = batch if isinstance(batch, UUID) else UUID(batch)
    return Entry(Key.of_batch(uuid), by, name or "", way, reason or "", batch=uuid)
