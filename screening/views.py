"""The screens: one typed contact, and lists for the floor. No contact enters an address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import access, display
from audit.choices import AccessAction
from audit.models import AccessEvent
from consents.admin.shown import clear_contact, contact, person
from processing.choices import Channel
from processing.models import Purpose
from processors.models import AutomationTool
from screening.cards import Card, brief, card
from screening.check import Answer, Column, Holder, check
from screening.export import COLUMNS, FORMATS, Export, iso
from screening.forms import CheckForm, DownloadForm, ListForm, granted_to, usable_by
from screening.handover import own_handovers, state_badge, waiting_codes
from screening.models import Handover
from screening.question import Question, Unanswerable, ask
from screening.reasons import REASON
from screening.verdict import list_valid_until, tally

CHECK = "screening.check_contact"
LIST = "screening.export_consent_list"


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/screening/{template}.html", context)


# A typed contact ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def check_view(request: HttpRequest) -> HttpResponse:
    """Asked by POST alone, so that the contact stands in no address, title or log."""
    _require(request, CHECK)
    form = CheckForm(request.POST or None, user=request.user)
    people: list[Person] = []
    if request.method == "POST" and form.is_valid():
        people = _people(request, form.cleaned_data)
    # Translators: Czy wolno się skontaktować?
    title = _("May they be contacted?")
    return _page(request, "check", title, form=form, people=people)


@dataclass(frozen=True)
class Person:
    """A holder of the typed contact as the page shows them: head, matrix, cards."""

    holder: Holder
    name: str
    kind: str
    url: str
    columns: list["Head"]
    rows: list[tuple[Purpose, list["Cell"]]]
    cards: list[tuple[Answer, Card]]


@dataclass(frozen=True)
class Head:
    """A number or address over its channels; masked unless it is the one that was typed."""

    value: str
    is_typed: bool
    channels: list[str]


@dataclass(frozen=True)
class Cell:
    answer: Answer
    why: str
    is_current: bool


def _people(request: HttpRequest, asked: dict[str, Any]) -> list[Person]:
    purposes = [asked["purpose"]] if asked["purpose"] else list(usable_by(request.user))
    # A supervisor sees the typed contact alone, whoever keeps the registers all of the person.
    sees_all = request.user.has_perm("consents.view_contactpoint")
    holders = check(
        asked["contact"],
        purposes,
        at=asked.get("at"),
        tool=asked.get("tool"),
        every_contact=sees_all,
    )
    for holder in holders:
        _log(holder, asked)
    return [_person(holder, asked, request) for holder in holders]


def _log(holder: Holder, asked: dict[str, Any]) -> None:
    answers = list(holder.answers())
    points = [column.point.uuid.hex for column in holder.columns if column.point]
    access.looked_at(
        AccessAction.CHECK,
        str(holder.point) if holder.point else _("unknown contact"),
        filters={
            "controller": holder.controller.slug,
            "contact_points": points,
            "purposes": [purpose.slug for purpose, _answers in holder.rows],
            "channels": sorted({answer.channel for answer in answers}),
            "tool": _slug(asked.get("tool")),
            "as_of": iso(asked.get("at") or timezone.now()),
            "allowed": sum(answer.is_allowed for answer in answers),
            "denied": sum(not answer.is_allowed for answer in answers),
        },
    )


def _slug(tool: AutomationTool | None) -> str:
    return tool.slug if tool else ""


def _person(holder: Holder, asked: dict[str, Any], request: HttpRequest) -> Person:
    point, links = holder.point, request.user.has_perm("consents.view_consent")
    chosen = _chosen(holder, asked, request.POST.get("cell", ""))
    keys = {answer.key for answer in chosen}
    return Person(
        holder=holder,
        name=person(point.subject) if point else "",
        kind=point.subject.get_kind_display() if point else "",
        url=_url_of(point.subject_id) if point and links else "",
        columns=[_head(column, is_typed=not n) for n, column in enumerate(holder.columns)],
        rows=[
            (purpose, [Cell(each, brief(each), each.key in keys) for each in answers])
            for purpose, answers in holder.rows
        ],
        cards=[(answer, card(answer, links=links)) for answer in chosen],
    )


def _chosen(holder: Holder, asked: dict[str, Any], cell: str) -> list[Answer]:
    """The cards to show: of the cell clicked, of what was asked for, else of marketing a yes or no.

    Where there is no marketing to ask about, the first answer stands for all.
    """
    answers = [answer for answer in holder.answers() if answer.verdict]
    if clicked := [answer for answer in answers if answer.key == cell]:
        return clicked
    typed = [answer for answer in answers if answer.point == holder.point]
    if asked["channel"]:
        typed = [answer for answer in typed if answer.channel == asked["channel"]]
    if asked["purpose"]:
        return typed
    marketing = [answer for answer in typed if answer.purpose.is_commercial]
    return ([answer for answer in marketing if answer.is_allowed] or marketing or typed)[:1]


def _head(column: Column, *, is_typed: bool) -> Head:
    channels = [str(Channel(channel).label) for channel in column.channels]
    if not is_typed:
        return Head(contact(column.point), is_typed, channels)
    value = clear_contact(column.point) if column.point else column.value
    return Head(value, is_typed, channels)


def _url_of(subject_id: int) -> str:
    return reverse("admin:consents_datasubject_change", args=[subject_id])


# Lists for the floor -----------------------------------------------------------------------------


@require_safe
def list_view(request: HttpRequest) -> HttpResponse:
    """How many may be contacted and why others are left out: counts, never names."""
    _require(request, LIST)
    asked = ListForm(request.GET or None, user=request.user)
    return _lists(request, asked, download=DownloadForm(user=request.user))


def _lists(request: HttpRequest, asked: ListForm, *, download: DownloadForm) -> HttpResponse:
    question = _question(asked) if asked.is_bound and asked.is_valid() else None
    return _page(
        request,
        "list",
        # Translators: Listy kontaktów
        _("Contact lists"),
        form=asked,
        answer=_counted(question) if question else None,
        download=download,
        lists=_own_lists(request.user),
        handed=_handed(request),
        waiting=waiting_codes(question.purpose, question.channel) if question else (),
        has_purposes=granted_to(request.user).exists(),
    )


def _handed(request: HttpRequest) -> list[tuple[Any, Handover]]:
    return [(state_badge(each), each) for each in own_handovers(request.user)]


def _question(form: ListForm) -> Question | None:
    """What the form asks; where no law is recorded for it, the form says so."""
    try:
        asked = form.cleaned_data
        return ask(asked["purpose"], asked["channel"], tool=asked.get("tool"))
    except Unanswerable as gap:
        form.add_error("channel", str(gap))
        return None


@dataclass(frozen=True)
class LeftOut:
    """How many are left out for one reason, each contact by its first one."""

    reason: Any
    count: int
    share: int


@dataclass(frozen=True)
class Counted:
    question: Question
    channel: str
    allowed: int
    left_out: list[LeftOut]
    valid_until: datetime

    @property
    def denied(self) -> int:
        return sum(each.count for each in self.left_out)

    @property
    def total(self) -> int:
        return self.allowed + self.denied

    @property
    def percent(self) -> int:
        return self.allowed * 100 // self.total if self.total else 0


def _counted(question: Question) -> Counted:
    counts = tally(question)
    allowed = counts.pop("", 0)
    most = max(counts.values(), default=1)
    left_out = [LeftOut(REASON[c], n, max(1, n * 100 // most)) for c, n in counts.items()]
    left_out.sort(key=lambda each: -each.count)
    label = str(Channel(question.channel).label)
    return Counted(question, label, allowed, left_out, list_valid_until(question))


@require_POST
def download_view(request: HttpRequest) -> HttpResponse:
    """The list as a file; the entry in the access log stands before its first byte leaves."""
    _require(request, LIST)
    form = DownloadForm(request.POST, user=request.user)
    question = _question(form) if form.is_valid() else None
    if question is None:
        return _lists(request, ListForm(request.POST, user=request.user), download=form)
    return _stream(question, form.cleaned_data["format"], form.cleaned_data["reason"])


def _stream(question: Question, format_: str, reason: str) -> HttpResponse:
    export = Export(question)
    event = access.opened(
        AccessAction.LIST,
        f"{question.purpose.slug} · {question.channel}",
        filters={
            "purpose": question.purpose.slug,
            "channel": question.channel,
            "tool": _slug(question.tool),
            "format": format_,
            "as_of": iso(question.at),
            "valid_until": iso(list_valid_until(question)),
        },
        columns=COLUMNS,
        reason=reason,
    )
    chunks = access.Outgoing(event, export.chunks(format_, bom=True), rows=lambda: export.rows)
    response = StreamingHttpResponse(chunks, content_type=FORMATS[format_])
    day = timezone.localdate(question.at).isoformat()
    name = f"{question.purpose.slug}-{question.channel}-{day}.{format_}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@dataclass(frozen=True)
class OwnList:
    """A list that the reader took away: for what, when, and whether it may still be used."""

    event: AccessEvent
    badge: Any
    place: str
    valid_until: datetime | None
    rows: int | None


def _own_lists(user: Any) -> list[OwnList]:
    taken = AccessEvent.objects.filter(
        action=AccessAction.LIST, recorded_by=user, closes=None
    ).select_related("closed_by")
    events = list(taken.order_by("-pk")[:10])
    slugs = {event.filters.get("purpose") for event in events}
    names = {purpose.slug: purpose.name for purpose in Purpose.objects.filter(slug__in=slugs)}
    return [_own_list(event, names) for event in events]


def _own_list(event: AccessEvent, names: dict[str, str]) -> OwnList:
    valid_until = parse_datetime(event.filters.get("valid_until", ""))
    closing = getattr(event, "closed_by", None)
    return OwnList(
        event=event,
        badge=_state(valid_until, is_whole=closing is not None),
        place=f"{names[event.filters['purpose']]}, {Channel(event.filters['channel']).label}",
        valid_until=valid_until,
        rows=closing.rows if closing else None,
    )


def _state(valid_until: datetime | None, *, is_whole: bool) -> Any:
    if not is_whole:
        # Translators: Przerwana
        return display.badge(_("Aborted"), "bad")
    if valid_until and valid_until > timezone.now():
        # Translators: Ważna
        return display.badge(_("Valid"), "ok")
    # Translators: Nieważna
    return display.badge(_("No longer valid"), "off")
