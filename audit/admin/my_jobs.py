"""Everybody's own jobs on one page: what runs, what has ended, and the files to take away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import progress
from audit.jobs import kind_of
from audit.models import UNFINISHED, Job, ResultFile

PER_PAGE = 25
SECONDS_BETWEEN_LOOKS = "4"


@dataclass(frozen=True)
class File:
    """A result as pages show it: ``url`` is empty for those who may not have it."""

    result: ResultFile
    url: str
    is_available: bool


def files_of(job: Job, user: Any) -> list[File]:
    """The results of ``job`` for ``user``, expired ones too while they are not erased."""
    now, kind = timezone.now(), kind_of(job)
    return [
        File(result, kind.download_url(user, result), result.is_available(now))
        for result in job.files.all()
    ]


@dataclass(frozen=True)
class Line:
    """A job as the list shows it."""

    job: Job
    badge: Any
    progress: progress.Progress
    files: list[File]


def lines(found: Iterable[Job], user: Any) -> list[Line]:
    return [Line(j, progress.badge(j), progress.of(j), files_of(j, user)) for j in found]


def my_jobs_view(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    own = _own(request)
    page = Paginator(own, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        **admin.site.each_context(request),
        "title": _("My jobs"),
        "page": page,
        "lines": lines(page, request.user),
    }
    response = TemplateResponse(request, "admin/my_jobs.html", context)
    if own.filter(UNFINISHED).exists():
        # A header instead of a script: the page looks again by itself.
        response["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


def _own(request: HttpRequest) -> QuerySet[Job]:
    mine = Job.objects.filter(owner=request.user)
    return mine.select_related("owner").prefetch_related("files").order_by("-id")
