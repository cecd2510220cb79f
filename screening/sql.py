"""The verdict as one SQL statement over a relation of contacts (verdict.md §2).

The contacts are typed values, bound as one text array, or the whole register of the controller.
Nothing is written, not even a temporary table: it runs on a hot standby too. Every condition is
true or false, never unknown, so that a list may ask for the contacts to which none applies.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from audit.sql import instant, instant_literal, is_postgresql
from consents.fold import state_sql
from consents.models import Consent
from screening.question import Question
from screening.reasons import BIT, CODES, OF_THE_CONSENT
from screening.stops import CODES as STOPPING
from screening.stops import day_literal, stops_relation, touched_relation
from screening.wordings import DEFECTIVE, PENDING, judged, showings

Sql = tuple[str, list[Any]]
# From so many contacts on it pays to ask first whether what is stored is settled.
MANY = 5_000
LONG = 50_000
# SQLite joins contact points that are asked about by id row by row to those that it narrowed.
LONG_BY_ID = 1_000
CONSENT_CODES = frozenset(reason.code for reason in OF_THE_CONSENT)


@dataclass(frozen=True)
class Statement:
    """``WITH head … FROM source``, and the condition of each code over it.

    ``needed`` is the condition that consent is needed, empty where nobody's is; ``given`` that
    there is one, not run out; ``of_give`` what a given one may lack, by code.

    Aliases: ``asked`` (n, key; typed values alone), ``p`` contact point, ``d`` person, and where
    consent is needed ``st`` state, ``e`` event, ``s`` source, ``j`` wording; ``stops``.
    """

    head: str
    source: str
    params: list[Any]
    conditions: dict[str, str]
    of_give: dict[str, str]
    given: str
    needed: str

    def select(self, columns: str, *, where: str = "", tail: str = "", params: Any = ()) -> Sql:
        """The statement; ``params`` are those of ``columns``, ``where`` and ``tail``."""
        sql = f"WITH {self.head} SELECT {columns} FROM {self.source}"  # noqa: S608 (own names)
        return f"{sql}{where and ' WHERE ' + where} {tail}", [*self.params, *params]

    def mask(self) -> str:
        """All reasons at once, as a sum of ``BIT``."""
        bits = (f"CASE WHEN {test} THEN {BIT[code]} ELSE 0 END" for code, test in self._ordered())
        return " + ".join(bits)

    def first_reason(self) -> str:
        """``BIT`` of the first reason alone; 0 where there is none."""
        cases = " ".join(f"WHEN {test} THEN {BIT[code]}" for code, test in self._ordered())
        return f"CASE {cases} ELSE 0 END"

    def allowed(self) -> str:
        """The condition that no reason of the contact applies."""
        tests = [CLOSED, *(test for code, test in self._ordered() if code not in STOPPING)]
        if self.needed != "TRUE":
            return _none_of(tests)
        # Everybody needs one: whoever gave it needs no other state to be ruled out.
        others = [t for c, t in self.conditions.items() if c not in (*STOPPING, *CONSENT_CODES)]
        return f"{self.given} AND {_none_of([CLOSED, *others, *self.of_give.values()])}"

    def of_consent(self, expression: str, kind: str = "") -> str:
        """``expression`` where consent is needed; what is not needed is no evidence.

        ``kind`` is its SQL type, for those who put statements together.
        """
        if self.needed in ("", "TRUE"):
            nothing = f"CAST(NULL AS {kind})" if kind else "NULL"
            return expression if self.needed else nothing
        return f"CASE WHEN {self.needed} THEN {expression} END"

    def _ordered(self) -> list[tuple[str, str]]:
        whole = {code: self._of_given(test) for code, test in self.of_give.items()}
        tests = {**self.conditions, **whole}
        return [(code, tests[code]) for code in CODES if code in tests]

    def _of_given(self, test: str) -> str:
        return f"{_asked_for(self.needed)} AND {self.given} AND {test}"


def _none_of(tests: Iterable[str]) -> str:
    # One CASE, whose share PostgreSQL takes for a half: it would guess that of each condition far
    # too low, and join a million rows by nested loops.
    return f"CASE WHEN {' OR '.join(f'({test})' for test in tests)} THEN FALSE ELSE TRUE END"


def _asked_for(needed: str) -> str:
    return needed if needed == "TRUE" else f"COALESCE({needed}, FALSE)"


def statement(
    question: Question,
    keys: Sequence[str | None] | None = None,
    *,
    ids: Sequence[int] | None = None,
    with_strangers: bool = True,
    settled: bool = False,
    untouched: bool = False,
) -> Statement:
    """The verdict over ``keys`` (normalised, None where a value was not), or over the register.

    Over ``ids`` of contact points that a list named: then ``asked`` has ``id``, and one that was
    retired since is unknown, whoever may have its number now. Without strangers there is no row
    for a key that the register does not know. ``settled`` takes states as they are stored, and
    tells in ``st.settled`` which of them have to be folded again. ``untouched`` asks no more than
    whether anything was ever recorded against a contact, and tells it in ``stops.touched``; it
    holds where ``retired_since`` does not.
    """
    typed = keys is not None or ids is not None
    needed = _needed(question)
    ctes: list[tuple[str, Sql]] = []
    if typed:
        ctes.append(("asked", _asked(keys or ()) if ids is None else _asked_by_id(ids)))
    named = "key" if ids is None else "id"
    # A long list is joined to the whole register: narrowing each part of it first costs more.
    narrowed = typed and not _is_long(keys, ids)
    if untouched:
        ctes.append(("points", live_points(question)))
    else:
        ctes.append(("points", points(question, named=named if narrowed else "")))
    with_strangers = typed and with_strangers
    joins = "LEFT JOIN" if with_strangers else "JOIN"
    source = f"asked {joins} points p ON p.{named} = asked.{named}" if typed else "points p"
    source += f" {joins} consents_datasubject d ON d.id = p.subject_id"
    if needed:
        many = keys is None or len(keys) >= MANY
        states = _settled(question) if settled else _states(question, typed=narrowed, many=many)
        ctes += [("states", states), *_wording_ctes(question)]
        source += CONSENT_JOINS
    stops = touched_relation(question) if untouched else stops_relation(question, typed=narrowed)
    ctes.append(("stops", stops))
    source += " LEFT JOIN stops ON stops.contact_point = p.id"
    strangers = (STRANGERS if ids is None else GONE) if with_strangers else {}
    conditions = {**strangers, **_stop_conditions()}
    if question.is_commercial:
        day = day_literal(question.day)
        conditions["minor"] = f"d.minor_since IS NOT NULL AND d.minor_since <= {day}"
    if needed:
        conditions |= _state_conditions(question, needed)
    return Statement(
        head=", ".join(f"{name} AS ({sql})" for name, (sql, _) in ctes),
        source=source,
        params=[value for _, (_, params) in ctes for value in params],
        conditions=conditions,
        of_give=OF_GIVE if needed else {},
        given=f"st.state = 'given' AND {_running(question)}",
        needed=needed,
    )


# Contacts ---------------------------------------------------------------------------------------


def _is_long(keys: Sequence[str | None] | None, ids: Sequence[int] | None) -> bool:
    if ids is None:
        return len(keys or ()) >= LONG
    return len(ids) >= (LONG if is_postgresql() else LONG_BY_ID)


def _asked(keys: Sequence[str | None]) -> Sql:
    if is_postgresql():
        given = "unnest(CAST(%s AS text[])) WITH ORDINALITY AS given(key, n)"
        return f"SELECT n, key FROM {given}", [keys_bound(keys)]  # noqa: S608 (own names)
    return "SELECT key + 1 AS n, value AS key FROM json_each(%s)", [keys_bound(keys)]


def keys_bound(keys: Sequence[str | None]) -> str:
    """``keys`` as the one text that is bound."""
    return _array(keys) if is_postgresql() else json.dumps(list(keys))


# Keys that may stand in an array without quotes, as numbers do.
BARE = re.compile(r"[+0-9,NUL]*").fullmatch


def _array(keys: Sequence[str | None]) -> str:
    """An array of text as PostgreSQL reads it: the driver makes one several times more slowly."""
    bare = ",".join(["NULL" if key is None else key for key in keys])
    if bare.count(",") == len(keys) - 1 and BARE(bare) and not {"", "NULL"} & set(keys):
        return f"{{{bare}}}"
    return f"{{{','.join(map(_quoted, keys))}}}"


def _quoted(key: str | None) -> str:
    if key is None:
        return "NULL"
    escaped = key.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _asked_by_id(ids: Sequence[int]) -> Sql:
    if is_postgresql():
        return "SELECT id FROM unnest(%s::bigint[]) AS given(id)", [list(ids)]
    return "SELECT value AS id FROM json_each(%s)", [json.dumps(list(ids))]


# Live at the moment = not retired by then, whenever created. A key that several people held since
# belongs to the one whose number was retired first after it, else to the live one.
POINTS = """
SELECT cp.id, cp.subject_id, cp.key, cp.value, cp.hmac
FROM consents_contactpoint cp
WHERE cp.controller_id = %s AND cp.kind = %s {narrowed}
  AND {live}
  AND NOT EXISTS (
      SELECT 1 FROM consents_contactpoint earlier
      WHERE earlier.controller_id = cp.controller_id AND earlier.kind = cp.kind
        AND earlier.key = cp.key AND earlier.retired_at > {at}
        AND (cp.retired_at IS NULL OR earlier.retired_at < cp.retired_at
             OR (earlier.retired_at = cp.retired_at AND earlier.id < cp.id))
  )
"""
LIVE, RETIRED_SINCE = "cp.retired_at IS NULL", "cp.retired_at > {at}"


def points(question: Question, *, named: str = "") -> Sql:
    """Live contact points; where contacts are ``named`` by key or id, those asked about."""
    at, of_whom = instant_literal(question.at), [question.controller_id, question.contact_kind]
    since = RETIRED_SINCE.format(at=at)
    if named != "key":
        narrowed = f"AND cp.{named} IN (SELECT {named} FROM asked)" if named else ""  # noqa: S608
        live = f"({LIVE} OR {since})"
        return POINTS.format(narrowed=narrowed, live=live, at=at), of_whom
    # Apart, so that each half is looked up by an index of its own.
    narrowed = "AND cp.key IN (SELECT key FROM asked)"
    halves = (POINTS.format(narrowed=narrowed, live=live, at=at) for live in (LIVE, since))
    return " UNION ALL ".join(halves), of_whom * 2


# As long as nobody with such a key was retired after the moment, those that are live now.
LIVE_POINTS = """
SELECT cp.id, cp.subject_id, cp.key, cp.value, cp.hmac
FROM consents_contactpoint cp
WHERE cp.controller_id = %s AND cp.kind = %s AND cp.key IN (SELECT key FROM asked)
  AND cp.retired_at IS NULL
"""
RETIRED = """
EXISTS (
    SELECT 1 FROM consents_contactpoint gone
    WHERE gone.controller_id = %s AND gone.kind = %s AND gone.key = asked.key
      AND gone.retired_at > {at}
)
"""


def live_points(question: Question) -> Sql:
    return LIVE_POINTS, [question.controller_id, question.contact_kind]


def retired_since(question: Question) -> Sql:
    """The condition that a contact that was asked about was retired after the moment."""
    at = instant_literal(question.at)
    return RETIRED.format(at=at), [question.controller_id, question.contact_kind]


STRANGERS = {
    "invalid_contact": "asked.key IS NULL",
    "unknown_contact": "asked.key IS NOT NULL AND p.id IS NULL",
}
GONE = {"unknown_contact": "p.id IS NULL"}


# What keeps from contact ------------------------------------------------------------------------

CLOSED = "COALESCE(stops.bits, 0) <> 0"


def _stop_conditions() -> dict[str, str]:
    return {code: f"(COALESCE(stops.bits, 0) & {BIT[code]}) <> 0" for code in STOPPING}


# Consent ----------------------------------------------------------------------------------------

CONSENT_JOINS = (
    " LEFT JOIN states st ON st.contact_point_id = p.id"
    " LEFT JOIN consents_consentevent e ON e.id = st.event_id"
    " LEFT JOIN shown s ON s.source_id = e.source_id"
    " AND s.shown_from <= e.occurred_at AND e.occurred_at < s.shown_until"
    " LEFT JOIN judged j ON j.wording_id = COALESCE(e.wording_id, s.wording_id) AND j.own = s.own"
)


def _needed(question: Question) -> str:
    """The condition that consent is needed; empty where nobody's is."""
    person, company = (question.needs_consent(natural=n) for n in (True, False))
    if person and company:
        return "TRUE"
    return {(True, False): "d.kind <> 'company'", (False, True): "d.kind = 'company'"}.get(
        (person, company), ""
    )


def _wording_ctes(question: Question) -> list[tuple[str, Sql]]:
    return [
        ("shown", relation(SHOWN, showings(question))),
        ("judged", relation(dict.fromkeys(JUDGED, "bigint"), judged(question))),
    ]


STORED = """
SELECT contact_point_id, state, since, valid_until, event_id FROM consents_consent
WHERE purpose_id = %s AND channel = %s AND last_occurred_at <= %s AND last_recorded_at <= %s
"""


SETTLED = """
SELECT contact_point_id, state, since, valid_until, event_id,
       (last_occurred_at <= %s AND last_recorded_at <= %s) AS settled
FROM consents_consent WHERE purpose_id = %s AND channel = %s
"""


def _settled(question: Question) -> Sql:
    moments = [instant(question.at), instant(question.known_at)]
    return SETTLED, [*moments, question.purpose.pk, question.channel]


def _states(question: Question, *, typed: bool, many: bool) -> Sql:
    """The states of all, or among the ``typed``; ``many`` of them are read as stored if settled."""
    stored = Consent.objects.filter(purpose=question.purpose, channel=question.channel)
    settled = Q(last_occurred_at__lte=question.at, last_recorded_at__lte=question.known_at)
    if many and not stored.exclude(settled).exists():
        # Nothing to fold again, as nearly always now: both databases read it twice as fast. What
        # changes meanwhile is no longer settled and drops out, which closes it.
        return STORED, [
            question.purpose.pk,
            question.channel,
            instant(question.at),
            instant(question.known_at),
        ]
    return state_sql(
        question.purpose.pk,
        question.channel,
        at=question.at,
        known_at=question.known_at,
        among_points="SELECT id FROM points" if typed else "",
    )


SHOWN = {
    "source_id": "bigint",
    "slug": "text",
    "own": "bigint",
    "shown_from": "timestamptz",
    "shown_until": "timestamptz",
    "wording_id": "bigint",
}
JUDGED = ("wording_id", "version", "own", "named", "person", "company")


def _running(question: Question) -> str:
    return f"(st.valid_until IS NULL OR st.valid_until > {instant_literal(question.at)})"


def _state_conditions(question: Question, needed: str) -> dict[str, str]:
    asked = _asked_for(needed)
    return {
        "no_consent": f"{asked} AND p.id IS NOT NULL AND COALESCE(st.state, 'none') = 'none'",
        **{
            code: f"{asked} AND COALESCE(st.state, '') = '{code}'"
            for code in ("refused", "withdrawn", "unconfirmed")
        },
        "expired": f"{asked} AND COALESCE(st.state, '') = 'given' AND NOT {_running(question)}",
    }


WORTH = "COALESCE(CASE WHEN d.kind = 'company' THEN j.company ELSE j.person END, 0)"
OF_GIVE = {
    "wording_unknown": "j.wording_id IS NULL",
    "controller_not_named": "COALESCE(j.named, 1) = 0",
    "wording_defective": f"{WORTH} = {DEFECTIVE}",
    "wording_pending": f"{WORTH} = {PENDING}",
    "giver_not_user": "COALESCE(e.giver, '') = 'third_party'",
}


# Dialects ---------------------------------------------------------------------------------------


def relation(columns: dict[str, str], rows: Iterable[Any]) -> Sql:
    """Records (dataclasses whose fields are ``columns``) as a relation, bound as one parameter."""
    # Not astuple, which copies as deep as it goes.
    bound = json.dumps(
        [dict(zip(columns, map(_plain, vars(row).values()), strict=True)) for row in rows]
    )
    if is_postgresql():
        typed = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
        return f"SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given({typed})", [bound]  # noqa: S608
    # SQLite knows bigint and keeps instants as text; without a type it makes no index of its own.
    kinds = {name: "text" if type_ == "timestamptz" else type_ for name, type_ in columns.items()}
    picked = ", ".join(
        f"CAST(json_extract(value, '$.{name}') AS {kind}) AS {name}" for name, kind in kinds.items()
    )
    return f"SELECT {picked} FROM json_each(%s)", [bound]  # noqa: S608 (own names)


def _plain(value: Any) -> Any:
    return str(instant(value)) if isinstance(value, datetime) else value
