"""Numbers what was recorded, once it is committed: one process at a time, without a gap.

A number taken before the commit would tell nothing: transactions end in another order than they
take theirs, and a follower would pass by what a slow one ends later. So each leaves a note
(``consents.outbox``), and whoever holds the head of the feed turns notes that are committed into
entries, erases them and moves the head, in one transaction.
"""

import logging
from collections.abc import Callable, Iterator

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from audit.sql import among, instant, listed
from consents.choices import NOES, EventKind
from consents.models import OutboxNote
from feed.models import FeedHead

log = logging.getLogger(__name__)
# How many keys a transaction numbers: a second writer waits as long (one note may hold more).
ROUND = 5_000
# What ends contact: an answer that was never valid closes as a no does.
ENDING = (*NOES, EventKind.INVALIDATED)

# Called within the transaction with the first and the last number that it gave.
listeners: list[Callable[[int, int], None]] = []

NUMBERED = """
INSERT INTO feed_feedentry
    (seq, event_id, restriction_id, contact_point_id, ends_contact, numbered_at)
SELECT %s + ROW_NUMBER() OVER (ORDER BY note, key), event_id, restriction_id, contact_point_id,
       ends_contact, %s
FROM (
    SELECT MIN(n.id) AS note, e.id AS key, e.id AS event_id, CAST(NULL AS bigint) AS restriction_id,
           CAST(NULL AS bigint) AS contact_point_id, {ending} AS ends_contact
    FROM consents_outboxnote n
    JOIN consents_consentevent e ON e.id BETWEEN n.first AND n.last
    WHERE {noted} AND n.what = 'event' AND (n.batch IS NULL OR e.batch = n.batch)
      AND NOT EXISTS (SELECT 1 FROM feed_feedentry f WHERE f.event_id = e.id)
    GROUP BY e.id, e.kind
    UNION ALL
    SELECT MIN(n.id), r.id, NULL, r.id, NULL, r.lifts_id IS NULL
    FROM consents_outboxnote n
    JOIN consents_restriction r ON r.id BETWEEN n.first AND n.last
    WHERE {noted} AND n.what = 'restriction' AND (n.batch IS NULL OR r.batch = n.batch)
      AND NOT EXISTS (SELECT 1 FROM feed_feedentry f WHERE f.restriction_id = r.id)
    GROUP BY r.id, r.lifts_id
    UNION ALL
    SELECT MIN(n.id), n.first, NULL, NULL, n.first, TRUE
    FROM consents_outboxnote n
    WHERE {noted} AND n.what = 'retirement'
      AND NOT EXISTS (SELECT 1 FROM feed_feedentry f WHERE f.contact_point_id = n.first)
    GROUP BY n.first
) found
"""


def number() -> int:
    """Give everything that waits its place in the feed; returns how many entries were made.

    A transaction for every few thousand. Costs one look where nothing waits.
    """
    return sum(iter(_waiting_rounds()))


def number_soon() -> None:
    """Number the oldest notes for whoever reads now; on a busy database the worker does it."""
    try:
        if OutboxNote.objects.exists():
            number_some()
    except OperationalError:
        log.info("The feed is numbered later: the database is busy")


def _waiting_rounds() -> Iterator[int]:
    while OutboxNote.objects.exists():
        yield number_some()


@transaction.atomic
def number_some() -> int:
    """Number the oldest notes, up to ROUND keys or one note; returns how many entries were made.

    Waits for another process that numbers.
    """
    head = FeedHead.held()
    notes = _oldest()
    made = _insert(head.last, notes)
    OutboxNote.objects.filter(pk__in=notes).delete()
    if made:
        first, head.last = head.last + 1, head.last + made
        head.save(update_fields=["last"])
        for listener in listeners:
            listener(first, head.last)
    return made


def _oldest() -> list[int]:
    """Keys of the notes that this round takes; read after the lock, so all are as committed."""
    notes, size = [], 0
    found = OutboxNote.objects.order_by("pk").values_list("pk", "first", "last")
    for pk, first, last in found[:ROUND]:
        size += last - first + 1
        if notes and size > ROUND:
            break
        notes.append(pk)
    return notes


def _insert(after: int, notes: list[int]) -> int:
    kinds = ", ".join(f"'{kind.value}'" for kind in ENDING)
    sql = NUMBERED.format(noted=among("n.id"), ending=f"(e.kind IN ({kinds}))")
    ids = listed(notes)
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, instant(timezone.now()), ids, ids, ids])
        return cursor.rowcount
