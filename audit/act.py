"""Who is acting, by which way, why, and as part of which batch.

Every row of history and every append-only row copies these from the current act. The web sets it
in a middleware, commands and jobs by ``acting``; a change outside of any act is one by the system.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from audit.choices import Way

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VERSION, VARIANT = 7 << 76, 2 << 62


@dataclass(frozen=True)
class Act:
    by: Any = None  # a user, or None for the system and for people outside the house
    name: str = ""  # copied beside the key, so that an entry reads the same for ever
    way: str = Way.COMMAND
    reason: str = ""
    batch: UUID | None = None

    def __post_init__(self) -> None:
        if self.batch and self.batch.version != 7:
            raise ValueError("A batch is named by new_batch(): the trail finds it by its moment")

    @property
    def by_id(self) -> int | None:
        return getattr(self.by, "pk", None)

    @property
    def username(self) -> str:
        return self.name or (self.by.get_username() if self.by_id else "")


_act: ContextVar[Act] = ContextVar("act", default=Act())  # noqa: B039 (frozen)


def current_act() -> Act:
    return _act.get()


@contextmanager
def acting(**changes: Any) -> Iterator[Act]:
    """Act as given within the block; what is not given stays as it is outside of it."""
    act = replace(_act.get(), **changes)
    token = _act.set(act)
    try:
        yield act
    finally:
        _act.reset(token)


def become(**changes: Any) -> None:
    """Act as given until the end of the ``acting`` block around, which every request is."""
    _act.set(replace(_act.get(), **changes))


# Batches -----------------------------------------------------------------------------------------


def new_batch(moment: datetime | None = None) -> UUID:
    """A name for what belongs together, begun now or at ``moment``: a UUID of version 7.

    It begins with that moment in milliseconds, so names are in the order of time.
    """
    return UUID(int=first_batch_at(moment or timezone.now()).int | _random())


def _random() -> int:
    return secrets.randbits(12) << 64 | secrets.randbits(62)


def first_batch_at(moment: datetime) -> UUID:
    """The least name that a batch begun at ``moment`` or later can have."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << 80 | VERSION | VARIANT)


def begun_at(batch: UUID) -> datetime:
    """When ``batch`` began, to the millisecond, in UTC."""
    return EPOCH + timedelta(milliseconds=batch.int >> 80)
