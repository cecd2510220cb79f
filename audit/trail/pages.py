"""Pages of the trail: single changes and batches in one order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import resolve

from audit.trail.asked import Asked, Key
from audit.trail.batches import batches
from audit.trail.entries import Entry
from audit.trail.singles import singles
from audit.trail.telling import count_batches, name, tell_changes

PER_PAGE = 50


@dataclass
class Page:
    entries: list[Entry]
    older: str  # the key after which the next page begins; empty on the last one


def latest(user: Any, limit: int = 8) -> list[Entry]:
    """The newest entries for the dashboard of ``user``; none for who may not see the trail."""
    if not user.has_perm("audit.view_trail"):
        return []
    entries = _entries(Asked(), None, limit)
    name(entries)
    link_for(user, entries)
    return entries


def page(asked: Asked, after: str = "", size: int = PER_PAGE) -> Page:
    """``size`` entries older than the key ``after``, in a number of queries that does not grow."""
    entries = _entries(asked, Key.of(after), size + 1)
    more, entries = len(entries) > size, entries[:size]
    name(entries)
    tell_changes(entries)
    count_batches(entries)
    return Page(entries, str(entries[-1].key) if more else "")


def link_for(user: Any, entries: Iterable[Entry]) -> None:
    """Leave of the links of ``entries`` those that ``user`` may follow."""
    for entry in entries:
        entry.is_closed = not may_open(user, entry.url)


def may_open(user: Any, url: str) -> bool:
    """Whether ``user`` may view the register that the screen at ``url`` belongs to, if to any."""
    screen = url and getattr(resolve(url.partition("?")[0]).func, "model_admin", None)
    if not screen:
        return True
    return user.has_perm(f"{screen.opts.app_label}.view_{screen.opts.model_name}")


def _entries(asked: Asked, after: Key | None, limit: int) -> list[Entry]:
    found = singles(asked, after, limit)
    if asked.batch is None:
        found += batches(asked, after, limit)
    return sorted(found, key=lambda entry: entry.key.order, reverse=True)[:limit]
