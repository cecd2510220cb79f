"""What records are called where they stand alone: a part says of what it is a part.

``str(record)`` follows no key, so that no list asks once for each row. Here the keys that a model
names in ``named_by`` come with it, read together: "UP/7 · art. 28(3)(a): …" instead of "#16".
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet

SEPARATOR = " · "

Namer = Callable[[list[Any]], dict[Any, str]]
_namers: dict[type[models.Model], Namer] = {}


def namer(model: type[models.Model]) -> Callable[[Namer], Namer]:
    """Register a function that names records of ``model``, which no key of theirs can."""

    def register(names: Namer) -> Namer:
        _namers[model] = names
        return names

    return register


def paths(model: type[models.Model]) -> list[str]:
    """The keys to follow from ``model`` for its name, and from what they lead to."""
    found = []
    for key in getattr(model, "named_by", ()):
        further = paths(model._meta.get_field(key).related_model)
        found += [key, *(f"{key}__{path}" for path in further)]
    return found


def named_by(records: list[Any]) -> tuple[str, ...]:
    """The keys that name ``records`` of one model; none where there are none."""
    return getattr(records[0], "named_by", ()) if records else ()


def with_names(records: QuerySet) -> QuerySet:
    """``records`` with what names them, by the same query."""
    keys = paths(records.model)
    return records.select_related(*keys) if keys else records


def names_of(model: type[models.Model], keys: Iterable[Any]) -> dict[Any, str]:
    """The names of records by their ``keys``: one query, whatever they are named by."""
    return names(with_names(model._base_manager.all()).in_bulk(keys).values())


def names(records: Iterable[Any]) -> dict[Any, str]:
    """The names of ``records`` of one model, by key."""
    found = list(records)
    if found and (special := _namers.get(type(found[0]))):
        return special(found)
    return {record.pk: _name(record) for record in found}


def name_of(record: Any) -> str:
    """What ``record`` is called; a query for each key of it that was not read with it."""
    return names([record])[record.pk] if record is not None else ""


def _name(record: Any) -> str:
    own = str(record)
    wholes = [getattr(record, key) for key in getattr(record, "named_by", ())]
    told = [_name(whole) for whole in wholes if whole is not None]
    # A bare number says nothing beside them.
    return SEPARATOR.join(told if told and own == f"#{record.pk}" else [*told, own])
