"""The first page: what waits, what the registers hold, how consents move, what changed lately."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Model, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.choices import AccessAction
from audit.models import AccessEvent
from ccgdpr.plots import Plot, Series, above_and_below
from consents.admin.paging import about
from consents.choices import EventKind, ImportState
from consents.models import (
    Consent,
    ConsentEvent,
    ConsentImport,
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    Restriction,
    Suppression,
)
from processing.choices import Channel
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation

MONTHS = 6
# Counting a table of millions takes seconds: from here on the card says "about".
COUNTED = 10_000

REGISTERS: tuple[type[Model], ...] = (
    DataSubject,
    ContactPoint,
    Consent,
    Restriction,
    Suppression,
    ConsentWording,
    LeadSource,
    ProcessingActivity,
    Purpose,
    Organisation,
)


@dataclass(frozen=True)
class RegisterCount:
    label: str
    url: str
    count: int
    is_about: bool


@dataclass(frozen=True)
class Room:
    """A room of the house in the order in which the first day leads through them."""

    label: str | Promise
    hint: str | Promise
    url_name: str
    is_furnished: Callable[[], bool]


@dataclass(frozen=True)
class Step:
    """A room as the checklist shows it; ``state`` is done, now or later."""

    label: str | Promise
    hint: str | Promise
    url: str
    state: str


@dataclass(frozen=True)
class Flow:
    """Consents by channel and month, given against withdrawn."""

    plot: Plot
    rows: list[tuple[str, int, int]]
    period: str


def register_counts(user: User) -> list[RegisterCount]:
    """How many records each register holds that ``user`` may view; two queries each."""
    return [_counted(model) for model in REGISTERS if _may_view(user, model)]


def _may_view(user: User, model: type[Model]) -> bool:
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def _counted(model: type[Model]) -> RegisterCount:
    meta = model._meta
    count = about(model) or 0
    if is_small := count < COUNTED:
        count = model._default_manager.order_by().count()
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return RegisterCount(capfirst(meta.verbose_name_plural), url, count, is_about=not is_small)


def consent_flow(user: User) -> Flow | None:
    """The last six months, in local time; None where nothing happened or is not for ``user``."""
    if not _may_view(user, Consent):
        return None
    bounds = _month_starts(timezone.localtime())
    counts = _events_by_month(bounds)
    channels = [
        c for c in Channel if (c, EventKind.GIVEN) in counts or (c, EventKind.WITHDRAWN) in counts
    ]
    none = [0] * MONTHS
    series = [
        Series(
            c.label,
            counts.get((c, EventKind.GIVEN), none),
            counts.get((c, EventKind.WITHDRAWN), none),
        )
        for c in channels
    ]
    if not series:
        return None
    return Flow(
        plot=above_and_below(series, [formats.date_format(start, "M") for start in bounds[:-1]]),
        rows=[(str(one.name), sum(one.above), sum(one.below)) for one in series],
        period="–".join(formats.date_format(start, "m.Y") for start in (bounds[0], bounds[-2])),
    )


def _month_starts(now: datetime) -> list[datetime]:
    """First instants of the last six months and of the next one, in the zone of ``now``."""
    index = now.year * 12 + now.month - MONTHS
    return [
        datetime(n // 12, n % 12 + 1, 1, tzinfo=now.tzinfo)
        for n in range(index, index + MONTHS + 1)
    ]


def _events_by_month(bounds: list[datetime]) -> dict[tuple[str, str], list[int]]:
    # Comparisons, not TruncMonth: that one is a Python function per row on SQLite.
    months = {
        f"m{n}": Count("pk", filter=Q(occurred_at__gte=bounds[n], occurred_at__lt=bounds[n + 1]))
        for n in range(MONTHS)
    }
    rows = (
        ConsentEvent.objects.filter(
            kind__in=(EventKind.GIVEN, EventKind.WITHDRAWN),
            occurred_at__gte=bounds[0],
            occurred_at__lt=bounds[-1],
        )
        .order_by()
        .values("channel", "kind")
        .annotate(**months)
    )
    return {(row["channel"], row["kind"]): [row[m] for m in months] for row in rows}


def first_day(user: User) -> list[Step]:
    """The way through the rooms of an empty house; nothing once it is lived in."""
    if not user.has_perm("consents.add_consentimport") or _is_lived_in():
        return []
    furnished = [room.is_furnished() for room in ROOMS]
    now = furnished.index(False)
    return [
        Step(room.label, room.hint, reverse(room.url_name), _state(furnished[n], is_now=n == now))
        for n, room in enumerate(ROOMS)
    ]


def _state(is_furnished: bool, *, is_now: bool) -> str:
    if is_furnished:
        return "done"
    return "now" if is_now else "later"


def _is_lived_in() -> bool:
    """A list has left the house, or a second file has come in."""
    return _first_list_made() or _applied_imports()[1:2].exists()


def _first_list_made() -> bool:
    return AccessEvent.objects.filter(action=AccessAction.LIST).exists()


def _applied_imports() -> QuerySet[ConsentImport]:
    return ConsentImport.objects.filter(state=ImportState.APPLIED)


ROOMS = (
    Room(
        _("Your organisation"),
        _("The company that the centre belongs to, and the clients it works for."),
        "admin:processors_organisation_add",
        lambda: Organisation.objects.exists(),
    ),
    Room(
        _("A processing activity"),
        _("A row of the record under Art. 30: what you do, with whose data."),
        "admin:processing_processingactivity_add",
        lambda: ProcessingActivity.objects.exists(),
    ),
    Room(
        _("A purpose"),
        _("Why you contact people, on one legal basis."),
        "admin:processing_purpose_add",
        lambda: Purpose.objects.exists(),
    ),
    Room(
        _("A consent wording"),
        _("The very text that people agreed to, one for each channel."),
        "admin:consents_consentwording_add",
        lambda: ConsentWording.objects.exists(),
    ),
    Room(
        _("A lead source"),
        _("Where contacts come from, and which wording it showed when."),
        "admin:consents_leadsource_add",
        lambda: LeadSource.objects.exists(),
    ),
    Room(
        _("The first import"),
        _("A file from your CRM, form or mailing system."),
        "admin:consents_import",
        lambda: _applied_imports().exists(),
    ),
    Room(
        _("The first list"),
        _("Grant a purpose to a supervisor, who then downloads whom they may contact."),
        "admin:processing_purposegrant_add",
        _first_list_made,
    ),
)


def dashboard(user: User) -> dict[str, Any]:
    """Everything that the first page of ``user`` shows."""
    try:  # while the house is being built
        return {
            "steps": first_day(user),
            "registers": register_counts(user),
            "flow": consent_flow(user),
        }
    except NoReverseMatch:
        return {"flow": consent_flow(user)}
