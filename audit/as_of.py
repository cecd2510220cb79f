"""Registers as they stood: the last version of each record before a moment, read from history.

The record's key comes first and its state after: whoever narrows history before taking the last
version finds records again that had already left the filter.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.utils.translation import gettext as _

from audit import naming
from audit.changes import Reader, live_model
from audit.days import midnight

CHUNK = 500


def end_of(day: date) -> datetime:
    """The first instant after the local ``day``."""
    return midnight(day + timedelta(days=1))


def stood(model: type[models.Model], moment: datetime) -> QuerySet:
    """The version of each record of ``model`` that stood just before ``moment``.

    Rows of history, one a record, none for what was created later. Filters on them are about the
    state of that time. Each look-up goes by the index on the record's key.
    """
    versions = model.history.model._base_manager
    before = versions.filter(
        history_date__lt=moment, **{model._meta.pk.attname: OuterRef(model._meta.pk.attname)}
    )
    last = before.order_by("-history_id").values("history_id")[:1]
    # The first condition spares the look-up for versions that came after the moment.
    return versions.filter(history_date__lt=moment, history_id=Subquery(last)).exclude(
        history_type="-"
    )


def parts_of(model: type[models.Model], key: str, record_id: int, moment: datetime) -> QuerySet:
    """Versions of ``model`` that hung on a record by the foreign key ``key`` at ``moment``."""
    ever = model.history.model._base_manager.filter(**{key: record_id})
    of_record = {f"{model._meta.pk.attname}__in": ever.values(model._meta.pk.attname)}
    return stood(model, moment).filter(**of_record).filter(**{key: record_id})


def record_of(version: models.Model) -> models.Model:
    """The record as ``version`` kept it. It answers for its own fields and is never saved.

    What history does not keep reads "not kept in history" where it is text, else nothing.
    """
    model = live_model(type(version))
    kept = {
        field.attname: getattr(version, field.attname) for field in type(version).tracked_fields
    }
    record = model(**_not_kept(model, kept), **kept)
    record._state.adding, record._state.db = False, version._state.db
    return record


def _not_kept(model: type[models.Model], kept: dict[str, Any]) -> dict[str, Any]:
    said = _("not kept in history")
    fields = [field for field in model._meta.concrete_fields if field.attname not in kept]
    return {f.attname: said if isinstance(f, models.CharField) else None for f in fields}


def records(versions: QuerySet, related: Iterable[str] = ()) -> Iterator[models.Model]:
    """The records that ``versions`` kept, with the ``related`` ones by a query for each chunk.

    Related records are those of today: files name them by keys that never change.
    """
    rows = map(record_of, versions.iterator(chunk_size=CHUNK))
    while chunk := list(islice(rows, CHUNK)):
        prefetch_related_objects(chunk, *related)
        yield from chunk


class ThenReader(Reader):
    """Reads versions aloud, with related records by the names that they had at ``moment``."""

    def __init__(self, versions: Iterable[models.Model | None], moment: datetime) -> None:
        self.moment = moment
        super().__init__(versions)

    def _names_of(self, model: type[models.Model], keys: set[Any]) -> dict[Any, str]:
        then = self._names_then(model, keys) if hasattr(model, "history") else {}
        missing = keys - set(then)
        return {**super()._names_of(model, missing), **then} if missing else then

    def _names_then(self, model: type[models.Model], keys: set[Any]) -> dict[Any, str]:
        versions = stood(model, self.moment).filter(**{f"{model._meta.pk.attname}__in": keys})
        return names_then([record_of(version) for version in versions], self.moment)


def names_then(found: list[models.Model], moment: datetime) -> dict[Any, str]:
    """What the records of one model were called at ``moment``, with what they were parts of."""
    _lead_back(found, moment)
    return naming.names(found)


def _lead_back(found: list[Any], moment: datetime) -> None:
    """Let the keys by which records are named lead to those of ``moment``: one query for each."""
    for name in naming.named_by(found):
        field = found[0]._meta.get_field(name)
        keys = {getattr(record, field.attname) for record in found} - {None}
        wholes = _wholes(field.related_model, keys, moment)
        _lead_back(list(wholes.values()), moment)
        for record in found:
            if whole := wholes.get(getattr(record, field.attname)):
                setattr(record, name, whole)


def _wholes(model: type[models.Model], keys: set[Any], moment: datetime) -> dict[Any, models.Model]:
    """As they stood; as they are today, where history is younger than what it is about."""
    then = {}
    if hasattr(model, "history"):
        versions = stood(model, moment).filter(**{f"{model._meta.pk.attname}__in": keys})
        then = {record.pk: record for record in map(record_of, versions)}
    missing = keys - set(then)
    return {**model._base_manager.in_bulk(missing), **then} if missing else then
