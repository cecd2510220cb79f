"""The screen of one typed contact, which enters no address."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import access
from audit.choices import AccessAction
from audit.text import iso
from consents.admin.shown import clear_contact, contact, person
from processing.choices import Channel
from processing.models import Purpose
from processors.models import AutomationTool
from screening.cards import Card, brief, card
from screening.check import Answer, Column, Holder, check
from screening.forms import CheckForm, usable_by
from screening.pages import CHECK, page, require

# A typed contact ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def check_view(request: HttpRequest) -> HttpResponse:
    """Asked by POST alone, so that the contact stands in no address, title or log."""
    require(request, CHECK)
    form = CheckForm(request.POST or None, user=request.user)
    people: list[Person] = []
    if request.method == "POST" and form.is_valid():
        people = _people(request, form.cleaned_data)
    # Translators: Czy wolno się skontaktować?
    title = _("May they be contacted?")
    return page(request, "check", title, form=form, people=people)


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
        known_at=asked.get("known_at"),
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
            "known_at": iso(asked.get("known_at") or timezone.now()),
            "allowed": sum(answer.is_allowed for answer in answers),
            "denied": sum(not answer.is_allowed for answer in answers),
        },
    )


def _slug(tool: AutomationTool | None) -> str:
    return tool.slug if tool else ""


def _person(holder: Holder, asked: dict[str, Any], request: HttpRequest) -> Person:
    point, may = holder.point, request.user.has_perm
    chosen = _chosen(holder, asked, request.POST.get("cell", ""))
    keys = {answer.key for answer in chosen}
    return Person(
        holder=holder,
        name=person(point.subject) if point else "",
        kind=point.subject.get_kind_display() if point else "",
        url=_url_of(point.subject_id) if point and may("consents.view_datasubject") else "",
        columns=[_head(column, is_typed=not n) for n, column in enumerate(holder.columns)],
        rows=[
            (purpose, [Cell(each, brief(each), each.key in keys) for each in answers])
            for purpose, answers in holder.rows
        ],
        cards=[(answer, card(answer, may=may)) for answer in chosen],
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
