"""Who is acting, by which way, why, and as part of which batch.

Every row of history and every append-only row copies these from the current act. The web sets it
in a middleware, commands and jobs by ``acting``; a change outside of any act is one by the system.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from audit.choices import Way


@dataclass(frozen=True)
class Act:
    by: Any = None  # a user, or None for the system and for people outside the house
    name: str = ""  # copied beside the key, so that an entry reads the same for ever
    way: str = Way.COMMAND
    reason: str = ""
    batch: UUID | None = None

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
