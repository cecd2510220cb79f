"""The trail: who changed what, when and why, in every register, newest first.

One UNION over the history tables and the append-only ones; nothing is written for it. What came in
one batch (an import, a bulk edit) is one entry. Pages go by key: an instant, a table, a row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalChanges

from audit import reasons
from audit.changes import Change, Reader
from audit.choices import Way
from audit.display import way_icon
from audit.models import AppendOnlyModel, Job

PER_PAGE = 50
# A batch on a list of many tells "more than": whoever wants the number opens it.
COUNTED = 10_000
RECORDED = "*"
ACTIONS = {
    "+": gettext_lazy("created"),
    "~": gettext_lazy("changed"),
    "-": gettext_lazy("deleted"),
    RECORDED: gettext_lazy("recorded"),
}
BATCHES = -1  # stands for the table in the key of a batch
SYSTEM = "system"


@dataclass(frozen=True)
class Table:
    """A table of the trail, with the names that its columns have there."""

    place: int
    model: type[models.Model]
    is_history: bool

    @property
    def register(self) -> type[models.Model]:
        return self.model.instance_type if self.is_history else self.model

    @property
    def key(self) -> str:
        return self.register._meta.label_lower

    @property
    def label(self) -> str:
        return capfirst(str(self.register._meta.verbose_name_plural))

    @property
    def names(self) -> dict[str, str]:
        return HISTORY if self.is_history else APPENDED

    @property
    def kind_field(self) -> str:
        """What tells its rows apart in the counts of a batch."""
        return "history_type" if self.is_history else self.model.trail_kind

    def rows(self) -> QuerySet:
        return self.model._base_manager.order_by()


HISTORY = {
    "record": "id",
    "at": "history_date",
    "by": "history_user_id",
    "name": "history_username",
    "way": "history_way",
    "reason": "history_change_reason",
    "batch": "history_batch",
}
APPENDED = {
    "record": "id",
    "at": "recorded_at",
    "by": "recorded_by_id",
    "name": "recorded_name",
    "way": "way",
    "reason": "reason",
    "batch": "batch",
}


def tables() -> list[Table]:
    """Every table of the trail, in a fixed order."""
    found = [m for m in apps.get_models() if _is_history(m) or _is_appended(m)]
    found.sort(key=lambda model: model._meta.label_lower)
    return [Table(place, m, _is_history(m)) for place, m in enumerate(found)]


def _is_history(model: type[models.Model]) -> bool:
    return issubclass(model, HistoricalChanges)


def _is_appended(model: type[models.Model]) -> bool:
    return issubclass(model, AppendOnlyModel) and model.in_trail


@dataclass(frozen=True)
class Key:
    """Where an entry stands: entries are ordered by it, the latest first."""

    at: datetime
    place: int
    row: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}~{self.place}~{self.row}"

    @classmethod
    def of(cls, text: str) -> "Key | None":
        """The key that ``text`` names; None for one that nobody handed out."""
        try:
            at, place, row = text.split("~")
            moment = datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
            return cls(moment, int(place), str(UUID(row)) if int(place) < 0 else str(int(row)))
        except ValueError:
            return None

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.at, self.place, self.row if self.place < 0 else int(self.row))


@dataclass(frozen=True)
class Asked:
    """What the trail is asked for; days are local and both included."""

    person: str = ""  # the key of a user, or SYSTEM
    register: str = ""  # label_lower of a model
    action: str = ""
    way: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    batch: UUID | None = None

    @property
    def is_narrow(self) -> bool:
        return self != Asked()

    def conditions(self, names: dict[str, str]) -> Q:
        """The filters that every table shares, by the names of its columns."""
        told = Q()
        if self.person:
            by = None if self.person == SYSTEM else int(self.person)
            told &= Q(**{names["by"]: by})
        if self.way:
            told &= Q(**{names["way"]: self.way})
        if self.since:
            told &= Q(**{f"{names['at']}__gte": _midnight(self.since)})
        if self.until:
            told &= Q(**{f"{names['at']}__lt": _midnight(self.until + timedelta(days=1))})
        return told


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# What upper rooms add ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a room says of a batch of its own: its title, where to look, and its figures."""

    title: str
    url: str = ""
    figures: list[tuple[str, int]] = field(default_factory=list)
    meta: str = ""


Describer = Callable[[list[UUID]], dict[UUID, Told]]
Finder = Callable[[str], Iterable[tuple[type[models.Model], Iterable[Any]]]]

_describers: list[Describer] = []
_finders: list[Finder] = []


def describe_batches(describer: Describer) -> Describer:
    """Register ``describer(uuids)``, which names the batches that it knows, in one query."""
    _describers.append(describer)
    return describer


@describe_batches
def jobs(batches: list[UUID]) -> dict[UUID, Told]:
    """What a job changed goes by the job's own uuid, unless the job says otherwise."""
    found = Job.objects.filter(uuid__in=batches)
    return {
        job.uuid: Told(job.label, reverse("admin:audit_job_change", args=[job.pk])) for job in found
    }


def find_records(finder: Finder) -> Finder:
    """Register ``finder(words)``, which yields (model, keys) of the records that words name."""
    _finders.append(finder)
    return finder


# Entries ----------------------------------------------------------------------------------------


@dataclass
class Entry:
    """One change of one record, or one batch."""

    key: Key
    by_id: int | None
    name: str
    way: str
    reason: str
    table: Table | None = None
    record_id: int | None = None
    action: str = ""
    batch: UUID | None = None
    who: str = ""
    record: models.Model | None = None
    changes: list[Change] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)
    counts: list["Count"] = field(default_factory=list)
    told: Told | None = None
    # Nobody is led to a page that would refuse them.
    is_closed: bool = False

    @property
    def at(self) -> datetime:
        return self.key.at

    @property
    def is_batch(self) -> bool:
        return self.batch is not None

    @property
    def register(self) -> str:
        return capfirst(str(self.table.register._meta.verbose_name)) if self.table else ""

    @property
    def record_name(self) -> str:
        return str(self.record) if self.record else f"#{self.record_id}"

    @property
    def title(self) -> str:
        if self.is_batch:
            return self.told.title if self.told else _("Change of several records")
        return f"{self.register} {self.record_name}"

    @property
    def action_label(self) -> str:
        return str(ACTIONS.get(self.action, ""))

    @property
    def way_label(self) -> str:
        return str(dict(Way.choices).get(self.way, self.way))

    @property
    def icon(self) -> str:
        return way_icon(self.way)

    @property
    def why(self) -> str:
        return reasons.readable(self.reason)

    @property
    def meta(self) -> str:
        """Who and what in a few words, for short lists."""
        return " · ".join(filter(None, (self.who, self.action_label)))

    @property
    def total(self) -> int:
        return sum(count.at_most for count in self.counts)

    @property
    def is_more(self) -> bool:
        return any(count.is_more for count in self.counts)

    @property
    def url(self) -> str:
        """The history of the record, or its page; empty where there is none that may be seen."""
        if self.is_closed:
            return ""
        if self.is_batch:
            return f"{reverse('admin:audit_trail')}?batch={self.batch}"
        if self.table is None:
            return ""
        meta = self.table.register._meta
        page = "history" if self.table.is_history else "change"
        try:
            return reverse(
                f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[self.record_id]
            )
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Count:
    """How many rows of one kind a batch brought to one register."""

    batch: UUID
    table: Table
    kind: str
    number: int

    @property
    def is_more(self) -> bool:
        return self.number > COUNTED

    @property
    def at_most(self) -> int:
        return min(self.number, COUNTED)

    @property
    def kind_label(self) -> str:
        if self.kind in ACTIONS:
            return str(ACTIONS[self.kind])
        choices = dict(self.table.model._meta.get_field(self.table.kind_field).flatchoices)
        return str(choices.get(self.kind, self.kind)).lower()


@dataclass
class Page:
    entries: list[Entry]
    older: str  # the key after which the next page begins; empty on the last one


def latest(user: Any, limit: int = 8) -> list[Entry]:
    """The newest entries for the dashboard of ``user``; none for who may not see the trail."""
    if not user.has_perm("audit.view_trail"):
        return []
    entries = _entries(Asked(), None, limit)
    _name(entries)
    link_for(user, entries)
    return entries


def page(asked: Asked, after: str = "", size: int = PER_PAGE) -> Page:
    """``size`` entries older than the key ``after``, in a number of queries that does not grow."""
    entries = _entries(asked, Key.of(after), size + 1)
    more, entries = len(entries) > size, entries[:size]
    _name(entries)
    _tell_changes(entries)
    _count_batches(entries)
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


def count_exactly(batch: UUID) -> list[Count]:
    """What ``batch`` brought to each register, to the row."""
    return _counts([batch], None)


def _entries(asked: Asked, after: Key | None, limit: int) -> list[Entry]:
    found = _singles(asked, after, limit)
    if asked.batch is None:
        found += _batches(asked, after, limit)
    return sorted(found, key=lambda entry: entry.key.order, reverse=True)[:limit]


# Single changes: one UNION ----------------------------------------------------------------------


def _singles(asked: Asked, after: Key | None, limit: int) -> list[Entry]:
    every = tables()
    found = _Found(asked.words)
    arms, params = [], []
    for table in every:
        if (rows := _narrowed(table, asked, found)) is None:
            continue
        sql, values = _arm(table, _older(rows, table, after), limit)
        arms.append(f"SELECT * FROM ({sql}) t{table.place}")  # noqa: S608 (made by the ORM)
        params += values
    if not arms:
        return []
    # The union's columns by number: the names come from whichever table is first.
    union = f"{' UNION ALL '.join(arms)} ORDER BY 5 DESC, 1 DESC, 2 DESC LIMIT {limit}"
    with connection.cursor() as cursor:
        cursor.execute(union, params)
        return [_single(every, row) for row in cursor.fetchall()]


def _narrowed(table: Table, asked: Asked, found: "_Found") -> QuerySet | None:
    """The rows of ``table`` that are asked for; None where there can be none."""
    if asked.register and asked.register != table.key:
        return None
    rows = table.rows().filter(asked.conditions(table.names))
    if asked.action and table.is_history:
        rows = rows.filter(history_type=asked.action)
    elif asked.action not in ("", RECORDED):
        return None
    alone = Q(**{table.names["batch"]: asked.batch})
    if asked.words:
        # A record that was looked for is shown from within an import too.
        return rows.filter((alone & found.by_reason(table)) | found.by_record(table))
    return rows.filter(alone)


def _older(rows: QuerySet, table: Table, after: Key | None) -> QuerySet:
    if after is None:
        return rows
    at = table.names["at"]
    if table.place < after.place:
        return rows.filter(**{f"{at}__lte": after.at})
    if table.place > after.place:
        return rows.filter(**{f"{at}__lt": after.at})
    same_moment = Q(**{at: after.at, "pk__lt": int(after.row)})
    # The first comparison alone uses the index.
    return rows.filter(Q(**{f"{at}__lt": after.at}) | same_moment, **{f"{at}__lte": after.at})


def _arm(table: Table, rows: QuerySet, limit: int) -> tuple[str, tuple[Any, ...]]:
    names = table.names
    kind = F("history_type") if table.is_history else Value(RECORDED)
    columns = ("pk", names["record"], "trail_action")
    shared = (names[name] for name in ("at", "by", "name", "way", "reason"))
    place = Value(table.place, models.IntegerField())
    rows = rows.annotate(trail_place=place, trail_action=kind)
    rows = rows.order_by(f"-{names['at']}", "-pk")
    return rows.values_list("trail_place", *columns, *shared)[:limit].query.sql_with_params()


def _single(every: list[Table], row: tuple[Any, ...]) -> Entry:
    place, pk, record, action, at, by, name, way, reason = row
    return Entry(
        key=Key(_moment(at), place, str(pk)),
        by_id=by,
        name=name or "",
        way=way,
        reason=reason or "",
        table=every[place],
        record_id=record,
        action=action,
    )


def _moment(value: Any) -> datetime:
    """An instant as the database hands it out: SQLite gives text in UTC."""
    moment = parse_datetime(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Found:
    """The records that searched words name, in each register; looked up once."""

    # What people call records by. Contact values are found by the rooms that hold them.
    NAMES = ("slug", "name", "name_pl", "name_en", "title", "full_name")
    MOST = 200

    def __init__(self, words: str) -> None:
        self.words = words.strip()

    def by_reason(self, table: Table) -> Q:
        reason = table.names["reason"]
        told = Q(**{f"{reason}__icontains": self.words})
        for cause in reasons.matching(self.words):
            told |= Q(**{f"{reason}__startswith": f"{cause}:"})
        return told

    def by_record(self, table: Table) -> Q:
        return Q(**{f"{table.names['record']}__in": self._keys.get(table.register, ())})

    @cached_property
    def _keys(self) -> dict[type[models.Model], set[Any]]:
        keys: dict[type[models.Model], set[Any]] = defaultdict(set)
        for model in {table.register for table in tables()}:
            if (condition := self._called(model)) is not None:
                found = model._base_manager.filter(condition).order_by()
                keys[model].update(found.values_list("pk", flat=True)[: self.MOST])
        for finder in _finders:
            for model, found in finder(self.words):
                keys[model].update(found)
        return keys

    def _called(self, model: type[models.Model]) -> Q | None:
        fields = {f.name for f in model._meta.concrete_fields}
        fields -= set(getattr(model, "withheld_fields", ()))
        called = Q()
        for name in fields.intersection(self.NAMES):
            called |= Q(**{f"{name}__icontains": self.words})
        if (whole := uuid_of(self.words)) and "uuid" in fields:
            called |= Q(uuid=whole)
        return called or None


def uuid_of(text: str) -> UUID | None:
    """The uuid that ``text`` is; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


# Batches: their first rows ----------------------------------------------------------------------


def _batches(asked: Asked, after: Key | None, limit: int) -> list[Entry]:
    heads = _earliest(_heads(asked))
    entries = [e for e in heads if after is None or e.key.order < after.order]
    return sorted(entries, key=lambda e: e.key.order, reverse=True)[:limit]


def _earliest(heads: Iterable[Entry]) -> list[Entry]:
    """One entry for a batch that came to several registers: from its first row."""
    first: dict[UUID, Entry] = {}
    for head in heads:
        known = first.get(head.batch)
        if known is None or head.at < known.at:
            first[head.batch] = head
    return list(first.values())


def _heads(asked: Asked) -> list[Entry]:
    """One row of each batch in each table, under the filters that a whole batch shares."""
    found = _Found(asked.words)
    arms, params = [], []
    for table in tables():
        if asked.register in ("", table.key):
            sql, values = _head_arm(table, asked, found)
            arms.append(f"SELECT * FROM ({sql}) t{table.place}")  # noqa: S608 (made by the ORM)
            params += values
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), params)
        return [_head(row) for row in cursor.fetchall()]


def _head_arm(table: Table, asked: Asked, found: _Found) -> tuple[str, tuple[Any, ...]]:
    rows = table.rows().filter(asked.conditions(table.names), pk__in=_first_rows(table))
    if asked.words:
        rows = rows.filter(found.by_reason(table))
    shared = (table.names[each] for each in ("batch", "at", "by", "name", "way", "reason"))
    return rows.values_list(*shared).query.sql_with_params()


def _first_rows(table: Table) -> RawSQL:
    """A row of each batch, by steps from batch to batch through the index.

    A DISTINCT would read every row of an import of a million.
    """
    quote = connection.ops.quote_name
    name, pk = quote(table.model._meta.db_table), quote(table.model._meta.pk.column)
    batch = quote(table.model._meta.get_field(table.names["batch"]).column)
    next_batch = f"SELECT {batch} FROM {name} WHERE {batch} {{}} ORDER BY {batch} LIMIT 1"  # noqa: S608 (own names)
    return RawSQL(  # noqa: S611 (own names)
        f"WITH RECURSIVE step(batch) AS (SELECT ({next_batch.format('IS NOT NULL')}) UNION ALL "  # noqa: S608
        f"SELECT ({next_batch.format('> step.batch')}) FROM step WHERE step.batch IS NOT NULL) "
        f"SELECT (SELECT {pk} FROM {name} WHERE {batch} = step.batch LIMIT 1) "
        "FROM step WHERE step.batch IS NOT NULL",
        [],
    )


def _head(row: tuple[Any, ...]) -> Entry:
    batch, at, by, name, way, reason = row
    uuid = batch if isinstance(batch, UUID) else UUID(batch)
    key = Key(_moment(at), BATCHES, str(uuid))
    return Entry(key, by, name or "", way, reason or "", batch=uuid)


# What entries say -------------------------------------------------------------------------------


def _name(entries: list[Entry]) -> None:
    """Who, which record, which batch: one query for each kind of thing named."""
    people = get_user_model()._base_manager.in_bulk({e.by_id for e in entries if e.by_id})
    records: dict[type[models.Model], set[Any]] = defaultdict(set)
    for entry in entries:
        if entry.table:
            records[entry.table.register].add(entry.record_id)
    known = {model: model._base_manager.in_bulk(keys) for model, keys in records.items()}
    told = described([e.batch for e in entries if e.batch])
    for entry in entries:
        entry.who = str(people.get(entry.by_id) or entry.name or _("the system"))
        entry.told = told.get(entry.batch)
        if entry.table:
            entry.record = known[entry.table.register].get(entry.record_id)


def described(batches: list[UUID]) -> dict[UUID, Told]:
    told: dict[UUID, Told] = {}
    for describer in _describers if batches else ():
        told |= describer(batches)
    return told


def _tell_changes(entries: list[Entry]) -> None:
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


def _count_batches(entries: list[Entry]) -> None:
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
    kind = F(table.kind_field) if table.kind_field else Value(RECORDED)
    arms, params = [], []
    for place, batch in enumerate(batches):
        rows = table.rows().filter(**{table.names["batch"]: batch}).annotate(trail_kind_of=kind)
        rows = rows.annotate(trail_batch=Value(place, models.IntegerField()))
        named = rows.values_list("trail_batch", "trail_kind_of")
        sql, values = (named[:most] if most else named).query.sql_with_params()
        arms.append(f"SELECT * FROM ({sql}) b{place}")  # noqa: S608 (made by the ORM)
        params += values
    statement = (
        f"WITH found(place, kind) AS ({' UNION ALL '.join(arms)}) "  # noqa: S608 (made by the ORM)
        "SELECT place, kind, COUNT(*) FROM found GROUP BY place, kind ORDER BY place, kind"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = cursor.fetchall()
    return [Count(batches[place], table, kind, number) for place, kind, number in found]
