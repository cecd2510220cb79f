"""The records that searched words name, in each register; looked up once."""

from collections import defaultdict
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from audit import reasons
from audit.trail.asked import uuid_of
from audit.trail.rooms import found_by_rooms
from audit.trail.tables import Table, tables


class Found:
    # What people call records by. Contact values are found by the rooms that hold them.
    NAMES = ("slug", "name", "name_pl", "name_en", "title", "full_name")
    MOST = 200

    def __init__(self, words: str) -> None:
        self.words = words.strip()

    def by_reason(self, table: Table) -> Q:
        reason = table.names["reason"]
        told = Q(**{f"{reason}__icontains": self.words})
        for cause in reasons.matching(self.words):
            told |= Q(**{f"{reason}__startswith": f"{cause}:"})
        return told

    def by_record(self, table: Table) -> Q:
        return Q(**{f"{table.names['record']}__in": self._keys.get(table.register, ())})

    @cached_property
    def _keys(self) -> dict[type[models.Model], set[Any]]:
        keys: dict[type[models.Model], set[Any]] = defaultdict(set)
        for model in {table.register for table in tables()}:
            if (condition := self._called(model)) is not None:
                found = model._base_manager.filter(condition).order_by()
                keys[model].update(found.values_list("pk", flat=True)[: self.MOST])
        for model, found in found_by_rooms(self.words):
            keys[model].update(found)
        return keys

    def _called(self, model: type[models.Model]) -> Q | None:
        fields = {f.name for f in model._meta.concrete_fields}
        fields -= set(getattr(model, "withheld_fields", ()))
        called = Q()
        for name in fields.intersection(self.NAMES):
            called |= Q(**{f"{name}__icontains": self.words})
        if (whole := uuid_of(self.words)) and "uuid" in fields:
            called |= Q(uuid=whole)
        return called or None
