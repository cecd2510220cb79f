"""The screens of a dial list: the file, its column, the work, and the outcome. Counts, no names."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit import progress, results
from audit.choices import AccessAction, JobState
from audit.jobs import cancel
from audit.reading.errors import EncodingNeeded, Refused
from processing.choices import Channel
from screening.counts import bars
from screening.dialling import tables, uploads, work
from screening.dialling.forms import EncodingForm, FileForm, ScreenForm
from screening.dialling.told import COLUMNS
from screening.forms import usable_by
from screening.made import recall_counts
from screening.models import DialList
from screening.pages import SCREEN, page, require

SECONDS_BETWEEN_LOOKS = "2"
SHOWN, ROWS_SHOWN = 20, 5


@require_http_methods(["GET", "HEAD", "POST"])
def upload_view(request: HttpRequest) -> HttpResponse:
    """Take a file, and show one's own earlier ones."""
    require(request, SCREEN)
    form = FileForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        dial_list = uploads.received(form.cleaned_data["file"], owner=request.user)
        return redirect("admin:screening_dial_list", dial_list.uuid)
    own = DialList.objects.of(request.user).select_related("purpose", "job", "contact_list")
    return page(
        request,
        "dialling",
        # Translators: Weryfikacja bazy
        _("Screening of a dial list"),
        form=form,
        earlier=[(_badge(each), each) for each in own[:SHOWN]],
        has_purposes=usable_by(request.user).exists(),
    )


def _badge(dial_list: DialList) -> Any:
    return progress.badge(dial_list.job) if dial_list.job else ""


@require_http_methods(["GET", "HEAD", "POST"])
def dial_list_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One file: what is asked of it, how far the work is, or what came of it."""
    dial_list = _own(request, uuid)
    if dial_list.job:
        return _ordered(request, dial_list)
    if not dial_list.stored_as:
        raise Http404
    return _asked(request, dial_list)


def _own(request: HttpRequest, uuid: UUID) -> DialList:
    """One's own: to everybody else it does not exist."""
    if not request.user.has_perm(SCREEN):
        raise Http404
    lists = DialList.objects.of(request.user).select_related(
        "purpose", "tool", "job", "contact_list__event__closed_by"
    )
    found = lists.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


# Before ------------------------------------------------------------------------------------------


def _asked(request: HttpRequest, dial_list: DialList) -> HttpResponse:
    context: dict[str, Any] = {"dial_list": dial_list, "step": 2}
    try:
        with uploads.kept(dial_list) as path:
            table = _table(request, dial_list, path)
    except EncodingNeeded as needed:
        return _encoding(request, dial_list, needed)
    except Refused as refused:
        return page(request, "dial_list", dial_list.file_name, problem=str(refused), **context)
    except FileNotFoundError as error:  # swept since the row was read
        raise Http404 from error
    form = ScreenForm(request.POST or None, user=request.user, table=table)
    if request.method == "POST" and form.is_valid():
        _order(dial_list, form.cleaned_data)
        return redirect("admin:screening_dial_list", dial_list.uuid)
    shown = [_shown(row, table.width) for row in table.sample[:ROWS_SHOWN]]
    context |= {"fields": form, "names": table.names, "rows": shown}
    return page(request, "dial_list", dial_list.file_name, **context)


def _table(request: HttpRequest, dial_list: DialList, path: str) -> tables.Table:
    has_header = "has_header" in request.POST if "column" in request.POST else None
    return tables.opened(
        path, dial_list.file_name, encoding=dial_list.encoding, has_header=has_header
    )


def _shown(row: list[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _encoding(request: HttpRequest, dial_list: DialList, needed: EncodingNeeded) -> HttpResponse:
    """Not UTF-8: whoever brought the file says what it is, with Polish words to see by."""
    form = EncodingForm(request.POST or None, initial={"encoding": needed.guess}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        dial_list.encoding = form.cleaned_data["encoding"]
        dial_list.save(update_fields=["encoding"])
        return redirect("admin:screening_dial_list", dial_list.uuid)
    context = {"dial_list": dial_list, "step": 2, "fields": form, "needed": needed}
    return page(request, "dial_list", dial_list.file_name, **context)


def _order(dial_list: DialList, asked: dict[str, Any]) -> None:
    for name in work.ASKED:
        setattr(dial_list, name, asked.get(name))
    work.order(dial_list)


@require_POST
def drop_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Erase the file; a screening that is at work on it ends after its present step."""
    dial_list = _own(request, uuid)
    if dial_list.job:
        cancel(dial_list.job)
        dial_list.job.refresh_from_db()
    if dial_list.job and dial_list.job.state == JobState.RUNNING:
        messages.success(
            request, _("It will stop after the present step, and the file is erased then.")
        )
        return redirect("admin:screening_dial_list", dial_list.uuid)
    uploads.forget(dial_list)
    messages.success(request, _("The file is erased."))
    return redirect("admin:screening_dialling")


# After -------------------------------------------------------------------------------------------


def _ordered(request: HttpRequest, dial_list: DialList) -> HttpResponse:
    told = progress.of(dial_list.job)
    response = page(
        request,
        "dial_list",
        dial_list.file_name,
        dial_list=dial_list,
        badge=progress.badge(dial_list.job),
        channel=Channel(dial_list.channel).label,
        progress=told,
        step=4 if dial_list.contact_list else 3,
        **(_outcome(dial_list) if dial_list.contact_list else {}),
    )
    if not told.is_over:
        # A header instead of a script: the page looks again by itself.
        response["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


def _outcome(dial_list: DialList) -> dict[str, Any]:
    made = dial_list.contact_list
    rows = made.allowed + made.denied
    recalled = recall_counts(made) if made.is_valid() and made.has_members else {}
    return {
        "made": made,
        "bars": bars({code: n for code, n in dial_list.counts.items() if code}),
        "rows": rows,
        "percent": made.allowed * 100 // rows if rows else 0,
        "files": work.files_of(dial_list),
        "recalled": sum(recalled.values()),
    }


@require_POST
def files_view(request: HttpRequest, uuid: UUID, which: str) -> HttpResponseBase:
    """Every row, or those allowed alone; each time in the access log."""
    dial_list = _own(request, uuid)
    if not usable_by(request.user).filter(pk=dial_list.purpose_id).exists():
        raise Http404
    made = dial_list.contact_list
    if which not in (work.WHOLE, work.DIALLED) or made is None:
        raise Http404
    return results.served(
        request,
        work.files_of(dial_list).get(which),
        action=AccessAction.SCREENING,
        subject=f"{made.purpose.slug} · {made.channel}",
        filters={**made.event.filters, "list": str(made.uuid), "rows": which},
        columns=COLUMNS if which == work.WHOLE else COLUMNS[:1],
    )
