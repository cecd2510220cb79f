"""One chunk of staged rows, recorded set by set within one transaction.

The statements stand in ``consents.importing.sql`` and work on temporary tables of the connection.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL
from django.utils import timezone

from audit import bulk
from audit.act import current_act
from audit.sql import instant, instant_literal, is_postgresql, new_uuid
from consents import outbox
from consents.choices import Giver, Method, SuppressionOrigin, SuppressionScope
from consents.fold import lock, refold
from consents.importing.proof import file_evidence, row_evidence
from consents.importing.sql import counted, said, whom, written
from consents.importing.sql.tables import INDEXES, LOOKED_UP, TABLES
from consents.models import (
    NEVER,
    Acquisition,
    ConsentEvent,
    ConsentImport,
    ContactPoint,
    DataSubject,
    Restriction,
    month_after,
)


class Again(Exception):
    """Somebody changed what the chunk rests on while it was being resolved: start it anew."""


class Chunk:
    """Rows of ``upload`` after position ``after`` up to ``through``, to be recorded once."""

    def __init__(
        self, upload: ConsentImport, after: int, through: int, moment: datetime, *, own: bool
    ) -> None:
        self.upload, self.own_export = upload, own
        self.counts: Counter[str] = Counter()
        obtained = timezone.localdate(moment)
        due = month_after(obtained) if upload.source.is_from_others else None
        act = current_act()
        self.batch = act.batch
        self.names = {
            "uuid": new_uuid(),
            "never": instant_literal(NEVER),
            "date": "date" if is_postgresql() else "text",
            "instant": "timestamptz" if is_postgresql() else "text",
            "by": "CAST(%(by)s AS bigint)",
            "batch": "CAST(%(batch)s AS uuid)" if is_postgresql() else "%(batch)s",
        }
        self.values = {
            "upload": upload.pk,
            "after": after,
            "through": through,
            "controller": upload.source.controller_id,
            "source": upload.source_id,
            "now": instant(timezone.now()),
            "obtained_on": obtained.isoformat(),
            "due_on": due.isoformat() if due else None,
            "listed_on": timezone.localdate(upload.as_of).isoformat() if upload.as_of else None,
            "scope": SuppressionScope.ALL.value,
            "origin": SuppressionOrigin.DO_NOT_CALL.value,
            "giver": Giver.USER.value,
            "method": Method.IMPORT.value,
            "by": act.by_id,
            "name": act.username,
            "way": act.way,
            "reason": act.reason,
            "batch": act.batch if is_postgresql() else act.batch and act.batch.hex,
        }

    def record(self) -> Counter[str]:
        """Record the rows and fold what they touch; returns the counts of formats.md.

        Raises Again (or IntegrityError) where another writer came between; run it anew then.
        """
        if is_postgresql():  # looks up a few rows by key in tables of any size
            self._run("SET LOCAL random_page_cost = 1.1")
            self._run("SET LOCAL jit = off")
        self._prepare()
        self._run(whom.LOAD)
        self._analyse("import_contact")
        self._leave_out_erased()
        retired = bool(self._rows(whom.RETIRED))
        if retired:
            self._run(whom.PAST, acts=whom.ACTS_OF_CONTACT)
        self._make_people()
        self._acquire()
        self._say(retired)
        self._hold()
        self._prove()
        self._write()
        self._count(counted.PROTECTED)
        return self.counts

    def foresee(self) -> Counter[str]:
        """The counts that ``record`` would give for these rows, without recording anything."""
        self._prepare()
        self._run(whom.LOAD)
        self._analyse("import_contact")
        self._foresee_erased()
        retired = bool(self._rows(whom.RETIRED))
        if retired:
            self._run(whom.PAST, acts=whom.ACTS_OF_CONTACT)
        unreal = {"new_point": "-ROW_NUMBER() OVER ()", "new_person": "0"}
        self.counts["contacts"] = self._run(whom.NEW_KEYS, **unreal)
        self.counts["people"] = self._one("SELECT COUNT(*) FROM import_key WHERE ordinal = 0")
        self._run(whom.POINTED)
        self._run(whom.GOT, new_id="0", only_new="AND NOT known" if self.own_export else "")
        self._say(retired)
        self._index(LOOKED_UP)
        self.counts["confirmed"] = self._one(counted.CONFIRMED_THEN)
        self._count(counted.PROTECTED_THEN)
        return self.counts

    def _foresee_erased(self) -> None:
        for (position,) in self._rows(whom.ERASED):
            self._run(f"DELETE FROM import_contact WHERE position = {position}")  # noqa: S608
            self.counts["erased"] += 1

    # Whom ----------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Make the temporary tables, or empty those of the chunk before."""
        for table, columns in TABLES.items():
            self._run(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})")
        self._index({f"{table}_index": f"{table} ({keys})" for table, keys in INDEXES.items()})
        if is_postgresql():  # a DELETE would leave its dead rows to be read by every later chunk
            self._run(f"TRUNCATE {', '.join(TABLES)}")
        else:
            for table in TABLES:
                self._run(f"DELETE FROM {table}")  # noqa: S608 (own names only)

    def _index(self, indexes: dict[str, str]) -> None:
        for name, keys in indexes.items():
            index = name if is_postgresql() else f"temp.{name}"
            self._run(f"CREATE INDEX IF NOT EXISTS {index} ON {keys}")

    def _leave_out_erased(self) -> None:
        positions = [position for (position,) in self._rows(whom.ERASED)]
        if not positions:
            return
        listed = ", ".join(map(str, positions))
        column = connection.ops.quote_name("column")
        self._run(whom.REJECT, positions=listed, column=column)
        self._run(f"DELETE FROM import_contact WHERE position IN ({listed})")  # noqa: S608
        self.counts["erased"] = len(positions)

    def _make_people(self) -> None:
        ids = {"new_point": _next_id(ContactPoint), "new_person": _next_id(DataSubject)}
        if not self._run(whom.NEW_KEYS, **ids):
            return
        self._analyse("import_key")
        self._run(whom.POINTED)
        while self._rows(whom.HOMELESS) and self._run(whom.SAME_PEOPLE):
            pass
        self.counts["people"] = self._run(whom.MAKE_PEOPLE)
        self._history(DataSubject, "import_key", "subject_id")
        self.counts["contacts"] = self._run(whom.MAKE_POINTS)
        self._history(ContactPoint, "import_key", "point_id")

    def _acquire(self) -> None:
        only_new = "AND NOT known" if self.own_export else ""
        if self._run(whom.GOT, new_id=_next_id(Acquisition), only_new=only_new):
            self._run(whom.ACQUIRE)
            self._history(Acquisition, "import_got", "id")

    def _history(self, model: type[Model], table: str, column: str) -> None:
        """History of the new records named in ``column``: the latest of their own table."""
        first = self._one(f"SELECT MIN({column}) FROM {table}")  # noqa: S608 (own names only)
        keys = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
        named = RawSQL(keys, ())  # noqa: S611 (own names only)
        if first is not None:
            bulk.record(model.objects.filter(pk__gte=first, pk__in=named), "+")

    # What ----------------------------------------------------------------------------------------

    def _say(self, retired: bool) -> None:
        own, fresh = "e.own_time", {"same_time": "AND t.own_time = s.own_time"}
        of_source = {"of_source": "AND +e.source_id = %(source)s", "by_time": ", e.own_time"}
        sooner = f"COALESCE(s.until, {self.names['never']}) < t.ends"
        fresh["adds"] = f"(s.needs_confirmation AND t.asks = 0) OR {sooner}"
        if self.own_export:  # what it says was told before, by whatever source and time
            own, of_source = "FALSE", {"of_source": "", "by_time": ""}
            fresh = {"same_time": "", "adds": "FALSE"}
        self._run(said.FRESH, said=self._told_before(retired, own, of_source), **fresh)
        self._analyse("import_act")

    def _told_before(self, retired: bool, own_time: str, of_source: dict[str, str]) -> str:
        """Fill ``import_told``; returns what to select the chunk's acts from."""
        saying = said.SAYING.replace("{home}", said.HOME if retired else "c.point_id")
        saying = saying.replace("{known}", "TRUE" if retired else "c.known")
        if not retired and not self._rows("SELECT 1 FROM import_contact WHERE known LIMIT 1"):
            return f"({saying})"  # everybody is new: nothing was told of them
        self._run(f"INSERT INTO import_said {saying}")
        self._analyse("import_said")
        self._run(said.TOLD, own_time=own_time, **of_source)
        self._analyse("import_told")
        return "import_said"

    def _hold(self) -> None:
        """Lock known contacts that get something new: others' acts about them wait or are seen."""
        touched = "SELECT DISTINCT point_id FROM import_act WHERE known AND kind <> 'suppressed'"
        found = self._rows(f"{touched} AND (fresh OR confirmed_at IS NOT NULL)")
        held = lock(point for (point,) in found)
        live = "SELECT point_id FROM import_contact WHERE known"
        if held and self._rows(
            f"SELECT 1 FROM consents_contactpoint WHERE retired_at IS NOT NULL AND id IN ({live})"  # noqa: S608
        ):
            raise Again

    def _prove(self) -> None:
        """Evidence of what is new: of the file once, of a row if it left traces of its own."""
        self._prove_file("SELECT DISTINCT member FROM import_act WHERE fresh")
        traced = self._rows(
            "SELECT position, line, member, ip FROM import_contact WHERE ip <> '' AND position IN "
            "(SELECT position FROM import_act WHERE fresh AND kind <> 'suppressed')"
        )
        proofs = zip(traced, row_evidence(self.upload, traced), strict=True)
        self._keep([(row[0], row[2], evidence.pk, evidence.sha256) for row, evidence in proofs])

    def _prove_file(self, members: str) -> None:
        proved = "SELECT member FROM import_proof WHERE position = -1"
        for (member,) in self._rows(f"{members} EXCEPT {proved}"):
            evidence = file_evidence(self.upload, member)
            self._keep([(-1, member, evidence.pk, evidence.sha256)])

    def _keep(self, proofs: list[tuple[int, str, int, str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO import_proof VALUES (%s, %s, %s, %s)", proofs)

    def _write(self) -> None:
        before = {model: outbox.newest(model) for model in (ConsentEvent, Restriction)}
        self._run(written.EVENTS)
        self._confirm()
        self._run(written.RESTRICTIONS)
        for model, newest in before.items():
            outbox.note_since(model, newest, self.batch)
        self._run(written.SUPPRESSIONS)
        touched = self._rows(
            "SELECT DISTINCT point_id FROM import_act WHERE kind IN ('given', 'refused', "
            "'withdrawn') AND (fresh OR position IN (SELECT position FROM import_confirmed))"
        )
        refold([point for (point,) in touched])

    def _confirm(self) -> None:
        if not self._rows("SELECT 1 FROM import_act WHERE confirmed_at IS NOT NULL LIMIT 1"):
            return
        if not self._run(written.CONFIRMED):
            return
        self._prove_file(
            "SELECT DISTINCT member FROM import_contact "
            "WHERE position IN (SELECT position FROM import_confirmed)"
        )
        self.counts["confirmed"] = self._run(written.CONFIRMATIONS)

    def _count(self, protected: str) -> None:
        for kind, number in self._rows(
            "SELECT kind, COUNT(*) FROM import_act WHERE fresh GROUP BY kind"
        ):
            name = kind if kind in ("given", "refused", "withdrawn", "suppressed") else "restricted"
            self.counts[name] += number
        if self.counts["given"]:
            self.counts["protected"] = self._one(protected.replace("{standing}", counted.STANDING))
        ((rows, applied),) = self._rows(counted.OUTCOME)
        self.counts["applied"], self.counts["unchanged"] = applied, rows - applied

    # SQL -----------------------------------------------------------------------------------------

    def _run(self, sql: str, **names: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(self._filled(sql, names), self.values)
            return cursor.rowcount

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self._filled(sql, {}), self.values)
            return cursor.fetchall()

    def _one(self, sql: str) -> int:
        return self._rows(sql)[0][0]

    def _filled(self, sql: str, names: dict[str, str]) -> str:
        for name, text in names.items():
            sql = sql.replace("{" + name + "}", text)
        for name, text in self.names.items():
            sql = sql.replace("{" + name + "}", text)
        return sql

    def _analyse(self, table: str) -> None:
        """Or PostgreSQL plans for a table of unknown size."""
        if is_postgresql():
            self._run(f"ANALYZE {table}")


def forget() -> None:
    """Drop the temporary tables: they hold contacts for as long as the connection lives."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {'' if is_postgresql() else 'temp.'}{table}")


def _next_id(model: type[Model]) -> str:
    """Expression for a new key of ``model``, one for each row of the SELECT it stands in."""
    table = model._meta.db_table
    find = "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s"
    if is_postgresql():
        find = "SELECT pg_get_serial_sequence(%s, 'id')"
    with connection.cursor() as cursor:
        cursor.execute(find, [table])
        (found,) = cursor.fetchone()
    # SQLite's transaction is IMMEDIATE: nobody else can take these.
    return f"nextval('{found}')" if is_postgresql() else f"{found} + ROW_NUMBER() OVER ()"
