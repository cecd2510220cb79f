"""What entries say: who, which record, which batch, what changed, how many."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from audit import naming
from audit.changes import Reader
from audit.choices import Way
from audit.trail.entries import COUNTED, Count, Entry
from audit.trail.rooms import described
from audit.trail.tables import Table, tables
from audit.trail.wholes import wholes


def name(entries: list[Entry]) -> None:
    """Who, which record, which batch: one query for each kind of thing named."""
    people = get_user_model()._base_manager.in_bulk({e.by_id for e in entries if e.by_id})
    records: dict[type[models.Model], set[Any]] = defaultdict(set)
    for entry in entries:
        if entry.table:
            records[entry.table.register].add(entry.record_id)
    known = {model: naming.names_of(model, keys) for model, keys in records.items()}
    by_hand = [e.batch for e in entries if e.batch and e.way == Way.ADMIN]
    told = {**wholes(by_hand), **described([e.batch for e in entries if e.batch])}
    for entry in entries:
        entry.who = str(people.get(entry.by_id) or entry.name or _nobody(entry.way))
        entry.told = told.get(entry.batch)
        if entry.table:
            entry.called = known[entry.table.register].get(entry.record_id, "")


def _nobody(way: str) -> str:
    """Whoever acts by a link signs in nowhere: it is the person whom the link was given to."""
    # Translators: "osoba, której dane dotyczą"
    return _("the person concerned") if way == Way.LINK else _("the system")


def tell_changes(entries: list[Entry]) -> None:
    by_table: dict[Table, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.table:
            by_table[entry.table].append(entry)
    versions = {table: _versions(table, found) for table, found in by_table.items()}
    reader = Reader(row for pairs in versions.values() for pair in pairs.values() for row in pair)
    for table, found in by_table.items():
        for entry in found:
            before, after = versions[table][int(entry.key.row)]
            if before is not None:
                entry.changes = reader.changes(before, after)
            else:
                entry.values = reader.values(after)


def _versions(
    table: Table, entries: list[Entry]
) -> dict[int, tuple[models.Model | None, models.Model]]:
    """Each row with the one before it in the history of the same record: two queries."""
    rows = table.rows().filter(pk__in=[int(entry.key.row) for entry in entries])
    if not table.is_history:
        return {row.pk: (None, row) for row in rows}
    earlier = table.rows().filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    before = Subquery(earlier.order_by("-history_id").values("history_id")[:1])
    after = list(rows.annotate(before_id=before))
    known = table.rows().in_bulk([row.before_id for row in after if row.before_id])
    return {row.pk: (known.get(row.before_id), row) for row in after}


def count_batches(entries: list[Entry]) -> None:
    batches = [entry.batch for entry in entries if entry.batch]
    by_batch: dict[UUID, list[Count]] = defaultdict(list)
    for count in _counts(batches, COUNTED + 1):
        by_batch[count.batch].append(count)
    for entry in entries:
        entry.counts = by_batch.get(entry.batch, []) if entry.batch else []


def _counts(batches: list[UUID], most: int | None) -> list[Count]:
    """Rows of each batch by register and kind, ``most`` of each register; exact without it."""
    counts: list[Count] = []
    for table in tables() if batches else ():
        counts += _counts_of(table, batches, most)
    return counts


def _counts_of(table: Table, batches: list[UUID], most: int | None) -> list[Count]:
    """Written by hand: the ORM would compile it anew for each batch in each table."""
    quote = connection.ops.quote_name
    model, field = table.model, table.model._meta.get_field(table.names["batch"])
    kind = quote(model._meta.get_field(table.kind_field).column) if table.kind_field else "'*'"
    rows = f"FROM {quote(model._meta.db_table)} WHERE {quote(field.column)} = %s"
    limit = f"LIMIT {most}" if most else ""
    arms = " UNION ALL ".join(
        f"SELECT * FROM (SELECT {place} AS place, {kind} AS kind {rows} {limit}) b{place}"  # noqa: S608 (own names)
        for place in range(len(batches))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT place, kind, COUNT(*) FROM ({arms}) found "  # noqa: S608 (own names)
            "GROUP BY place, kind ORDER BY place, kind",
            [field.get_db_prep_value(batch, connection) for batch in batches],
        )
        found = cursor.fetchall()
    return [Count(batches[place], table, kind, number) for place, kind, number in found]


def count_exactly(batch: UUID) -> list[Count]:
    """What ``batch`` brought to each register, to the row."""
    return _counts([batch], None)
