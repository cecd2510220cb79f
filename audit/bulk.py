"""The one sanctioned door for set-based writes: rows and their history in one transaction."""

from collections.abc import Iterable
from typing import Any

from django.db import connections, models, transaction
from django.db.models import QuerySet
from django.db.models.query import QuerySet as PlainQuerySet
from django.utils import timezone

from audit.history import act_columns
from audit.models import AuditedModel


@transaction.atomic
def create(objects: Iterable[AuditedModel], *, batch_size: int = 1000) -> list[Any]:
    """Insert records of one model with a ``+`` history row each."""
    rows = list(objects)
    if not rows:
        return rows
    model = type(rows[0])
    for row in rows:
        row._refuse_unseen_writes()
    created = PlainQuerySet.bulk_create(model.objects.all(), rows, batch_size=batch_size)
    for start in range(0, len(created), batch_size):
        keys = [row.pk for row in created[start : start + batch_size]]
        record(model.objects.filter(pk__in=keys), "+")
    return created


@transaction.atomic
def update(records: QuerySet, **values: Any) -> int:
    """Set ``values`` on ``records`` with one ``~`` history row each; returns how many.

    The records are locked first, so a concurrent save is neither lost nor missing from history.
    """
    model = records.model
    keys = list(_locked(records).values_list("pk", flat=True))
    for start in range(0, len(keys), 1000):
        chunk = model.objects.filter(pk__in=keys[start : start + 1000])
        PlainQuerySet.update(chunk, updated_at=timezone.now(), **values)
        record(chunk, "~", withheld=sorted(set(values) & set(model.withheld_fields)))
    return len(keys)


def record(records: QuerySet, history_type: str, *, withheld: Iterable[str] = ()) -> int:
    """Write a history row for each of ``records`` as they stand now, in one statement.

    For writers that have just inserted or updated these rows by SQL of their own. Call it in the
    same transaction.
    """
    model = records.model
    tracked = [field.attname for field in model.history.model.tracked_fields]
    constant = {
        **act_columns(),
        "history_type": history_type,
        "history_withheld": ",".join(withheld),
    }
    return _insert_select(model.history.model, tracked, records, constant)


def _insert_select(
    target: type[models.Model], copied: list[str], rows: QuerySet, constant: dict[str, Any]
) -> int:
    connection = connections[rows.db]
    quote = connection.ops.quote_name
    fields = {field.attname: field for field in target._meta.concrete_fields}
    columns = ", ".join(quote(fields[name].column) for name in [*copied, *constant])
    marks = ", ".join(_mark(fields[name], connection) for name in constant)
    values = [fields[name].get_db_prep_save(value, connection) for name, value in constant.items()]
    select, params = rows.order_by().values_list(*copied).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(target._meta.db_table)} ({columns}) "  # noqa: S608 (own names)
            f"SELECT live.*, {marks} FROM ({select}) live",
            [*values, *params],
        )
        return cursor.rowcount


def _mark(field: models.Field, connection: Any) -> str:
    # PostgreSQL needs the type of a parameter that stands alone in a SELECT.
    if connection.vendor == "postgresql":
        kind = field.rel_db_type if field.is_relation else field.db_type
        return f"CAST(%s AS {kind(connection)})"
    return "%s"


def _locked(records: QuerySet) -> QuerySet:
    if connections[records.db].features.has_select_for_update:
        return records.select_for_update(of=("self",))
    return records
