"""What was staged, recorded: chunk by chunk, rows that hold a no first (security.md 30).

A chunk is one transaction that also says how far the import got. So a killed import goes on where
it stood, a row is in whole or not at all, and a withdrawal never waits for longer than a chunk.
"""

from collections import Counter
from collections.abc import Callable
from itertools import count
from time import perf_counter, sleep

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.act import acting, new_batch
from audit.choices import Way
from audit.reading.errors import Refused
from audit.sql import is_postgresql, refresh_statistics
from consents.choices import ImportState
from consents.importing.buffers import BATCH
from consents.importing.chunk import Again, Chunk, forget
from consents.importing.staging import clear_rows, first_imported_at
from consents.models import LARGE, ConsentImport, MappingPreset, StagedContact

COUNTS = (
    "rows",
    "given",
    "confirmed",
    "withdrawn",
    "refused",
    "restricted",
    "suppressed",
    "protected",
    "unchanged",
    "rejected",
    "applied",
)
ATTEMPTS = 5
# Rows in a chunk, at most.
CHUNK = BATCH
# SQLite has one writer, and whoever waits for it looks every tenth of a second: chunks there last
# as long as a withdrawal may wait, and leave that tenth between them. Below the least number of
# rows, what each chunk costs anyway would be most of its time.
SQLITE_CHUNK, SQLITE_SECONDS, SQLITE_PAUSE = 1_000, 0.2, 0.12
EVERYTHING = 1 << 42
# Chunks after which the tables have grown so much that PostgreSQL must look at them again: what it
# knew before the import would have it read a whole table for each chunk.
GROWN = {1 << place for place in range(0, 20, 2)}


def apply(upload: ConsentImport, *, beat: Callable[[int], None] = lambda done: None) -> None:
    """Record the staged rows of ``upload`` from where it stands.

    ``beat`` hears within each chunk's transaction how many rows are done; what it raises ends the
    import there. What is recorded so far stays, and another call goes on.
    """
    _begin(upload)
    act = {"by": upload.owner, "way": Way.IMPORT, "reason": upload.reason, "batch": upload.batch}
    try:
        with acting(**act):
            _apply(upload, beat)
    finally:
        forget()
    _finish(upload)


def outcome(upload: ConsentImport) -> dict[str, object]:
    """The counts of ``--json``: format, integers, and rejected rows by reason."""
    counts = upload.counts
    numbers = {name: counts.get(name, 0) for name in COUNTS}
    reasons, notes = counts.get("reasons", {}), counts.get("notes", {})
    return {"format": upload.preset, **numbers, "reasons": reasons, "notes": notes}


def foresee(upload: ConsentImport) -> None:
    """Write into ``upload.counts`` what recording it would do now. Writes to nothing else.

    Call it outside of a transaction: SQLite then holds up no other writer.
    """
    moment = first_imported_at(upload)
    chunk = Chunk(upload, 0, EVERYTHING, moment, own=_is_own_export(upload.preset))
    read = ("rows", "rejected", "reasons", "notes")
    try:
        foreseen = chunk.foresee()
    finally:
        forget()
    upload.counts = _added({name: upload.counts[name] for name in read}, foreseen)
    upload.save(update_fields=["counts"])


def begin(upload: ConsentImport) -> None:
    """Take what was previewed for recording, once: from here on nobody corrects or abandons it.

    Raises Refused where it is no longer what was previewed.
    """
    # What was foreseen goes: from here on the counts are of what was recorded.
    read = ("rows", "rejected", "reasons", "notes")
    counts = {name: upload.counts[name] for name in read if name in upload.counts}
    previewed = ConsentImport.objects.filter(pk=upload.pk, state=ImportState.STAGED)
    changes = {"state": ImportState.APPLYING, "counts": counts, "batch": new_batch()}
    if not previewed.update(**changes):
        raise Refused(_("This file is no longer what was previewed. Upload it again."))
    for name, value in changes.items():
        setattr(upload, name, value)


def _begin(upload: ConsentImport) -> None:
    if upload.state != ImportState.APPLYING:
        begin(upload)
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE consents_stagedcontact, consents_stagedact")


def _apply(upload: ConsentImport, beat: Callable[[int], None]) -> None:
    pace = Pace()
    for number in count(1):
        if (through := _end_of_chunk(upload, pace.rows)) is None:
            return
        start = perf_counter()
        _chunk(upload, through, beat)
        if not is_postgresql():
            pace.keep(perf_counter() - start)
        elif number in GROWN:
            refresh_statistics(*LARGE)


class Pace:
    """How many rows a chunk takes, and when others may write (SQLite)."""

    def __init__(self) -> None:
        self.rows = CHUNK if is_postgresql() else SQLITE_CHUNK
        self.held = 0.0

    def keep(self, seconds: float) -> None:
        """Set the next chunk's ``rows`` by how many ``seconds`` the last took; pause if due."""
        self.rows = min(CHUNK, max(SQLITE_CHUNK, int(self.rows * SQLITE_SECONDS / seconds)))
        self.held += seconds
        if self.held + seconds > SQLITE_SECONDS:
            sleep(SQLITE_PAUSE)
            self.held = 0.0


def _end_of_chunk(upload: ConsentImport, rows: int) -> int | None:
    following = StagedContact.objects.filter(
        upload=upload, position__gt=upload.applied_through, ordinal=0
    ).order_by("position")[:rows]
    return following.aggregate(last=Max("position"))["last"]


def _chunk(upload: ConsentImport, through: int, beat: Callable[[int], None]) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _record(upload, through, beat)
        except (
            Again,
            IntegrityError,
            OperationalError,
        ):  # the last: a deadlock with another import
            if attempt == ATTEMPTS:
                raise
            upload.refresh_from_db()


@transaction.atomic
def _record(upload: ConsentImport, through: int, beat: Callable[[int], None]) -> None:
    held = ConsentImport.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if held.applied_through >= through:  # another process goes on with the same import
        upload.applied_through, upload.counts = held.applied_through, held.counts
        return
    own = _is_own_export(upload.preset)
    chunk = Chunk(upload, held.applied_through, through, first_imported_at(upload), own=own)
    counts = chunk.record()
    upload.counts = _added(upload.counts, counts)
    upload.applied_through = through
    upload.save(update_fields=["counts", "applied_through"])
    beat(sum(upload.counts[name] for name in ("applied", "unchanged", "rejected")))


def _is_own_export(slug: str) -> bool:
    preset = MappingPreset.objects.filter(slug=slug).first()
    return bool(preset and preset.mapping.get("own_export"))


def _added(before: dict, chunk: Counter[str]) -> dict:
    counts = {**before}
    erased = chunk.pop("erased", 0)
    for name, number in chunk.items():
        counts[name] = counts.get(name, 0) + number
    if erased:
        counts["rejected"] = counts.get("rejected", 0) + erased
        reasons = counts.get("reasons", {})
        counts["reasons"] = {**reasons, "erased": reasons.get("erased", 0) + erased}
    return {"applied": 0, "unchanged": 0, **counts}


@transaction.atomic
def _finish(upload: ConsentImport) -> None:
    upload.state, upload.applied_at = ImportState.APPLIED, timezone.now()
    upload.save(update_fields=["state", "applied_at"])
    clear_rows(upload)
    refresh_statistics(*LARGE)
