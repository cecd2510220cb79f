"""The fold: from the events of a contact point × purpose × channel to its state (verdict.md §1).

One statement, set-based, the same on both databases. Whoever records events locks their contact
points first, then calls ``refold``: events that arrive meanwhile wait and are seen.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from audit.sql import among, bytewise, instant, instant_literal, is_postgresql, listed, new_uuid
from consents.models import NEVER, Consent, ConsentEvent, ContactPoint

KEY = "contact_point_id, purpose_id, channel"

# No two of its sets are joined that could be merged instead: without statistics of a set, planners
# join row by row, and 5,000 keys become 25 million comparisons.
# Steps 1–2 take the events and strike out what was invalidated; `act` is the first telling of an
# act, which stands for all tellings of it. Steps 3–5 order the acts and find what they come to.
FOLD = """
WITH taken AS (
    SELECT e.id, e.contact_point_id, e.purpose_id, e.channel, e.kind, e.occurred_at, e.recorded_at,
           e.own_time, e.about_id, e.needs_confirmation, s.slug AS source_key,
           COALESCE(e.valid_until, {never}) AS ends, e.source_id
    FROM consents_consentevent e
    JOIN consents_leadsource s ON s.id = e.source_id
    WHERE {scope} {bounds}
), told AS (
    SELECT taken.*,
           MIN(id) OVER act AS act,
           ROW_NUMBER() OVER (
               act ORDER BY ends, CASE WHEN needs_confirmation THEN 0 ELSE 1 END, id
           ) AS telling
    FROM taken
    WINDOW act AS (
        PARTITION BY contact_point_id, purpose_id, channel, kind, occurred_at, source_id, own_time,
                     COALESCE(about_id, 0)
    )
), struck AS (
    SELECT DISTINCT target.act
    FROM told invalidation
    JOIN told target ON target.id = invalidation.about_id
    WHERE invalidation.kind = 'invalidated'
), confirmed AS (
    SELECT DISTINCT target.act
    FROM told confirmation
    JOIN told target ON target.id = confirmation.about_id
    LEFT JOIN struck ON struck.act = confirmation.act
    WHERE confirmation.kind = 'confirmed' AND struck.act IS NULL
), acts AS (
    SELECT told.contact_point_id, told.purpose_id, told.channel, told.kind, told.occurred_at,
           told.own_time, told.source_key, told.act,
           MIN(told.ends) AS ends,
           MAX(CASE WHEN told.telling = 1 THEN told.id END) AS event_id,
           CASE WHEN MAX(CASE WHEN told.needs_confirmation THEN 1 ELSE 0 END) = 0
                  OR MAX(confirmed.act) IS NOT NULL THEN 1 ELSE 0 END AS effective
    FROM told
    LEFT JOIN struck ON struck.act = told.act
    LEFT JOIN confirmed ON confirmed.act = told.act
    WHERE told.kind IN ('given', 'refused', 'withdrawn') AND struck.act IS NULL
    GROUP BY told.contact_point_id, told.purpose_id, told.channel, told.kind, told.occurred_at,
             told.own_time, told.source_key, told.act
), ranked AS (
    SELECT acts.*, ROW_NUMBER() OVER (
        PARTITION BY contact_point_id, purpose_id, channel
        ORDER BY CASE WHEN kind = 'given' AND NOT own_time THEN 0 ELSE 1 END,
                 occurred_at,
                 CASE kind WHEN 'given' THEN 0 WHEN 'refused' THEN 1 ELSE 2 END,
                 ends DESC,
                 {source_key},
                 CASE WHEN own_time THEN 1 ELSE 0 END
    ) AS n
    FROM acts
), series AS (
    SELECT ranked.*,
           MAX(n) OVER fold_key AS latest,
           MAX(CASE WHEN kind <> 'given' THEN n ELSE 0 END) OVER fold_key AS latest_no
    FROM ranked
    WINDOW fold_key AS (PARTITION BY contact_point_id, purpose_id, channel)
), choice AS (
    SELECT series.*,
           COALESCE(
               MAX(CASE WHEN n > latest_no AND effective = 1 THEN n END) OVER (
                   PARTITION BY contact_point_id, purpose_id, channel
               ),
               latest
           ) AS chosen
    FROM series
), seen AS (
    SELECT contact_point_id, purpose_id, channel,
           MAX(CASE WHEN kind <> 'invalidated' THEN occurred_at END) AS last_occurred_at,
           MAX(recorded_at) AS last_recorded_at
    FROM taken
    GROUP BY contact_point_id, purpose_id, channel
)
SELECT contact_point_id, purpose_id, channel, COALESCE(MAX(state), 'none') AS state,
       MAX(since) AS since, MAX(valid_until) AS valid_until, MAX(event_id) AS event_id,
       MAX(last_occurred_at) AS last_occurred_at, MAX(last_recorded_at) AS last_recorded_at
FROM (
    SELECT contact_point_id, purpose_id, channel, NULL AS state, CAST(NULL AS timestamptz) AS since,
           CAST(NULL AS timestamptz) AS valid_until, CAST(NULL AS bigint) AS event_id,
           last_occurred_at, last_recorded_at
    FROM seen
    UNION ALL
    SELECT contact_point_id, purpose_id, channel,
           CASE WHEN kind <> 'given' THEN kind WHEN effective = 1 THEN 'given'
                ELSE 'unconfirmed' END,
           occurred_at, CASE WHEN kind = 'given' AND ends < {never} THEN ends END, event_id,
           CAST(NULL AS timestamptz), CAST(NULL AS timestamptz)
    FROM choice WHERE n = chosen
) halves
GROUP BY contact_point_id, purpose_id, channel
HAVING MAX(last_occurred_at) IS NOT NULL
"""

COLUMNS = f"{KEY}, state, since, valid_until, event_id, last_occurred_at, last_recorded_at"
FOLDED = ("state", "since", "valid_until", "event_id", "last_occurred_at", "last_recorded_at")


def fold_sql(
    scope: str, *, at: datetime | None = None, known_at: datetime | None = None
) -> tuple[str, list[Any]]:
    """The fold of the events ``e`` that ``scope`` (SQL) takes, and the parameters after its own.

    ``at`` is the moment asked about, ``known_at`` what was known then; None is unbounded.
    Columns: ``COLUMNS``. Expiry is not applied: compare ``valid_until``.
    """
    bounds, params = "", []
    if known_at is not None:
        bounds += " AND e.recorded_at <= %s"
        params.append(instant(known_at))
    if at is not None:
        bounds += " AND (e.kind = 'invalidated' OR e.occurred_at <= %s)"
        params.append(instant(at))
    sql = FOLD.format(
        scope=scope,
        bounds=bounds,
        never=instant_literal(NEVER),
        source_key=bytewise("source_key"),
    )
    return sql, params


def state_sql(
    purpose_id: int, channel: str, *, at: datetime, known_at: datetime, among_points: str = ""
) -> tuple[str, list[Any]]:
    """State at ``at`` as known at ``known_at`` of every contact point asked about the purpose.

    Stored states that were settled by then are read as they stand; the others are folded again.
    ``among_points`` narrows to a relation of contact points, in SQL without parameters, such as
    ``SELECT contact_point_id FROM asked``. Columns as ``COLUMNS``.
    """
    narrowed = f" AND {{}}.contact_point_id IN ({among_points})" if among_points else ""
    settled = "c.last_occurred_at <= %s AND c.last_recorded_at <= %s"
    moments = [instant(at), instant(known_at)]
    fold, bounds = fold_sql(
        "e.purpose_id = %s AND e.channel = %s AND e.contact_point_id IN ("  # noqa: S608 (own names)
        "SELECT c.contact_point_id FROM consents_consent c WHERE c.purpose_id = %s "
        f"AND c.channel = %s AND NOT ({settled}){narrowed.format('c')})",
        at=at,
        known_at=known_at,
    )
    sql = (
        f"SELECT {COLUMNS} FROM consents_consent c "  # noqa: S608 (own names)
        f"WHERE c.purpose_id = %s AND c.channel = %s AND {settled}{narrowed.format('c')} "
        f"UNION ALL SELECT {COLUMNS} FROM ({fold}) refolded"
    )
    key = [purpose_id, channel]
    return sql, [*key, *moments, *key, *key, *moments, *bounds]


def lock(contact_points: Iterable[int]) -> list[int]:
    """Hold ``contact_points`` until the end of the transaction, in one order for everybody.

    SQLite needs no more than its IMMEDIATE transaction.
    """
    ids = sorted(set(contact_points))
    if is_postgresql():
        # NO KEY: the foreign keys of others' new rows are not held up.
        held = ContactPoint.objects.filter(pk__in=ids).order_by("pk")
        list(held.select_for_update(no_key=True).values_list("pk", flat=True))
    return ids


@transaction.atomic
def refold(contact_points: Iterable[int] | None = None) -> int:
    """Write the present state of ``contact_points`` (None: of all); returns how many changed."""
    scope, params = "TRUE", []
    if contact_points is not None:
        scope, params = among("e.contact_point_id"), [listed(contact_points)]
    fold, _ = fold_sql(scope)
    differs = " OR ".join(
        f"consents_consent.{name} IS {_distinct()} excluded.{name}" for name in FOLDED
    )
    with connection.cursor() as cursor, joined_as_sets(cursor):
        cursor.execute(
            f"INSERT INTO consents_consent (uuid, {COLUMNS}) "  # noqa: S608 (own names only)
            f"SELECT {new_uuid()}, {COLUMNS} FROM ({fold}) folded WHERE TRUE "
            f"ON CONFLICT ({KEY}) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in FOLDED)
            + f" WHERE {differs}",
            params,
        )
        return cursor.rowcount


@contextmanager
def joined_as_sets(cursor: Any) -> Iterator[None]:
    """Keep PostgreSQL from joining the fold's sets row by row: it takes them for single rows."""
    if not is_postgresql():
        yield
        return
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off")
    yield
    # An error ends the transaction, and the setting with it.
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL jit TO DEFAULT")


def _distinct() -> str:
    return "DISTINCT FROM" if is_postgresql() else "NOT"


def differences(limit: int = 100) -> list[tuple[int, int, str]]:
    """Keys whose stored state is not the fold of their events, or has no events at all."""
    fold, _ = fold_sql("TRUE")
    unequal = " OR ".join(f"c.{name} IS {_distinct()} f.{name}" for name in FOLDED)
    sql = (
        f"SELECT f.contact_point_id, f.purpose_id, f.channel FROM ({fold}) f "  # noqa: S608
        "LEFT JOIN consents_consent c ON c.contact_point_id = f.contact_point_id "
        "AND c.purpose_id = f.purpose_id AND c.channel = f.channel "
        f"WHERE c.id IS NULL OR {unequal} "
        "UNION ALL SELECT c.contact_point_id, c.purpose_id, c.channel FROM consents_consent c "
        "WHERE NOT EXISTS (SELECT 1 FROM consents_consentevent e WHERE "
        "e.contact_point_id = c.contact_point_id AND e.purpose_id = c.purpose_id "
        "AND e.channel = c.channel) LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [limit])
        return cursor.fetchall()


@transaction.atomic
def rebuild() -> int:
    """Fold all events again; returns how many stored states were wrong."""
    events = ConsentEvent.objects.filter(
        contact_point=OuterRef("contact_point"),
        purpose=OuterRef("purpose"),
        channel=OuterRef("channel"),
    )
    removed, _ = Consent.objects.exclude(Exists(events)).delete()
    return removed + refold()
