"""Relations of what keeps people from contact: restrictions, suppressions, where data came from.

Who stands where is asked of the querysets that every other screen asks too. Compiling them takes
ten times as long as running them on one contact, so it is done once, with blanks that are filled
in for each question.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Case, Max, Q, QuerySet, When
from django.db.models.expressions import RawSQL

from audit.sql import among, instant, is_postgresql, listed
from consents.choices import OF_THE_PERSON, RestrictionKind, SuppressionScope
from consents.models import Restriction, Suppression
from screening.question import Question
from screening.reasons import BIT

Sql = tuple[str, list[Any]]
STOP_CODES = {
    "undeliverable": (RestrictionKind.UNDELIVERABLE,),
    "processing_restricted": (RestrictionKind.PROCESSING_RESTRICTED,),
    "do_not_contact": (RestrictionKind.DO_NOT_CONTACT,),
    "objection": (RestrictionKind.OBJECTION, RestrictionKind.OBJECTION_PURPOSE),
}
HERE = ("processing_restricted", "do_not_contact", "objection")
# Blanks: values that no row has.
AT, KNOWN_AT = datetime(9001, 1, 1, tzinfo=UTC), datetime(9002, 1, 1, tzinfo=UTC)
CHANNEL, PURPOSE, CONTROLLER = "?", -1, -2


# All of them by contact point: as the few they are, they cost one look-up for each contact. Cast,
# because SQLite makes no index of its own over a column whose type a UNION has hidden.
STOPS = """
SELECT CAST(contact_point AS bigint) AS contact_point, {bits} AS bits,
       MAX(uninformed) AS uninformed
FROM (
    SELECT contact_point, 1 AS undeliverable, 0 AS processing_restricted, 0 AS do_not_contact,
           0 AS suppressed, 0 AS objection, 0 AS art14_overdue, 0 AS source_unproven,
           0 AS uninformed
    FROM ({unreachable}) unreachable
    UNION ALL
    SELECT contact_point, 0, processing_restricted, do_not_contact, 0, objection, 0, 0, 0
    FROM ({here}) here
    UNION ALL
    SELECT cp.id, 0, everywhere.processing_restricted, 0, 0, everywhere.objection, 0, 0, 0
    FROM ({everywhere}) everywhere
    JOIN consents_contactpoint cp ON cp.subject_id = everywhere.subject
    UNION ALL
    SELECT cp.id, 0, 0, 0, 1, 0, 0, 0, 0
    FROM ({suppressions}) suppressions
    JOIN consents_contactpoint cp ON cp.hmac = suppressions.hmac
    UNION ALL
    SELECT contact_point, 0, 0, 0, 0, 0, overdue, unproven, uninformed
    FROM ({origin}) origin
) each_stop
GROUP BY 1
"""
ART14 = ("art14_overdue", "source_unproven")
CODES = (*STOP_CODES, "suppressed", *ART14)


def stops_relation(question: Question, *, typed: bool) -> Sql:
    """Contact points against which something stands: ``bits`` of the reasons, ``uninformed``.

    ``typed`` narrows it to the relation ``points``, the contacts that were asked about.
    """
    compiled = _compiled(connection.vendor, typed, question.is_commercial)
    filled = {
        instant(AT): instant(question.at),
        instant(KNOWN_AT): instant(question.known_at),
        CHANNEL: question.channel,
        PURPOSE: question.purpose.pk,
        CONTROLLER: question.controller_id,
    }
    origin, keys = _origin(question, typed=typed)
    parts = {name: sql for name, (sql, _params) in compiled.items()}
    params = [filled.get(value, value) for _sql, values in compiled.values() for value in values]
    closing = [code for code in CODES if question.is_commercial or code not in ART14]
    bits = " + ".join(f"MAX({code}) * {BIT[code]}" for code in closing)
    return STOPS.format(**parts, origin=origin, bits=bits), [*params, *keys]


@cache
def _compiled(vendor: str, typed: bool, commercial: bool) -> dict[str, tuple[str, tuple]]:
    """In the order in which ``STOPS`` has them."""
    unreachable = _of_points(Restriction.objects.undeliverable(AT, KNOWN_AT), typed=typed)
    everywhere = _everywhere(typed=typed, commercial=commercial)
    return {
        "unreachable": _named(unreachable.values("contact_point").distinct(), "contact_point"),
        "here": _named(_here(typed=typed, commercial=commercial), "contact_point", *HERE),
        "everywhere": _named(everywhere, "subject", "processing_restricted", "objection"),
        "suppressions": _named(_suppressions(typed=typed, commercial=commercial), "hmac"),
    }


def _reaching(stops: QuerySet) -> QuerySet:
    """Those that reach the purpose and the channel."""
    return stops.filter(
        Q(channel=None) | Q(channel=CHANNEL), Q(purpose=None) | Q(purpose=PURPOSE)
    ).order_by()


def _of_points(stops: QuerySet, *, typed: bool) -> QuerySet:
    """Those that reach the question, on the very contact points that it asks about."""
    if typed:
        stops = stops.filter(contact_point__in=RawSQL("SELECT id FROM points", []))
    return _reaching(stops)


def _in_effect(*, commercial: bool) -> QuerySet:
    """But undeliverable, which has a relation of its own: asked of all kinds it costs too much."""
    left_out = [RestrictionKind.UNDELIVERABLE]
    if not commercial:
        left_out.append(RestrictionKind.OBJECTION)
    return Restriction.objects.in_effect(AT, KNOWN_AT).exclude(kind__in=left_out)


def _flags(codes: Iterable[str]) -> dict[str, Max]:
    return {code: Max(Case(When(kind__in=STOP_CODES[code], then=1), default=0)) for code in codes}


def _here(*, typed: bool, commercial: bool) -> QuerySet:
    stops = _of_points(_in_effect(commercial=commercial), typed=typed)
    return stops.values("contact_point").annotate(**_flags(HERE))


def _everywhere(*, typed: bool, commercial: bool) -> QuerySet:
    """Rights of the person that were not narrowed to a channel: they hold for every contact."""
    stops = _in_effect(commercial=commercial).filter(kind__in=OF_THE_PERSON, channel=None)
    if typed:
        held = RawSQL("SELECT subject_id FROM points", [])
        stops = stops.filter(contact_point__subject__in=held)
    flags = _flags(("processing_restricted", "objection"))
    return _reaching(stops).values("contact_point__subject").annotate(**flags)


def _suppressions(*, typed: bool, commercial: bool) -> QuerySet:
    rows = Suppression.objects.standing(AT, KNOWN_AT).filter(
        Q(channel=None) | Q(channel=CHANNEL), controller=CONTROLLER
    )
    if not commercial:
        rows = rows.filter(scope=SuppressionScope.ALL)
    if typed:
        rows = rows.filter(hmac__in=RawSQL("SELECT hmac FROM points", []))
    return rows.order_by().values("hmac").distinct()


def _named(rows: QuerySet, *names: str) -> tuple[str, tuple]:
    """A queryset as a relation whose columns are ``names``, whatever Django calls them."""
    sql, params = rows.query.sql_with_params()
    columns = ", ".join(names)
    if is_postgresql():
        return f"SELECT {columns} FROM ({sql}) found({columns})", params  # noqa: S608 (own names)
    # SQLite names no columns of a subquery: a compound takes them from its first, empty branch.
    empty = ", ".join(f"NULL AS {name}" for name in names)
    return f"SELECT {empty} WHERE FALSE UNION ALL SELECT * FROM ({sql})", params  # noqa: S608


# Contacts that came from others too; a flag is 1 if every acquisition has it. Sources are few:
# by their keys the few contacts from others are found by index.
ORIGIN = """
SELECT a.contact_point_id AS contact_point,
       MIN(CASE WHEN {others} AND {uninformed} THEN 1 ELSE 0 END) AS uninformed,
       MIN(CASE WHEN {others} AND {uninformed} AND a.due_on < {day} THEN 1 ELSE 0 END) AS overdue,
       MIN(CASE WHEN {unproven} THEN 1 ELSE 0 END) AS unproven
FROM consents_acquisition a
WHERE a.obtained_on <= {day} AND a.contact_point_id IN (
    SELECT o.contact_point_id FROM consents_acquisition o
    WHERE {from_others} AND o.obtained_on <= {day} {narrowed}
)
GROUP BY a.contact_point_id
"""


def _origin(question: Question, *, typed: bool) -> Sql:
    day = day_literal(question.day)
    sql = ORIGIN.format(
        others=among("a.source_id"),
        unproven=among("a.source_id"),
        from_others=among("o.source_id"),
        uninformed=f"(a.informed_on IS NULL OR a.informed_on > {day})",
        day=day,
        narrowed="AND o.contact_point_id IN (SELECT id FROM points)" if typed else "",
    )
    others, unproven = sources_of(question)
    return sql, [others, others, unproven, others]


# For most contacts nothing was ever recorded: to see that takes a fifth of asking what it means.
TOUCHED = """
SELECT points.id AS contact_point, 0 AS bits, 0 AS uninformed, (
    EXISTS (
        SELECT 1 FROM consents_contactpoint own
        JOIN consents_restriction r ON r.contact_point_id = own.id
        WHERE own.subject_id = points.subject_id
    )
    OR EXISTS (SELECT 1 FROM consents_suppression s WHERE s.hmac = points.hmac)
    OR EXISTS (
        SELECT 1 FROM consents_acquisition a
        WHERE a.contact_point_id = points.id AND {from_others}
    )
) AS touched
FROM points
"""


def touched_relation(question: Question) -> Sql:
    """Contact points that were asked about, with whether anything may stand against them.

    Whatever stops contact or has yet to be told rests on one of these rows, at any moment.
    """
    others, _unproven = sources_of(question)
    return TOUCHED.format(from_others=among("a.source_id")), [others]


def sources_of(question: Question) -> tuple[Any, Any]:
    """Keys of sources that are others, and of purchases without proof."""
    registers, controller = question.registers, question.controller_id
    others, unproven = registers.others(controller), registers.unproven(controller)
    return listed(source.pk for source in others), listed(source.pk for source in unproven)


def day_literal(day: date) -> str:
    return f"CAST('{day.isoformat()}' AS date)" if is_postgresql() else f"'{day.isoformat()}'"
