"""Who took what out of the house: two append-only rows, before the first byte and after the last.

An opening without a closing is an aborted one; it stays visible (security.md 34).
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from audit.models import AccessEvent


def opened(
    action: str,
    subject: str,
    *,
    filters: dict[str, Any] | None = None,
    columns: Iterable[str] = (),
    reason: str = "",
) -> AccessEvent:
    """Record that something is about to leave. ``subject`` and ``filters`` hold ids and slugs only.

    Call it outside of a transaction, so that it stands before the first byte is sent.
    """
    event = AccessEvent(
        action=action, subject=subject, filters=filters or {}, columns=list(columns)
    )
    if reason:
        event.reason = reason
    event.save()
    return event


@transaction.atomic
def closed(event: AccessEvent, *, rows: int, sha256: str = "") -> AccessEvent:
    """Record that what was ``opened`` has left, with the number of rows and the hash of its bytes."""
    closing = AccessEvent(
        action=event.action, subject=event.subject, closes=event, rows=rows, sha256=sha256
    )
    closing.save()
    return closing


def looked_at(action: str, subject: str, **details: Any) -> AccessEvent:
    """Record a look at one record: opened and closed at once."""
    return closed(opened(action, subject, **details), rows=1)


class Outgoing:
    """Bytes on their way out: hashes and counts them, and closes the event after the last one."""

    def __init__(self, event: AccessEvent, chunks: Iterable[bytes], rows: int | None = None) -> None:
        self.event, self.chunks, self.rows = event, chunks, rows or 0

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for chunk in self.chunks:
            digest.update(chunk)
            yield chunk
        closed(self.event, rows=self.rows, sha256=digest.hexdigest())
