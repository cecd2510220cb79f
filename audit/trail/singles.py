"""Single changes of every table, newest first: one UNION."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection, models
from django.db.models import F, Q, QuerySet, Value
from django.utils.dateparse import parse_datetime

from audit.trail.asked import Asked, Key
from audit.trail.entries import Entry
from audit.trail.search import Found
from audit.trail.tables import RECORDED, Table, tables


def singles(asked: Asked, after: Key | None, limit: int) -> list[Entry]:
    every = tables()
    found = Found(asked.words)
    arms, params = [], []
    for table in every:
        if (rows := _narrowed(table, asked, found)) is None:
            continue
        sql, values = _arm(table, _older(rows, table, after), limit)
        arms.append(f"SELECT * FROM ({sql}) t{table.place}")  # noqa: S608 (made by the ORM)
        params += values
    if not arms:
        return []
    # The union's columns by number: the names come from whichever table is first.
    union = f"{' UNION ALL '.join(arms)} ORDER BY 5 DESC, 1 DESC, 2 DESC LIMIT {limit}"
    with connection.cursor() as cursor:
        cursor.execute(union, params)
        return [_single(every, row) for row in cursor.fetchall()]


def _narrowed(table: Table, asked: Asked, found: Found) -> QuerySet | None:
    """The rows of ``table`` that are asked for; None where there can be none."""
    if asked.register and asked.register != table.key:
        return None
    rows = table.rows().filter(asked.acts(table.names), asked.period(table.names))
    if asked.action and table.is_history:
        rows = rows.filter(history_type=asked.action)
    elif asked.action not in ("", RECORDED):
        return None
    alone = Q(**{table.names["batch"]: asked.batch})
    if asked.words:
        # A record that was looked for is shown from within an import too.
        return rows.filter((alone & found.by_reason(table)) | found.by_record(table))
    return rows.filter(alone)


def _older(rows: QuerySet, table: Table, after: Key | None) -> QuerySet:
    if after is None:
        return rows
    at = table.names["at"]
    if table.place < after.place:
        return rows.filter(**{f"{at}__lte": after.at})
    if table.place > after.place:
        return rows.filter(**{f"{at}__lt": after.at})
    same_moment = Q(**{at: after.at, "pk__lt": int(after.row)})
    # The first comparison alone uses the index.
    return rows.filter(Q(**{f"{at}__lt": after.at}) | same_moment, **{f"{at}__lte": after.at})


def _arm(table: Table, rows: QuerySet, limit: int) -> tuple[str, tuple[Any, ...]]:
    names = table.names
    kind = F("history_type") if table.is_history else Value(RECORDED)
    columns = ("pk", names["record"], "trail_action")
    shared = (names[name] for name in ("at", "by", "name", "way", "reason"))
    place = Value(table.place, models.IntegerField())
    rows = rows.annotate(trail_place=place, trail_action=kind)
    rows = rows.order_by(f"-{names['at']}", "-pk")
    return rows.values_list("trail_place", *columns, *shared)[:limit].query.sql_with_params()


def _single(every: list[Table], row: tuple[Any, ...]) -> Entry:
    place, pk, record, action, at, by, name, way, reason = row
    return Entry(
        key=Key(_moment(at), place, str(pk)),
        by_id=by,
        name=name or "",
        way=way,
        reason=reason or "",
        table=every[place],
        record_id=record,
        action=action,
    )


def _moment(value: Any) -> datetime:
    """An instant as the database hands it out: SQLite gives text in UTC."""
    moment = parse_datetime(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
