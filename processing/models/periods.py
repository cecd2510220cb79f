"""Half-open periods: ``[start, end)``, a missing end is open."""

from datetime import datetime
from typing import Any

from django.db.models import Q


def held_at(moment: datetime, start: str = "active_from", end: str = "active_until") -> Q:
    """The half-open period ``[start, end)`` holds ``moment``; a missing end is open."""
    return Q(**{f"{start}__lte": moment}) & (Q(**{end: None}) | Q(**{f"{end}__gt": moment}))


def within(moment: Any, start: Any, end: Any) -> bool:
    """Whether ``moment`` lies in the half-open ``[start, end)``: instants, or days."""
    return start <= moment and (end is None or moment < end)
