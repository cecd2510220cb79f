"""Dial lists of clients: brought, screened by the worker, and taken away."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.paging import queried
from accounts.api.problems import Problem
from accounts.api.quota import take
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from accounts.choices import Scope
from accounts.models import ApiClient
from audit import results
from audit.choices import AccessAction, JobState
from audit.reading.errors import EncodingNeeded, Refused
from processing.api.purposes import granted_purposes
from screening.api.questions import question
from screening.api.serializers import (
    DialListSerializer,
    ResultQuerySerializer,
    ScreeningSerializer,
)
from screening.dialling import columns, tables, uploads, work
from screening.dialling.told import COLUMNS
from screening.models import DialList
from screening.question import Question

PROBLEMS = dict.fromkeys((401, 403, 404), ProblemSerializer)
ASKED = {
    "purpose": "marketing-own",
    "channel": "voice",
    "file": "nr;imię\n601 602 603;Jan\n",
    "column": "nr",
}
WAITING = {
    "uuid": "5f0c8a1e-27a6-4f6f-9d9a-2f6f3f1c0f52",
    "state": "queued",
    "purpose": "marketing-own",
    "channel": "voice",
    "created_at": "2026-11-24T08:42:00Z",
    "rows": {"done": 0, "total": 0},
    "counts": None,
    "valid_until": None,
    "result": None,
    "error": None,
}
DONE = WAITING | {
    "state": "done",
    "rows": {"done": 3, "total": 3},
    "counts": {"allowed": 1, "denied": 2, "reasons": {"withdrawn": 1, "unknown_contact": 1}},
    "valid_until": "2026-11-24T12:42:00Z",
    "result": "https://ccgdpr.example/api/v1/screenings/5f0c8a1e-27a6-4f6f-9d9a-2f6f3f1c0f52/result/",
}
LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    description="Where its progress is read.",
    response=[202],
)


class ScreeningsView(ApiView):
    scope = Scope.SCREEN
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="order_screening",
        summary="Have a dial list screened",
        tags=["screenings"],
        request={"multipart/form-data": DialListSerializer},
        parameters=[LOCATION],
        responses={
            202: ScreeningSerializer,
            **PROBLEMS,
            **dict.fromkeys((400, 415, 429), ProblemSerializer),
        },
        examples=[
            OpenApiExample("a list", ASKED, request_only=True, media_type="multipart/form-data"),
            OpenApiExample("ordered", WAITING, response_only=True, status_codes=["202"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """A CSV or XLSX of any shape. Its rows count against the day's quota.

        The worker screens it; the file is erased when that is done.
        """
        asked = DialListSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        dial_list = _ordered(self.client, **asked.validated_data)
        told = _told(request, dial_list)
        place = request.build_absolute_uri(reverse("api_screening", args=[dial_list.uuid]))
        return Response(told, status=202, headers={"Location": place})


class ScreeningView(ApiView):
    scope = Scope.SCREEN

    @extend_schema(
        operation_id="read_screening",
        summary="How far a screening is",
        tags=["screenings"],
        responses={200: ScreeningSerializer, **PROBLEMS},
        examples=[OpenApiExample("done", DONE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        return Response(_told(request, _own(self.client, uuid)))


class CsvRenderer(JSONRenderer):
    """Lets a caller ask for CSV; what it renders itself are the problems."""

    media_type, format = "text/csv", "csv"


class ResultView(ApiView):
    scope = Scope.SCREEN
    renderer_classes = (CsvRenderer, JSONRenderer)

    @extend_schema(
        operation_id="take_screening_result",
        summary="The dial list with its answers",
        tags=["screenings"],
        parameters=[ResultQuerySerializer],
        responses={
            (200, "text/csv"): OpenApiTypes.BINARY,
            **{
                (status, "application/problem+json"): ProblemSerializer
                for status in (400, 401, 403, 404, 410)
            },
        },
    )
    def get(self, request: Request, uuid: UUID) -> HttpResponseBase:
        """Each download stands in the access log; 404 until it is done, 410 when it is over."""
        which = queried(request, ResultQuerySerializer)["which"]
        dial_list = _own(self.client, uuid)
        made = dial_list.contact_list
        if made is None or not _may_still(self.client, dial_list):
            raise NotFound
        file = work.files_of(dial_list).get(which)
        if file is None or not results.is_kept(file):
            raise Problem(410, "gone", _("This list is not valid any more. Have it screened anew."))
        return results.served(
            request,
            file,
            action=AccessAction.SCREENING,
            subject=f"{made.purpose.slug} · {made.channel}",
            filters={**made.event.filters, "list": str(made.uuid), "rows": which},
            columns=COLUMNS if which == work.WHOLE else COLUMNS[:1],
        )


def _own(client: ApiClient, uuid: UUID) -> DialList:
    """The client's own: of those of others it learns nothing."""
    lists = DialList.objects.of_client(client).select_related(
        "purpose", "job", "contact_list__event", "contact_list__purpose"
    )
    found = lists.filter(uuid=uuid).exclude(job=None).first()
    if found is None:
        raise NotFound
    return found


def _may_still(client: ApiClient, dial_list: DialList) -> bool:
    return granted_purposes(client).filter(pk=dial_list.purpose_id).exists()


# Brought -----------------------------------------------------------------------------------------


def _ordered(client: ApiClient, *, file: Any, column: str = "", **asked: Any) -> DialList:
    """Keep the file and have it screened; nothing of it is kept where that is refused."""
    names = ("purpose", "channel", "tool")
    about = question(client, **{name: asked[name] for name in names if name in asked})
    dial_list = uploads.received(file, client=client)
    try:
        _ask(dial_list, about, column, **{name: asked[name] for name in asked if name not in names})
        work.order(dial_list)
    except BaseException:
        uploads.forget(dial_list)
        dial_list.delete()
        raise
    return dial_list


def _ask(
    dial_list: DialList,
    about: Question,
    column: str,
    *,
    has_header: bool | None,
    encoding: str,
    reason: str,
) -> None:
    """Say how the file is meant, as its own table answers; and count its rows."""
    with uploads.kept(dial_list) as path:
        table = _table(path, dial_list.file_name, encoding, has_header, column)
        dial_list.column = _column(table, column, about.contact_kind)
        take(dial_list.client, table.lines())
    dial_list.encoding, dial_list.has_header = encoding, table.has_header
    dial_list.purpose, dial_list.channel = about.purpose, about.channel
    dial_list.tool, dial_list.reason = about.tool, reason


def _table(
    path: str, name: str, encoding: str, has_header: bool | None, column: str
) -> tables.Table:
    try:
        return tables.opened(path, name, encoding=encoding, has_header=has_header, named=column)
    except EncodingNeeded as needed:
        raise _invalid("encoding", str(needed), "encoding_needed") from needed
    except Refused as refused:
        raise _invalid("file", str(refused), "refused") from refused


def _column(table: tables.Table, column: str, kind: str) -> int:
    try:
        return columns.named(table, column) if column else columns.proposed(table, kind)
    except Refused as refused:
        raise _invalid("column", str(refused), "refused") from refused


def _invalid(field: str, text: str, code: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(text, code)]})


# Told --------------------------------------------------------------------------------------------


def _told(request: Request, dial_list: DialList) -> dict[str, Any]:
    job, made = dial_list.job, dial_list.contact_list
    return ScreeningSerializer(
        {
            "uuid": dial_list.uuid,
            "state": job.state,
            "purpose": dial_list.purpose.slug,
            "channel": dial_list.channel,
            "created_at": dial_list.created_at,
            "rows": {"done": job.done, "total": max(job.done, job.total)},
            "counts": _counts(dial_list) if made else None,
            "valid_until": made.valid_until if made else None,
            "result": _place(request, dial_list) if made and made.is_valid() else None,
            "error": job.error if job.state == JobState.FAILED else None,
        }
    ).data


def _counts(dial_list: DialList) -> dict[str, Any]:
    counts = dict(dial_list.counts)
    allowed = counts.pop("", 0)
    return {"allowed": allowed, "denied": sum(counts.values()), "reasons": counts}


def _place(request: Request, dial_list: DialList) -> str:
    return request.build_absolute_uri(reverse("api_screening_result", args=[dial_list.uuid]))
