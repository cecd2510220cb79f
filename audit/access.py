"""Who took what out of the house: two append-only rows, before the first byte and after the last.

An opening without a closing is an aborted one; it stays visible (security.md 34).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from django.db import connection, transaction

from audit.models import AccessEvent
from audit.prepared import Prepared


def opened(
    action: str,
    subject: str,
    *,
    filters: dict[str, Any] | None = None,
    columns: Iterable[str] = (),
    reason: str = "",
) -> AccessEvent:
    """Record that something is about to leave. ``subject`` and ``filters`` hold ids and slugs only.

    Commits, so that it stands before the first byte is sent: raises RuntimeError in a transaction.
    """
    with transaction.atomic(durable=True):
        return _opening(action, subject, filters or {}, list(columns), reason)


def _opening(
    action: str, subject: str, filters: dict[str, Any], columns: list[str], reason: str
) -> AccessEvent:
    event = AccessEvent(action=action, subject=subject, filters=filters, columns=columns)
    if reason:
        event.reason = reason
    event.save()
    return event


@transaction.atomic
def closed(event: AccessEvent, *, rows: int, sha256: str = "") -> AccessEvent:
    """Record that what was ``opened`` has left: how many rows, and the hash of its bytes.

    In the name of whoever opened it: a stream ends after its request did.
    """
    closing = AccessEvent(
        action=event.action,
        subject=event.subject,
        closes=event,
        rows=rows,
        sha256=sha256,
        recorded_by_id=event.recorded_by_id,
        recorded_name=event.recorded_name,
        way=event.way,
        reason=event.reason,
        batch=event.batch,
    )
    closing.save()
    return closing


@transaction.atomic
def looked_at(
    action: str,
    subject: str,
    *,
    filters: dict[str, Any] | None = None,
    columns: Iterable[str] = (),
    reason: str = "",
) -> AccessEvent:
    """Record a look at one record: opened and closed at once."""
    return closed(_opening(action, subject, filters or {}, list(columns), reason), rows=1)


def answered(action: str, subject: str, *, rows: int, filters: dict[str, Any]) -> None:
    """Record an answer about ``rows`` contacts, whole at once: one row by one statement."""
    event = AccessEvent(action=action, subject=subject, rows=rows, filters=filters)
    fields = [field for field in AccessEvent._meta.concrete_fields if not field.primary_key]
    values = {
        field.attname: field.get_db_prep_save(getattr(event, field.attname), connection)
        for field in fields
    }
    _insertion().rows(values)


@cache
def _insertion() -> Prepared:
    names = [f.attname for f in AccessEvent._meta.concrete_fields if not f.primary_key]
    table = connection.ops.quote_name(AccessEvent._meta.db_table)
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    return Prepared(f"INSERT INTO {table} ({columns}) VALUES ({values})")  # noqa: S608 (own names)


class Outgoing:
    """Bytes on their way out: hashes them, and closes the event after the last one.

    ``rows`` is their number, or asked for at the end by a function. What is broken off never
    closes.
    """

    def __init__(
        self,
        event: AccessEvent,
        chunks: Iterable[bytes],
        rows: int | Callable[[], int] | None = None,
    ) -> None:
        self.event, self.chunks, self.rows = event, chunks, rows or 0

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for chunk in self.chunks:
            digest.update(chunk)
            yield chunk
        rows = self.rows() if callable(self.rows) else self.rows
        closed(self.event, rows=rows, sha256=digest.hexdigest())
