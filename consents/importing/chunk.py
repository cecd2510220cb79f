"""One chunk of staged rows, recorded set by set within one transaction.

The statements are the same on both databases. ``import_*`` are temporary tables of the connection:
``import_contact`` the chunk's contacts with what they resolve to, ``import_key`` those that are
new, ``import_said`` what the rows say, ``import_told`` what was told before, ``import_act`` what
is said and whether it is ``fresh``, ``import_got`` and
``import_confirmed`` new acquisitions and confirmations, ``import_proof`` evidence of single rows.
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
from consents.choices import Giver, Method, SuppressionOrigin, SuppressionScope
from consents.fold import lock, refold
from consents.importing.proof import file_evidence, row_evidence
from consents.models import (
    NEVER,
    Acquisition,
    ConsentImport,
    ContactPoint,
    DataSubject,
    month_after,
)


class Again(Exception):
    """Somebody changed what the chunk rests on while it was being resolved: start it anew."""


TABLES = {
    "import_contact": """
        position BIGINT, ordinal BIGINT, line BIGINT, member TEXT, kind TEXT, value TEXT, key TEXT,
        hmac TEXT, stranger BOOLEAN, first_name TEXT, last_name TEXT, company TEXT,
        external_id TEXT, ip TEXT, point_id BIGINT, subject_id BIGINT,
        known BOOLEAN, past BOOLEAN, made BOOLEAN""",
    "import_key": """
        kind TEXT, key TEXT, position BIGINT, ordinal BIGINT, point_id BIGINT, subject_id BIGINT""",
    "import_said": """
        position BIGINT, ordinal BIGINT, kind TEXT, channel TEXT, purpose_id BIGINT, at {instant},
        own_time BOOLEAN, needs_confirmation BOOLEAN, confirmed_at {instant}, until {instant},
        point_id BIGINT, hmac TEXT, line BIGINT, member TEXT, known BOOLEAN, telling BIGINT""",
    "import_told": """
        point_id BIGINT, purpose_id BIGINT, channel TEXT, kind TEXT, at {instant}, own_time BOOLEAN,
        asks BIGINT, ends {instant}""",
    "import_act": """
        position BIGINT, ordinal BIGINT, kind TEXT, channel TEXT, purpose_id BIGINT, at {instant},
        own_time BOOLEAN, needs_confirmation BOOLEAN, confirmed_at {instant}, until {instant},
        point_id BIGINT, hmac TEXT, line BIGINT, member TEXT, known BOOLEAN, fresh BOOLEAN""",
    "import_got": "id BIGINT, point_id BIGINT, position BIGINT",
    "import_confirmed": "position BIGINT, ordinal BIGINT, about_id BIGINT",
    "import_proof": "position BIGINT, member TEXT, evidence_id BIGINT, sha256 TEXT",
}

INDEXES = {
    "import_contact": "position, ordinal",
    "import_key": "key, kind",
    "import_told": "point_id, purpose_id, channel, kind, at",
    "import_act": "position, ordinal",
    "import_confirmed": "position",
    "import_proof": "position",
}

# A plus before a column keeps SQLite from choosing its index: without statistics it takes one that
# finds half of the table (those of one source, those not lifted).
LOAD = """
INSERT INTO import_contact
SELECT c.position, c.ordinal, c.line, c.member, c.kind, c.value, c.key, c.hmac, c.stranger,
       c.first_name, c.last_name, c.company, c.external_id, c.ip, p.id, p.subject_id,
       p.id IS NOT NULL, FALSE, FALSE
FROM consents_stagedcontact c
LEFT JOIN consents_contactpoint p
  ON NOT c.stranger AND p.key = c.key AND p.kind = c.kind AND p.controller_id = %(controller)s
 AND p.retired_at IS NULL
WHERE c.upload_id = %(upload)s AND c.position > %(after)s AND c.position <= %(through)s
"""

# Erasure alone keeps a row out of the register; a list of strangers may hold the number again.
ERASED = """
SELECT DISTINCT c.position FROM import_contact c
JOIN consents_suppression s ON s.hmac = c.hmac
WHERE NOT c.stranger AND +s.controller_id = %(controller)s AND s.origin = 'erasure'
  AND +s.lifts_id IS NULL AND (s.until IS NULL OR s.until > %(now)s)
  AND NOT EXISTS (SELECT 1 FROM consents_suppression l WHERE l.lifts_id = s.id)
"""
REJECT = """
INSERT INTO consents_stagedreject (upload_id, line, member, {column}, value, reason)
SELECT %(upload)s, line, member, '', '', 'erased' FROM import_contact
WHERE ordinal = 0 AND position IN ({positions})
"""

RETIRED = """
SELECT 1 FROM import_contact c
JOIN consents_contactpoint r ON r.key = c.key AND r.kind = c.kind
WHERE r.controller_id = %(controller)s AND r.retired_at IS NOT NULL AND NOT c.stranger LIMIT 1
"""
# Contacts of whom the file tells only what happened before they were retired are not made anew.
PAST = """
UPDATE import_contact SET past = TRUE, subject_id = r.subject_id
FROM (
    SELECT c.position, c.ordinal, MAX(r.retired_at) AS retired_at, MAX(r.subject_id) AS subject_id
    FROM import_contact c
    JOIN consents_contactpoint r ON r.key = c.key AND r.kind = c.kind
    WHERE r.controller_id = %(controller)s AND r.retired_at IS NOT NULL AND c.point_id IS NULL
      AND NOT c.stranger
    GROUP BY c.position, c.ordinal
) r
WHERE import_contact.position = r.position AND import_contact.ordinal = r.ordinal
  AND EXISTS ({acts}) AND NOT EXISTS ({acts} AND a.at >= r.retired_at)
"""
ACTS_OF_CONTACT = """
    SELECT 1 FROM consents_stagedact a WHERE a.upload_id = %(upload)s
      AND a.position = import_contact.position AND a.ordinal = import_contact.ordinal
"""

# A row belongs to the person of its first contact: a new first contact makes a new person.
NEW_KEYS = """
INSERT INTO import_key
SELECT kind, key, place / 1024, place %% 1024, {new_point},
       CASE WHEN place %% 1024 = 0 THEN {new_person} END
FROM (
    SELECT kind, key, MIN(position * 1024 + ordinal) AS place FROM import_contact
    WHERE point_id IS NULL AND NOT stranger AND NOT past GROUP BY kind, key
) k
"""
POINTED = """
UPDATE import_contact SET point_id = k.point_id,
    subject_id = COALESCE(import_contact.subject_id, k.subject_id),
    made = k.subject_id IS NOT NULL AND k.position = import_contact.position
           AND k.ordinal = import_contact.ordinal
FROM import_key k
WHERE k.kind = import_contact.kind AND k.key = import_contact.key
  AND import_contact.point_id IS NULL AND NOT import_contact.stranger
"""
HOMELESS = """
SELECT 1 FROM import_contact WHERE ordinal = 0 AND subject_id IS NULL AND NOT stranger LIMIT 1
"""
# Its first contact is also in an earlier row of this chunk: the same person.
SAME_PEOPLE = """
UPDATE import_contact SET subject_id = r.subject_id
FROM import_key k
JOIN import_contact r ON r.position = k.position AND r.ordinal = 0
WHERE k.kind = import_contact.kind AND k.key = import_contact.key AND r.subject_id IS NOT NULL
  AND import_contact.ordinal = 0 AND import_contact.subject_id IS NULL
  AND NOT import_contact.stranger
"""
MAKE_PEOPLE = """
INSERT INTO consents_datasubject (id, uuid, created_at, updated_at, controller_id, kind, first_name,
                                  last_name, company_name, external_id)
SELECT subject_id, {uuid}, %(now)s, %(now)s, %(controller)s, 'person', first_name, last_name,
       company, external_id
FROM import_contact WHERE made
"""
MAKE_POINTS = """
INSERT INTO consents_contactpoint (id, uuid, created_at, updated_at, controller_id, subject_id,
                                   kind, value, key, hmac, retired_for)
SELECT k.point_id, {uuid}, %(now)s, %(now)s, %(controller)s, r.subject_id, c.kind, c.value, c.key,
       c.hmac, ''
FROM import_key k
JOIN import_contact c ON c.position = k.position AND c.ordinal = k.ordinal
JOIN import_contact r ON r.position = k.position AND r.ordinal = 0
ORDER BY c.key, c.kind -- two imports that share new contacts meet in one order
"""
GOT = """
INSERT INTO import_got
SELECT {new_id}, point_id, position FROM (
    SELECT point_id, MIN(position) AS position FROM import_contact
    WHERE point_id IS NOT NULL {only_new} GROUP BY point_id
) c
WHERE NOT EXISTS (SELECT 1 FROM consents_acquisition a
                  WHERE a.contact_point_id = c.point_id AND a.source_id = %(source)s)
"""
ACQUIRE = """
INSERT INTO consents_acquisition (id, uuid, created_at, updated_at, contact_point_id, source_id,
                                  obtained_on, due_on, informed_how)
SELECT id, {uuid}, %(now)s, %(now)s, point_id, %(source)s, CAST(%(obtained_on)s AS {date}),
       CAST(%(due_on)s AS {date}), '' FROM import_got
"""

SAYING = """
SELECT said.*, ROW_NUMBER() OVER (
    PARTITION BY kind, point_id, purpose_id, channel, at, own_time, needs_confirmation, until,
                 CASE WHEN kind = 'suppressed' THEN hmac END
    ORDER BY position, ordinal
) AS telling
FROM (
    SELECT a.position, a.ordinal, a.kind, a.channel, a.purpose AS purpose_id, a.at, a.own_time,
           a.needs_confirmation, a.confirmed_at, a.until, {home} AS point_id, c.hmac, c.line,
           c.member, {known} AS known
    FROM consents_stagedact a
    JOIN import_contact c ON c.position = a.position AND c.ordinal = a.ordinal
    WHERE a.upload_id = %(upload)s AND a.position > %(after)s AND a.position <= %(through)s
) said
"""
# The acts of these contacts that were told before; for our own export, by any source.
TOLD = """
INSERT INTO import_told
SELECT e.contact_point_id, e.purpose_id, e.channel, e.kind, e.occurred_at, {own_time},
       MAX(CASE WHEN e.needs_confirmation THEN 1 ELSE 0 END),
       MIN(COALESCE(e.valid_until, {never}))
FROM (SELECT DISTINCT point_id FROM import_said WHERE known) k
JOIN consents_consentevent e ON e.contact_point_id = k.point_id
WHERE e.kind IN ('given', 'refused', 'withdrawn') {of_source}
GROUP BY e.contact_point_id, e.purpose_id, e.channel, e.kind, e.occurred_at {by_time}
"""
# A later telling of an act is fresh only if it asks for confirmation or ends sooner.
FRESH = """
INSERT INTO import_act
SELECT s.position, s.ordinal, s.kind, s.channel, s.purpose_id, s.at, s.own_time,
       s.needs_confirmation, s.confirmed_at, s.until, s.point_id, s.hmac, s.line, s.member, s.known,
       s.telling = 1 AND CASE
           WHEN s.kind = 'suppressed' THEN NOT EXISTS (
               SELECT 1 FROM consents_suppression x
               WHERE x.hmac = s.hmac AND +x.controller_id = %(controller)s
                 AND COALESCE(x.channel, '') = s.channel AND x.scope = %(scope)s
                 AND x.origin = %(origin)s
                 AND COALESCE(x.until, {never}) = COALESCE(s.until, {never})
                 AND +x.lifts_id IS NULL)
           WHEN s.kind NOT IN ('given', 'refused', 'withdrawn') THEN NOT s.known OR NOT EXISTS (
               SELECT 1 FROM consents_restriction x
               WHERE x.contact_point_id = s.point_id AND x.kind = s.kind
                 AND COALESCE(x.channel, '') = s.channel
                 AND COALESCE(x.purpose_id, 0) = COALESCE(s.purpose_id, 0)
                 AND x.effective_at = s.at AND +x.source_id = %(source)s AND +x.lifts_id IS NULL)
           ELSE t.ends IS NULL OR {adds}
       END
FROM {said} s
LEFT JOIN import_told t ON t.point_id = s.point_id AND t.purpose_id = s.purpose_id
    AND t.channel = s.channel AND t.kind = s.kind AND t.at = s.at {same_time}
"""
HOME = """
COALESCE((SELECT r.id FROM consents_contactpoint r WHERE r.key = c.key AND r.kind = c.kind
          AND r.controller_id = %(controller)s AND r.retired_at > a.at AND NOT c.stranger
          ORDER BY r.retired_at LIMIT 1), c.point_id)
"""

ACT_COLUMNS = "uuid, recorded_at, recorded_by_id, recorded_name, way, reason, batch"
ACT_VALUES = (
    "{uuid}, %(now)s, {by}, %(name)s, %(way)s, %(reason)s, {batch}"  # who, by which way, why
)
PROOF = """
LEFT JOIN import_proof own ON own.position = a.position
LEFT JOIN import_proof file ON file.position = -1 AND file.member = a.member
"""
PROVED = "COALESCE(own.evidence_id, file.evidence_id), COALESCE(own.sha256, file.sha256), a.line"
EVENTS = f"""
INSERT INTO consents_consentevent ({ACT_COLUMNS}, contact_point_id, purpose_id, channel, kind,
    occurred_at, own_time, giver, method, source_id, needs_confirmation, valid_until,
    evidence_id, evidence_sha256, evidence_line)
SELECT {ACT_VALUES}, a.point_id, a.purpose_id, a.channel, a.kind, a.at, a.own_time, %(giver)s,
       %(method)s, %(source)s, a.needs_confirmation, a.until, {PROVED}
FROM import_act a {PROOF}
WHERE a.fresh AND a.kind IN ('given', 'refused', 'withdrawn')
ON CONFLICT DO NOTHING
"""  # noqa: S608 (own names only)
CONFIRMED = """
INSERT INTO import_confirmed
SELECT position, ordinal, about_id FROM (
    SELECT a.position, a.ordinal, a.confirmed_at, MIN(g.id) AS about_id,
           ROW_NUMBER() OVER (PARTITION BY MIN(g.id), a.confirmed_at
                              ORDER BY a.position, a.ordinal) AS telling
    FROM import_act a
    JOIN consents_consentevent g
      ON g.contact_point_id = a.point_id AND g.purpose_id = a.purpose_id AND g.channel = a.channel
     AND g.kind = 'given' AND g.occurred_at = a.at AND +g.source_id = %(source)s
     AND g.own_time = a.own_time
    WHERE a.kind = 'given' AND a.confirmed_at IS NOT NULL
    GROUP BY a.position, a.ordinal, a.confirmed_at
) c
WHERE telling = 1 AND NOT EXISTS (
    SELECT 1 FROM consents_consentevent x
    WHERE x.about_id = c.about_id AND x.kind = 'confirmed' AND x.occurred_at = c.confirmed_at)
"""
CONFIRMATIONS = f"""
INSERT INTO consents_consentevent ({ACT_COLUMNS}, contact_point_id, purpose_id, channel, kind,
    occurred_at, own_time, about_id, giver, method, source_id, needs_confirmation,
    evidence_id, evidence_sha256, evidence_line)
SELECT {ACT_VALUES}, a.point_id, a.purpose_id, a.channel, 'confirmed', a.confirmed_at, TRUE,
       c.about_id, %(giver)s, %(method)s, %(source)s, FALSE, {PROVED}
FROM import_confirmed c
JOIN import_act a ON a.position = c.position AND a.ordinal = c.ordinal AND a.kind = 'given'
 AND a.confirmed_at IS NOT NULL
JOIN consents_consentevent g ON g.id = c.about_id AND g.purpose_id = a.purpose_id
 AND g.channel = a.channel {PROOF}
"""  # noqa: S608
RESTRICTIONS = f"""
INSERT INTO consents_restriction ({ACT_COLUMNS}, contact_point_id, kind, channel, purpose_id,
    effective_at, source_id, evidence_id, evidence_sha256, evidence_line)
SELECT {ACT_VALUES}, a.point_id, a.kind, NULLIF(a.channel, ''), a.purpose_id, a.at, %(source)s,
       {PROVED}
FROM import_act a {PROOF}
WHERE a.fresh AND a.kind NOT IN ('given', 'refused', 'withdrawn', 'suppressed')
ON CONFLICT DO NOTHING
"""  # noqa: S608
SUPPRESSIONS = f"""
INSERT INTO consents_suppression ({ACT_COLUMNS}, controller_id, hmac, channel, scope, origin,
    listed_on, until)
SELECT {ACT_VALUES}, %(controller)s, a.hmac, NULLIF(a.channel, ''), %(scope)s, %(origin)s,
       CAST(%(listed_on)s AS {{date}}), a.until
FROM import_act a WHERE a.fresh AND a.kind = 'suppressed'
ON CONFLICT DO NOTHING
"""  # noqa: S608

# A standing objection, do-not-contact or suppression in whose scope the give is.
STANDING = """
OR EXISTS (
        SELECT 1 FROM consents_contactpoint o
        JOIN consents_restriction r ON r.contact_point_id = o.id
        WHERE o.subject_id = p.subject_id
          AND (o.id = p.id OR (r.kind IN ('objection', 'objection_purpose') AND r.channel IS NULL))
          AND (r.kind = 'do_not_contact' OR r.kind = 'objection_purpose'
               OR (r.kind = 'objection' AND u.nature = 'commercial'))
          AND (r.channel IS NULL OR r.channel = a.channel)
          AND (r.purpose_id IS NULL OR r.purpose_id = a.purpose_id)
          AND (r.until IS NULL OR r.until > %(now)s) AND +r.lifts_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM consents_restriction l WHERE l.lifts_id = r.id))
    OR EXISTS (
        SELECT 1 FROM consents_suppression x
        WHERE x.hmac = p.hmac AND +x.controller_id = %(controller)s
          AND (x.channel IS NULL OR x.channel = a.channel)
          AND (x.scope = 'all' OR u.nature = 'commercial')
          AND (x.until IS NULL OR x.until > %(now)s) AND +x.lifts_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM consents_suppression l WHERE l.lifts_id = x.id))
"""
# Gives that were recorded and do not count, because a no stands.
PROTECTED = """
SELECT COUNT(*) FROM import_act a
JOIN consents_contactpoint p ON p.id = a.point_id
JOIN processing_purpose u ON u.id = a.purpose_id
LEFT JOIN consents_consent s ON s.contact_point_id = a.point_id AND s.purpose_id = a.purpose_id
                            AND s.channel = a.channel
WHERE a.fresh AND a.kind = 'given' AND (
    s.state IN ('refused', 'withdrawn')
    {standing})
"""
# The same before anything is recorded: what the file itself says counts too.
PROTECTED_THEN = """
SELECT COUNT(*) FROM import_act a
JOIN processing_purpose u ON u.id = a.purpose_id
LEFT JOIN consents_contactpoint p ON p.id = a.point_id
LEFT JOIN consents_consent s ON s.contact_point_id = a.point_id AND s.purpose_id = a.purpose_id
                            AND s.channel = a.channel
WHERE a.fresh AND a.kind = 'given' AND (
    (s.state IN ('refused', 'withdrawn') AND (NOT a.own_time OR s.since >= a.at))
    OR EXISTS (
        SELECT 1 FROM import_act n WHERE n.point_id = a.point_id AND (
            (n.kind IN ('refused', 'withdrawn') AND n.purpose_id = a.purpose_id
             AND n.channel = a.channel AND (NOT a.own_time OR n.at >= a.at))
            OR (n.kind IN ('do_not_contact', 'objection_purpose', 'objection')
                AND (n.kind <> 'objection' OR u.nature = 'commercial')
                AND n.channel IN ('', a.channel)
                AND (n.purpose_id IS NULL OR n.purpose_id = a.purpose_id))))
    OR EXISTS (SELECT 1 FROM import_act n WHERE n.kind = 'suppressed' AND n.hmac = a.hmac
               AND n.channel = a.channel)
    {standing})
"""
CONFIRMED_THEN = """
SELECT COUNT(*) FROM (
    SELECT DISTINCT a.point_id, a.purpose_id, a.channel, a.at, a.own_time, a.confirmed_at
    FROM import_act a
    WHERE a.kind = 'given' AND a.confirmed_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM consents_consentevent g
        JOIN consents_consentevent x ON x.about_id = g.id
        WHERE g.contact_point_id = a.point_id AND g.purpose_id = a.purpose_id
          AND g.channel = a.channel AND g.kind = 'given' AND g.occurred_at = a.at
          AND g.own_time = a.own_time AND +g.source_id = %(source)s
          AND x.kind = 'confirmed' AND x.occurred_at = a.confirmed_at)
) c
"""
OUTCOME = """
SELECT COUNT(*), COALESCE(SUM(CASE WHEN c.position IN (
    SELECT position FROM import_act WHERE fresh UNION SELECT position FROM import_confirmed
    UNION SELECT position FROM import_key UNION SELECT position FROM import_got
) THEN 1 ELSE 0 END), 0)
FROM import_contact c WHERE c.ordinal = 0
"""


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
        self._run(LOAD)
        self._analyse("import_contact")
        self._leave_out_erased()
        retired = bool(self._rows(RETIRED))
        if retired:
            self._run(PAST, acts=ACTS_OF_CONTACT)
        self._make_people()
        self._acquire()
        self._say(retired)
        self._hold()
        self._prove()
        self._write()
        self._count(PROTECTED)
        return self.counts

    def foresee(self) -> Counter[str]:
        """The counts that ``record`` would give for these rows, without recording anything."""
        self._prepare()
        self._run(LOAD)
        self._analyse("import_contact")
        self._foresee_erased()
        retired = bool(self._rows(RETIRED))
        if retired:
            self._run(PAST, acts=ACTS_OF_CONTACT)
        unreal = {"new_point": "-ROW_NUMBER() OVER ()", "new_person": "0"}
        self.counts["contacts"] = self._run(NEW_KEYS, **unreal)
        self.counts["people"] = self._one("SELECT COUNT(*) FROM import_key WHERE ordinal = 0")
        self._run(POINTED)
        self._run(GOT, new_id="0", only_new="AND NOT known" if self.own_export else "")
        self._say(retired)
        self.counts["confirmed"] = self._one(CONFIRMED_THEN)
        self._count(PROTECTED_THEN)
        return self.counts

    def _foresee_erased(self) -> None:
        for (position,) in self._rows(ERASED):
            self._run(f"DELETE FROM import_contact WHERE position = {position}")  # noqa: S608
            self.counts["erased"] += 1

    # Whom ----------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Make the temporary tables, or empty those of the chunk before."""
        for table, columns in TABLES.items():
            self._run(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})")
        for table, columns in INDEXES.items():
            index = f"{'' if is_postgresql() else 'temp.'}{table}_index"
            self._run(f"CREATE INDEX IF NOT EXISTS {index} ON {table} ({columns})")
        if is_postgresql():  # a DELETE would leave its dead rows to be read by every later chunk
            self._run(f"TRUNCATE {', '.join(TABLES)}")
        else:
            for table in TABLES:
                self._run(f"DELETE FROM {table}")  # noqa: S608 (own names only)

    def _leave_out_erased(self) -> None:
        positions = [position for (position,) in self._rows(ERASED)]
        if not positions:
            return
        listed = ", ".join(map(str, positions))
        column = connection.ops.quote_name("column")
        self._run(REJECT, positions=listed, column=column)
        self._run(f"DELETE FROM import_contact WHERE position IN ({listed})")  # noqa: S608
        self.counts["erased"] = len(positions)

    def _make_people(self) -> None:
        ids = {"new_point": _next_id(ContactPoint), "new_person": _next_id(DataSubject)}
        if not self._run(NEW_KEYS, **ids):
            return
        self._analyse("import_key")
        self._run(POINTED)
        while self._rows(HOMELESS) and self._run(SAME_PEOPLE):
            pass
        self.counts["people"] = self._run(MAKE_PEOPLE)
        self._history(DataSubject, "import_key", "subject_id")
        self.counts["contacts"] = self._run(MAKE_POINTS)
        self._history(ContactPoint, "import_key", "point_id")

    def _acquire(self) -> None:
        only_new = "AND NOT known" if self.own_export else ""
        if self._run(GOT, new_id=_next_id(Acquisition), only_new=only_new):
            self._run(ACQUIRE)
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
        self._run(FRESH, said=self._told_before(retired, own, of_source), **fresh)
        self._analyse("import_act")

    def _told_before(self, retired: bool, own_time: str, of_source: dict[str, str]) -> str:
        """Fill ``import_told``; returns what to select the chunk's acts from."""
        saying = SAYING.replace("{home}", HOME if retired else "c.point_id")
        saying = saying.replace("{known}", "TRUE" if retired else "c.known")
        if not retired and not self._rows("SELECT 1 FROM import_contact WHERE known LIMIT 1"):
            return f"({saying})"  # everybody is new: nothing was told of them
        self._run(f"INSERT INTO import_said {saying}")
        self._analyse("import_said")
        self._run(TOLD, own_time=own_time, **of_source)
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
        self._run(EVENTS)
        self._confirm()
        self._run(RESTRICTIONS)
        self._run(SUPPRESSIONS)
        touched = self._rows(
            "SELECT DISTINCT point_id FROM import_act WHERE kind IN ('given', 'refused', "
            "'withdrawn') AND (fresh OR position IN (SELECT position FROM import_confirmed))"
        )
        refold([point for (point,) in touched])

    def _confirm(self) -> None:
        if not self._rows("SELECT 1 FROM import_act WHERE confirmed_at IS NOT NULL LIMIT 1"):
            return
        if not self._run(CONFIRMED):
            return
        self._prove_file(
            "SELECT DISTINCT member FROM import_contact "
            "WHERE position IN (SELECT position FROM import_confirmed)"
        )
        self.counts["confirmed"] = self._run(CONFIRMATIONS)

    def _count(self, protected: str) -> None:
        for kind, number in self._rows(
            "SELECT kind, COUNT(*) FROM import_act WHERE fresh GROUP BY kind"
        ):
            name = kind if kind in ("given", "refused", "withdrawn", "suppressed") else "restricted"
            self.counts[name] += number
        if self.counts["given"]:
            self.counts["protected"] = self._one(protected.replace("{standing}", STANDING))
        ((rows, applied),) = self._rows(OUTCOME)
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
