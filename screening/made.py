"""A list that was made: its own page, taken away while it is valid, and who must come off it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import access, display, results
from audit.choices import AccessAction
from audit.jobs import kind_of
from audit.models import AccessEvent, ResultFile
from consents.models import ConsentWording, LeadSource
from screening.choices import ListKind
from screening.counts import Bar, bars
from screening.forms import granted_to
from screening.handover import list_url
from screening.models import ContactList
from screening.pages import LIST, SCREEN, page, require
from screening.question import Unanswerable
from screening.recall import Recall, RecallFile, opened

# Counted on a page while somebody waits: members of a list, and of all lists of one page.
COUNTED, COUNTED_TOGETHER = 1_000_000, 300_000


@dataclass
class Shown:
    """A list as the table of lists has it; ``recalled`` is None where it was not counted."""

    made: ContactList
    recalled: int | None = None

    @property
    def badge(self) -> Any:
        return state_badge(self.made)

    @property
    def place(self) -> str:
        return f"{self.made.purpose.name}, {self.made.get_channel_display()}"


def state_badge(made: ContactList) -> Any:
    if made.is_valid():
        # Translators: Ważna
        return display.badge(_("Valid"), "ok")
    # Translators: Nieważna
    return display.badge(_("No longer valid"), "off")


def shown(lists: Iterable[ContactList]) -> list[Shown]:
    """``lists`` with how many must come off those that are valid, as far as that is quick."""
    rows, left = [], COUNTED_TOGETHER
    for made in lists:
        row = Shown(made)
        if made.is_valid() and made.has_members and made.allowed <= left:
            left -= made.allowed
            row.recalled = sum(recall_counts(made).values())
        rows.append(row)
    return rows


def recall_counts(made: ContactList) -> dict[str, int]:
    """How many must come off by reason; where no rule is in force any more, nobody can tell."""
    try:
        return Recall(made).tally()
    except Unanswerable:
        return {}


# One list ----------------------------------------------------------------------------------------


def _readable(request: HttpRequest, uuid: UUID) -> ContactList:
    """One's own list, or any for whoever oversees them; to others it does not exist."""
    every = ContactList.objects.select_related(
        "purpose", "tool", "job", "event__closed_by", "recorded_by"
    )
    if not request.user.has_perm("screening.view_contactlist"):
        require(request, LIST, SCREEN)
        every = every.of(request.user)
    found = every.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def _is_own(user: Any, made: ContactList) -> bool:
    """Whoever had it made, and may still take lists of its kind out of the house."""
    needed = SCREEN if made.kind == ListKind.SCREENING else LIST
    return made.recorded_by == user and user.has_perm(needed)


def _own(request: HttpRequest, uuid: UUID) -> ContactList:
    made = _readable(request, uuid)
    if not _is_own(request.user, made):
        raise PermissionDenied
    return made


@require_safe
def made_view(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    return made_page(request, _readable(request, uuid))


def made_page(request: HttpRequest, made: ContactList) -> HttpResponseBase:
    """What the list is, who must come off it by reason, and who took it away: never names."""
    is_own = _is_own(request.user, made)
    return page(
        request,
        "made",
        made,
        made=made,
        badge=state_badge(made),
        is_own=is_own,
        file=_file(request.user, made) if is_own else None,
        files_url=_files_url(made) if is_own else "",
        narrowed=list(narrowed_by(made)),
        recall=_Counts(made),
        downloads=_downloads(made),
        is_screened=made.kind == ListKind.SCREENING,
        again_url=_again(made) if is_own else "",
        opts=ContactList._meta,
    )


class _Counts:
    """Who must come off, for the page: counted where that is quick and members are kept."""

    def __init__(self, made: ContactList) -> None:
        self.made = made
        self.gap = ""

    @cached_property
    def is_possible(self) -> bool:
        return self.made.has_members

    @cached_property
    def bars(self) -> list[Bar] | None:
        """None where it was not counted; ``gap`` then says why, if no rule is in force."""
        if not self.is_possible or self.made.allowed > COUNTED:
            return None
        try:
            return bars(Recall(self.made).tally())
        except Unanswerable as gap:
            self.gap = str(gap)
            return None

    @property
    def is_worth_a_file(self) -> bool:
        """Whether somebody must come off, or may have to."""
        return bool(self.bars) or (self.bars is None and not self.gap)

    @cached_property
    def count(self) -> int:
        return sum(bar.count for bar in self.bars or ())


def _file(user: Any, made: ContactList) -> ResultFile | None:
    """The file of a list from the register, while it may be taken away."""
    if made.kind != ListKind.REGISTER or not made.job_id or not made.is_valid():
        return None
    if not granted_to(user).filter(pk=made.purpose_id).exists():
        return None
    return ResultFile.objects.available().filter(job_id=made.job_id).first()


def _files_url(made: ContactList) -> str:
    """Where a screened list has its files."""
    if made.kind != ListKind.SCREENING or made.job is None:
        return ""
    return kind_of(made.job).page_url(made.job) or reverse(
        "admin:audit_job_change", args=[made.job_id]
    )


def narrowed_by(made: ContactList) -> Iterable[tuple[Any, Any]]:
    """What narrowed the list, in words."""
    told = made.filters
    if slug := told.get("source"):
        source = LeadSource.objects.filter(slug=slug).first()
        yield _("Lead source"), source.name if source else slug
    if language := told.get("language"):
        names = dict(ConsentWording._meta.get_field("language").choices or ())
        yield _("Language of the consent"), names.get(language, language)
    if day := told.get("since_from"):
        yield _("Consent since"), display.day(date.fromisoformat(day))
    if day := told.get("since_until"):
        yield _("Consent until"), display.day(date.fromisoformat(day))


def _downloads(made: ContactList) -> list[AccessEvent]:
    """Who took it away: only while it was valid, which keeps the look into the log short."""
    taken = AccessEvent.objects.filter(
        batch=None,  # taken away by hand: those alone are indexed by their moment
        closes=None,
        action__in=(AccessAction.LIST, AccessAction.SCREENING),
        recorded_at__range=(made.recorded_at, max(made.recorded_at, made.valid_until)),
        filters__list=str(made.uuid),
        filters__recall__isnull=True,
    )
    return list(taken.select_related("closed_by", "recorded_by").order_by("pk"))


# Out ---------------------------------------------------------------------------------------------


@require_POST
def download_view(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file as it was made, each time in the access log; refused once it is not valid."""
    made = _own(request, uuid)
    if not made.is_valid():
        return page(request, "outlived", made, made=made, again_url=_again(made), status=410)
    if not granted_to(request.user).filter(pk=made.purpose_id).exists():
        raise PermissionDenied
    return results.served(
        request,
        _file(request.user, made),
        action=AccessAction.LIST,
        subject=f"{made.purpose.slug} · {made.channel}",
        filters={"list": str(made.uuid), **made.event.filters},
        columns=made.columns,
    )


def _again(made: ContactList) -> str:
    """Where its maker has a new one made: not everybody who screens takes lists of the register."""
    if made.kind == ListKind.SCREENING:
        return reverse("admin:screening_dialling")
    return list_url(made.purpose.slug, made.channel)


@require_POST
def recall_view(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Who must come off, as CSV; also when the list is not valid any more."""
    made = _own(request, uuid)
    if not made.has_members:
        return redirect("admin:screening_made", made.uuid)
    try:
        file = RecallFile(made)
    except Unanswerable as gap:
        messages.error(request, str(gap))
        return redirect("admin:screening_made", made.uuid)
    event = opened(file)
    chunks = access.Outgoing(event, file.chunks(bom=True), rows=lambda: file.rows)
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    moment = timezone.localtime(file.recall.question.at)
    name = f"recall-{made.pk}-{moment:%Y-%m-%d-%H%M}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response
