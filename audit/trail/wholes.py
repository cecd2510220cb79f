"""Of which record a batch is, where everything in it is that record or a part of it.

One save of one form is such a batch. What a part hangs on is the first key that names it
(``named_by``).
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from audit import naming
from audit.trail.rooms import Told
from audit.trail.tables import Table, tables

Whole = tuple[type[models.Model], Any]


def wholes(batches: list[UUID]) -> dict[UUID, Told]:
    """What those of ``batches`` are called that are about one record: one query, and its name.

    Every row of a batch is read: for what people save by hand, not for imports.
    """
    found = _single(batches) if batches else {}
    keys: dict[type[models.Model], set[Any]] = defaultdict(set)
    for model, key in found.values():
        keys[model].add(key)
    called = {model: naming.names_of(model, known) for model, known in keys.items()}
    return {
        batch: Told(f"{capfirst(str(model._meta.verbose_name))} {called[model][key]}", _url(*whole))
        for batch, whole in found.items()
        for model, key in [whole]
        if key in called[model]
    }


def _url(model: type[models.Model], key: Any) -> str:
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
    except NoReverseMatch:
        return ""


def _single(batches: list[UUID]) -> dict[UUID, Whole]:
    every: dict[UUID, list[list[Whole]]] = defaultdict(list)
    for batch, candidates in _candidates(batches):
        every[batch].append(candidates)
    common = {batch: _common(tables) for batch, tables in every.items()}
    return {batch: found[0] for batch, found in common.items() if found}


def _common(tables: list[list[Whole]]) -> list[Whole]:
    return [each for each in tables[0] if all(each in others for others in tables)]


def _candidates(batches: list[UUID]) -> Iterator[tuple[UUID, list[Whole]]]:
    """For each table of each batch: the one record that its rows are, and the one they hang on."""
    every = tables()
    arms, params = [], []
    for table in every:
        sql, values = _arm(table, batches)
        arms.append(sql)
        params += values
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), params)
        for batch, place, first, last, least, most in cursor.fetchall():
            uuid = batch if isinstance(batch, UUID) else UUID(batch)
            own = [(every[place].register, first)] if first == last else []
            yield uuid, own + ([(_whole_of(every[place]), least)] if least == most else [])


def _arm(table: Table, batches: list[UUID]) -> tuple[str, list[Any]]:
    quote, meta = connection.ops.quote_name, table.model._meta
    field = meta.get_field(table.names["batch"])
    batch, record = quote(field.column), quote(meta.get_field(table.names["record"]).column)
    keys = table.register.named_by[:1]
    whole = quote(meta.get_field(keys[0]).column) if keys else record
    places = ", ".join(["%s"] * len(batches))
    sql = (
        f"SELECT {batch}, {table.place}, MIN({record}), MAX({record}), MIN({whole}), MAX({whole}) "  # noqa: S608 (own names)
        f"FROM {quote(meta.db_table)} WHERE {batch} IN ({places}) GROUP BY {batch}"
    )
    return sql, [field.get_db_prep_value(each, connection) for each in batches]


def _whole_of(table: Table) -> type[models.Model]:
    keys = table.register.named_by[:1]
    return table.register._meta.get_field(keys[0]).related_model if keys else table.register
