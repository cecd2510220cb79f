"""What was recorded and has yet to go out: written in the same transaction (transactional outbox).

A note names rows by their keys, so that a chunk of thousands leaves one note. Who follows the
changes reads the notes once they are committed; a number given by a sequence would tell nothing of
the order in which transactions end.
"""

from collections.abc import Iterable

from django.db.models import Max

from consents.choices import Recorded
from consents.models import ConsentEvent, ContactPoint, OutboxNote, Restriction

OF_MODEL = {
    ConsentEvent: Recorded.EVENT,
    Restriction: Recorded.RESTRICTION,
    ContactPoint: Recorded.RETIREMENT,
}


def note(record: ConsentEvent | Restriction | ContactPoint) -> None:
    """Note one record; a contact point stands for its retirement."""
    OutboxNote.objects.create(what=OF_MODEL[type(record)], first=record.pk, last=record.pk)


def note_events(events: Iterable[ConsentEvent]) -> None:
    """Note ``events`` one by one, in their order."""
    OutboxNote.objects.bulk_create(
        OutboxNote(what=Recorded.EVENT, first=event.pk, last=event.pk) for event in events
    )


def newest(model: type[ConsentEvent] | type[Restriction]) -> int:
    """The latest key so far: what this transaction adds from now on has a later one."""
    return model.objects.aggregate(Max("pk"))["pk__max"] or 0


def note_since(model: type[ConsentEvent] | type[Restriction], after: int, batch: object) -> None:
    """Note the rows of ``batch`` that this transaction added after the key ``after``."""
    last = newest(model)
    if last > after:
        OutboxNote.objects.create(what=OF_MODEL[model], first=after + 1, last=last, batch=batch)
