"""What ends when: dates that apps register, looked at 30, 60 and 90 days ahead.

What has ended already is no expiry: a rule finds it (``audit.rules``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from audit.days import midnight
from audit.naming import with_names

HORIZONS = (30, 60, 90)  # days, today included
LIMIT = max(HORIZONS)


def _page_of(record: models.Model) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


@dataclass(frozen=True)
class Expiry:
    """A date (or instant) of ``records`` on which something ends or has to be looked at again."""

    code: str
    label: Any
    model: type[models.Model]
    field: str
    records: Callable[[], QuerySet]
    url: Callable[[Any], str] = _page_of

    @property
    def is_instant(self) -> bool:
        return isinstance(self.model._meta.get_field(self.field), models.DateTimeField)

    def within(self, days: int, today: date) -> Q:
        """That it ends in the ``days`` that begin with the local day ``today``."""
        first, last = self._bound(today), self._bound(today + timedelta(days=days))
        return Q(**{f"{self.field}__gte": first, f"{self.field}__lt": last})

    def _bound(self, day: date) -> date | datetime:
        if not self.is_instant:
            return day
        return midnight(day)

    def coming(self, today: date) -> QuerySet:
        """Those that end within 90 days, the soonest first."""
        ending = self.records().filter(self.within(LIMIT, today))
        return with_names(ending).order_by(self.field, "pk")

    def day_of(self, record: models.Model) -> date:
        value = getattr(record, self.field)
        return timezone.localdate(value) if isinstance(value, datetime) else value


_expiries: dict[str, Expiry] = {}


def register(expiry: Expiry) -> Expiry:
    """Add ``expiry``. Raises ValueError where its code is taken."""
    if expiry.code in _expiries:
        raise ValueError(f"There already is an expiry {expiry.code}")
    _expiries[expiry.code] = expiry
    return expiry


def registered() -> list[Expiry]:
    return list(_expiries.values())


@dataclass(frozen=True)
class Coming:
    """How much of one kind ends within 30, 60 and 90 days, each number with the ones before."""

    expiry: Expiry
    counts: list[int]


def coming(asked: Iterable[Expiry], today: date | None = None) -> list[Coming]:
    """Kinds of which something ends within 90 days; one query for each."""
    today = today or timezone.localdate()
    found = [Coming(expiry, _counts(expiry, today)) for expiry in asked]
    return [each for each in found if each.counts[-1]]


def _counts(expiry: Expiry, today: date) -> list[int]:
    names = {f"d{days}": Count("pk", filter=expiry.within(days, today)) for days in HORIZONS}
    rows = expiry.records().filter(expiry.within(LIMIT, today)).order_by()
    return list(rows.aggregate(**names).values())
