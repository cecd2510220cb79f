"""What waits for somebody: decisions that apps register, each with who may take it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Waiting:
    """Records that wait for whoever has ``permission``; ``url`` leads to them."""

    code: str
    label: Any
    permission: str
    records: Callable[[Any], QuerySet]
    url: Callable[[], str]


_waiting: dict[str, Waiting] = {}


def register(waiting: Waiting) -> Waiting:
    """Add ``waiting``. Raises ValueError where its code is taken."""
    if waiting.code in _waiting:
        raise ValueError(f"There already is something waiting as {waiting.code}")
    _waiting[waiting.code] = waiting
    return waiting


def waiting_for(user: Any) -> list[tuple[Any, str, int]]:
    """Label, address and how many of what waits for ``user``; one query for each kind."""
    theirs = [each for each in _waiting.values() if user.has_perm(each.permission)]
    counted = [(each.label, each.url(), each.records(user).count()) for each in theirs]
    return [each for each in counted if each[2]]
