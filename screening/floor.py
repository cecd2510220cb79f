"""Lists for the floor: counted, ordered, and those that a supervisor has had made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import progress
from processing.choices import Channel
from screening import making
from screening.counts import Bar, bars
from screening.forms import DownloadForm, ListForm, granted_to
from screening.handover import own_handovers, state_badge, waiting_codes
from screening.made import shown
from screening.models import ContactList, Handover
from screening.narrowing import Narrowing
from screening.pages import LIST, page, require
from screening.question import Question, Unanswerable, ask
from screening.verdict import list_valid_until, tally

ON_A_PAGE = 20


@require_safe
def list_view(request: HttpRequest) -> HttpResponse:
    """How many may be contacted and why others are left out: counts, never names."""
    require(request, LIST)
    asked = ListForm(request.GET if "purpose" in request.GET else None, user=request.user)
    return _lists(request, asked, download=DownloadForm(user=request.user))


@require_POST
def make_view(request: HttpRequest) -> HttpResponse:
    """Have the list made: its own page where that is done at once, else the page of the job."""
    require(request, LIST)
    form = DownloadForm(request.POST, user=request.user)
    question = _question(form) if form.is_valid() else None
    if question is None:
        return _lists(request, ListForm(request.POST, user=request.user), download=form)
    asked = form.cleaned_data
    job = making.order(request.user, question, form.narrowing(), asked["format"], asked["reason"])
    made = making.list_of(job)
    if made is None:
        return redirect("admin:audit_job_change", job.pk)
    return redirect("admin:screening_made", made.uuid)


def _lists(request: HttpRequest, asked: ListForm, *, download: DownloadForm) -> HttpResponse:
    question = _question(asked) if asked.is_bound and asked.is_valid() else None
    own = _own_lists(request)
    return page(
        request,
        "list",
        # Translators: Listy kontaktów
        _("Contact lists"),
        form=asked,
        answer=_counted(question, asked.narrowing()) if question else None,
        download=download,
        lists=own,
        recalled=[each for each in own if each.recalled],
        making=_in_the_making(request.user),
        handed=_handed(request),
        waiting=waiting_codes(question.purpose, question.channel) if question else (),
        has_purposes=granted_to(request.user).exists(),
    )


def _handed(request: HttpRequest) -> list[tuple[Any, Handover]]:
    return [(state_badge(each), each) for each in own_handovers(request.user)]


def _in_the_making(user: Any) -> list[tuple[Any, progress.Progress]]:
    return [(progress.badge(job), progress.of(job)) for job in making.in_the_making(user)]


def _question(form: ListForm) -> Question | None:
    """What the form asks; where no law is recorded for it, the form says so."""
    asked = form.cleaned_data
    try:
        question = ask(asked["purpose"], asked["channel"], tool=asked.get("tool"))
    except Unanswerable as gap:
        form.add_error("channel", str(gap))
        return None
    if form.narrowing().of_consent and not _needs_consent(question):
        # Translators: Ten cel nie wymaga na tym kanale zgody: nie ma języka ani dnia, po którym
        # można by zawęzić listę.
        nothing = _("This purpose needs no consent here: there is none to narrow the list by.")
        form.add_error("language" if form.cleaned_data["language"] else "since_from", nothing)
        return None
    return question


def _needs_consent(question: Question) -> bool:
    return any(question.needs_consent(natural=natural) for natural in (True, False))


@dataclass(frozen=True)
class Counted:
    question: Question
    channel: str
    allowed: int
    left_out: list[Bar]
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


def _counted(question: Question, narrowing: Narrowing) -> Counted:
    counts = tally(question, narrowing)
    allowed = counts.pop("", 0)
    label = str(Channel(question.channel).label)
    return Counted(question, label, allowed, bars(counts), list_valid_until(question))


# Own lists ---------------------------------------------------------------------------------------


def _own_lists(request: HttpRequest) -> Page:
    own = ContactList.objects.of(request.user).select_related("purpose", "job", "tool", "event")
    lists = Paginator(own, ON_A_PAGE).get_page(request.GET.get("page"))
    lists.object_list = shown(lists.object_list)
    return lists
