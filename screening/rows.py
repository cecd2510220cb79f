"""Which rows of the registers a question rests on, by register; and all of them in one statement.

A page about a whole house asks each register by itself. A single check reads all of them in one,
made of the same querysets: their text is made once, with blanks for what changes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

from audit.prepared import Prepared, key_of, sql_of
from audit.sql import instant, is_postgresql
from consents.models import (
    ConsentWording,
    LeadSource,
    NamedController,
    SourceWording,
    WordingReview,
)
from legitimate_interest.choices import RELYING
from legitimate_interest.models import BalanceTest
from notices.models import NoticeVersion, VersionPurpose
from processing.choices import Basis
from processing.models import ActivityTool, ChannelRule, Purpose
from processors.models import AutomationTool, ProcessingAgreement

# The registers, each with what it takes: ``asked`` is Registers, or stands for it.


def _rules(asked: Any) -> QuerySet:
    return ChannelRule.objects.in_force(asked.day)


def _agreements(asked: Any) -> QuerySet:
    agreements = ProcessingAgreement.objects.taken().in_force(asked.day)
    return agreements.filter(controller__in=asked.controllers).only("controller").order_by()


def _tests(asked: Any) -> QuerySet:
    current = BalanceTest.objects.current(asked.at)
    return current.filter(purpose__in=asked.interests).order_by("version")


def _outlived(asked: Any) -> QuerySet:
    expired = BalanceTest.objects.expired(asked.at).filter(outcome__in=RELYING)
    return expired.filter(purpose__in=asked.interests).only("purpose").order_by()


def _notices(asked: Any) -> QuerySet:
    named = VersionPurpose.objects.filter(
        purpose__in=asked.purposes, version__in=NoticeVersion.objects.in_force(asked.at)
    )
    newest = named.order_by("version__effective_from", "version_id")
    return newest.select_related("version__notice")


def _tools(asked: Any) -> QuerySet:
    parts = ActivityTool.objects.running(asked.at).filter(
        activity__in=asked.activities, tool__in=AutomationTool.objects.in_use(asked.at)
    )
    return parts.select_related("tool").order_by("tool__name", "tool_id")


def _sources(asked: Any) -> QuerySet:
    return LeadSource.objects.filter(controller__in=asked.controllers)


def _wordings(asked: Any) -> QuerySet:
    return ConsentWording.objects.filter(purpose__in=asked.purposes).order_by("pk")


def _named(asked: Any) -> QuerySet:
    return NamedController.objects.filter(wording__purpose__in=asked.purposes).order_by()


def _shown(asked: Any) -> QuerySet:
    rows = SourceWording.objects.filter(wording__purpose__in=asked.purposes)
    return rows.select_related("wording").preferred()


def _reviews(asked: Any) -> QuerySet:
    reviews = WordingReview.objects.known(asked.at, asked.known_at)
    return reviews.filter(wording__purpose__in=asked.purposes)


QUERIES: dict[str, Callable[[Any], QuerySet]] = {
    "rules": _rules,
    "agreements": _agreements,
    "tests": _tests,
    "outlived": _outlived,
    "notices": _notices,
    "tools": _tools,
    "sources": _sources,
    "wordings": _wordings,
    "named": _named,
    "shown": _shown,
    "reviews": _reviews,
}

# All at once -------------------------------------------------------------------------------------


def _of(prefix: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}__{name}" for name in names)


PURPOSE = (
    *("id", "slug", "activity_id", "basis", "basis_law", "nature", "campaign"),
    *("service_approved_at", "active_from", "active_until"),
    *("activity__id", "activity__controller_id"),
    *_of("activity__controller", ("id", "slug", "name", "is_own")),
)
TOOL = (
    *("id", "slug", "kind", "name", "records_calls"),
    *("recording_sentence_pl", "recording_sentence_en", "ai_sentence_pl", "ai_sentence_en"),
)
WORDING = ("id", "purpose_id", "channel", "language", "version", "regime")
# What a verdict takes of each; anything else would be read by a query of its own.
COLUMNS: dict[str, tuple[str, ...]] = {
    "rules": (
        *("id", "slug", "channel", "regime", "protects", "consent_required"),
        *("provision_pl", "provision_en"),
    ),
    "agreements": ("id", "controller_id"),
    "tests": ("id", "purpose_id", "version", "reference"),
    "outlived": ("id", "purpose_id"),
    "notices": (
        *("id", "purpose_id"),
        *_of("version", ("id", "number", "notice__id", "notice__slug")),
    ),
    "tools": ("id", "activity_id", *_of("tool", TOOL)),
    "sources": (
        *("id", "slug", "controller_id", "kind", "names_controller", "proof_on"),
        *("name_pl", "name_en"),
    ),
    "wordings": WORDING,
    "named": ("id", "wording_id", "organisation_id"),
    "shown": ("id", "source_id", "shown_from", "shown_until", *_of("wording", WORDING)),
    "reviews": ("id", "wording_id", "regime", "outcome"),
    "tool": TOOL,
}
# Blanks: values that no row has.
DAY = date(9001, 1, 1)
AT, KNOWN_AT, NOW = (datetime(year, 1, 1, tzinfo=UTC) for year in (9001, 9002, 9003))
CLIENT, NO_PURPOSE, NO_CONTROLLER, NO_ACTIVITY, SLUG, TOOL_SLUG = -1, -2, -3, -4, "?p", "?t"


@dataclass(frozen=True)
class _Asked:
    """Stands for Registers where their statement is made."""

    at: datetime = AT
    known_at: datetime = KNOWN_AT
    purposes: tuple[int, ...] = (NO_PURPOSE,)
    interests: tuple[int, ...] = (NO_PURPOSE,)
    controllers: tuple[int, ...] = (NO_CONTROLLER,)
    activities: tuple[int, ...] = (NO_ACTIVITY,)
    day: date = DAY


@dataclass(frozen=True)
class Told:
    """A purpose with what the registers say of it; ``tool`` is the one that was named.

    ``made`` keeps what was made of these very rows and of nothing else.
    """

    purpose: Purpose
    rows: Mapping[str, list[Any]]
    tool: AutomationTool | None
    made: dict[Any, str] = field(default_factory=dict)


def told(
    client: int,
    slug: str,
    *,
    at: datetime,
    known_at: datetime,
    day: date,
    tool: str = "",
) -> Told | None:
    """All that is asked of the registers, in one statement; None where it is not granted.

    The first question about a purpose asks every register; later ones leave out those that the
    purpose does not rest on, and ask all again where it rests on them meanwhile.
    """
    values = {
        "at": str(instant(at)),
        "known_at": str(instant(known_at)),
        "now": str(instant(known_at)),
        "day": day.isoformat(),
        "client": client,
        "slug": slug,
        "tool": tool,
    }
    left_out = _left_out.get(slug, frozenset())
    found = _found(values, left_out)
    if found and not left_out <= _spared(found.purpose):
        found = _found(values, frozenset())
    if found:
        _left_out[slug] = _spared(found.purpose)
    return found


def told_lately(client: int, slug: str, *, now: datetime, day: date, tool: str = "") -> Told | None:
    """``told`` as it was at ``now`` or up to a second before, on the same ``day``.

    For machines that ask hundreds of times a second, whose answers hold for minutes: what stands
    against a contact is asked each time, the registers once a second.
    """
    place = client, slug, tool, day
    if place in _lately:
        asked, found = _lately[place]
        if timedelta() <= now - asked < KEPT:
            return found
    found = told(client, slug, at=now, known_at=now, day=day, tool=tool)
    if found:
        if len(_lately) >= MOST_KEPT:
            _lately.clear()
        _lately[place] = now, found
    return found


def _found(values: dict[str, Any], left_out: frozenset[str]) -> Told | None:
    if not values["tool"]:
        left_out |= {"tool"}
    names = tuple(name for name in (*QUERIES, "tool") if name not in left_out)
    rows = _statement(connection.vendor, names).rows(values)
    return _taken_apart(names, rows[0][0]) if rows else None


def _spared(purpose: Purpose) -> frozenset[str]:
    """Registers that nobody asks about ``purpose``."""
    ours = {"agreements"} if purpose.activity.controller.is_own else set()
    tested = purpose.basis == Basis.LEGITIMATE_INTEREST
    return frozenset(ours if tested else {*ours, "tests", "outlived"})


# Which registers the last question about a purpose could have left out: no more than a guess.
_left_out: dict[str, frozenset[str]] = {}


# How long what was told is used again, by whom it was told and of what.
KEPT, MOST_KEPT = timedelta(seconds=1), 1000
_lately: dict[tuple[int, str, str, date], tuple[datetime, Told]] = {}


@cache
def _statement(vendor: str, names: tuple[str, ...]) -> Prepared:
    blanks = {
        key_of(value): name
        for value, name in (
            (instant(AT), ":at"),
            (instant(KNOWN_AT), ":known_at"),
            (instant(NOW), ":now"),
            (connection.ops.adapt_datefield_value(DAY), ":day"),
            (CLIENT, ":client"),
            (SLUG, ":slug"),
            (TOOL_SLUG, ":tool"),
            (NO_PURPOSE, "(SELECT purpose FROM asked)"),
            (NO_CONTROLLER, "(SELECT controller FROM asked)"),
            (NO_ACTIVITY, "(SELECT activity FROM asked)"),
        )
    }
    purposes = Purpose.objects.granted_to_client(CLIENT, NOW).filter(slug=SLUG).order_by()
    asked = sql_of(purposes.values_list("id", "activity_id", "activity__controller_id"), blanks)
    queries = {name: query(_Asked()) for name, query in QUERIES.items()}
    queries["tool"] = AutomationTool.objects.filter(slug=TOOL_SLUG)
    parts = [_together(purposes, PURPOSE, blanks)]
    parts += [_together(queries[name], COLUMNS[name], blanks) for name in names]
    # One text: for each column the driver takes longer than PostgreSQL does to put it together.
    whole = " || ',' || ".join(f"COALESCE({part}, '[]')" for part in parts)
    return Prepared(
        f"WITH asked(purpose, activity, controller) AS ({asked}) "  # noqa: S608 (own names)
        f"SELECT '[' || {whole} || ']' FROM asked"
    )


def _together(rows: QuerySet, columns: tuple[str, ...], blanks: Mapping[Any, str]) -> str:
    """All ``rows`` as one text, in their order."""
    sql = sql_of(rows.values_list(*columns), blanks, aliased=True)
    names = ", ".join(map(connection.ops.quote_name, columns))
    if is_postgresql():
        made = f"CAST(json_agg(json_build_array({names})) AS text)"
    else:
        made = f"json_group_array(json_array({names}))"
    return f"(SELECT {made} FROM ({sql}) rows)"  # noqa: S608 (own names)


# Taken apart -------------------------------------------------------------------------------------

MODELS: dict[str, type[models.Model]] = {
    "rules": ChannelRule,
    "agreements": ProcessingAgreement,
    "tests": BalanceTest,
    "outlived": BalanceTest,
    "notices": VersionPurpose,
    "tools": ActivityTool,
    "sources": LeadSource,
    "wordings": ConsentWording,
    "named": NamedController,
    "shown": SourceWording,
    "reviews": WordingReview,
    "tool": AutomationTool,
}


@lru_cache(maxsize=256)
def _taken_apart(names: tuple[str, ...], text: str) -> Told:
    """Read anew each time, taken apart once: the same text means the same."""
    purpose, *parts = json.loads(text)
    found: dict[str, list[Any]] = {name: [] for name in (*QUERIES, "tool")}
    for name, rows in zip(names, parts, strict=True):
        found[name] = [_made(MODELS[name], COLUMNS[name], row) for row in rows]
    tools = found.pop("tool")
    return Told(_made(Purpose, PURPOSE, purpose[0]), found, tools[0] if tools else None)


def _made(model: type[models.Model], names: tuple[str, ...], values: list[Any]) -> Any:
    """A record of which ``names`` are read; ``a__b`` is of the one that it leads to."""
    own: dict[str, Any] = {}
    beyond: dict[str, dict[str, Any]] = {}
    for name, value in zip(names, values, strict=True):
        head, _, rest = name.partition("__")
        (beyond.setdefault(head, {}) if rest else own)[rest or head] = value
    fields = [field for field in model._meta.concrete_fields if field.attname in own]
    record = model.from_db(
        "default", [f.attname for f in fields], [_read(f, own[f.attname]) for f in fields]
    )
    for head, part in beyond.items():
        related: Any = model._meta.get_field(head).related_model
        setattr(record, head, _made(related, tuple(part), list(part.values())))
    return record


def _read(field: models.Field, value: Any) -> Any:
    """``value`` as JSON has it, as the field has it; instants in UTC."""
    made = field.to_python(value)
    if isinstance(made, datetime) and made.tzinfo is None:
        return made.replace(tzinfo=UTC)
    return made
