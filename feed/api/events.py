"""``events/``: recording them (``consents``), and what was recorded in one order for everybody."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.api.paging import queried
from accounts.api.problems import Problem
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from accounts.choices import Scope
from audit import access
from audit.choices import AccessAction
from consents.api.events import RecordEvents
from feed.api.serializers import FeedQuerySerializer, FeedSerializer
from feed.reading import Erased, NotYet, Stretch, read

WITHDRAWN = {
    "seq": 4711,
    "type": "consent.withdrawn",
    "uuid": "0199c2a4-5f9e-7c3a-8d51-6a2f0e9b1c44",
    "about": None,
    "contact": "+48601234567",
    "also": [],
    "controller": "centrum",
    "purpose": "marketing-own",
    "channel": "voice",
    "occurred_at": "2026-11-24T08:42:00Z",
    "recorded_at": "2026-11-24T08:42:01.218000Z",
    "valid_until": None,
    "needs_confirmation": False,
    "source": "web-form",
    "method": "form",
}
PAGE = {"next": None, "last": 4711, "results": [WITHDRAWN]}


class EventsView(RecordEvents, ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": Scope.READ, "POST": Scope.RECORD}

    @extend_schema(
        operation_id="follow_events",
        summary="Follow what is recorded: consents, withdrawals, objections, retired contacts",
        tags=["events"],
        parameters=[FeedQuerySerializer],
        responses={
            200: FeedSerializer,
            **dict.fromkeys((400, 410), ProblemSerializer),
        },
        examples=[
            OpenApiExample("a withdrawal", PAGE, response_only=True, status_codes=["200"]),
        ],
    )
    def get(self, request: Request) -> Response:
        """Everything after the number `after` that concerns this client's purposes.

        Take `last` of each answer as `after` of the next question: no entry comes later under a
        number that was passed. An answer may be empty and still lead on by `next`.
        """
        query = queried(request, FeedQuerySerializer)
        stretch = _read(request, query)
        answer = FeedSerializer(
            {
                "next": _onwards(request, stretch.last) if stretch.more else None,
                "last": stretch.last,
                "results": stretch.entries,
            }
        ).data
        if stretch.entries and request.method == "GET":
            _log(stretch)
        return Response(answer)


def _read(request: Request, query: dict[str, Any]) -> Stretch:
    try:
        return read(request.user, query.get("after"), query["limit"])
    except Erased as erased:
        raise Problem(
            status.HTTP_410_GONE,
            "erased",
            _("What followed this number is kept no longer. Take stock anew, then go on."),
            oldest=erased.oldest,
        ) from erased
    except NotYet as error:
        raise ValidationError({"after": unknown_number()}) from error


def unknown_number() -> ErrorDetail:
    return ErrorDetail(_("Nothing has this number yet."), "unknown_number")


def _onwards(request: Request, last: int) -> str:
    return replace_query_param(request.build_absolute_uri(), "after", str(last))


def _log(stretch: Stretch) -> None:
    """Contacts leave the house; what nothing answers leaves no trace, nor does a mere HEAD."""
    access.answered(
        AccessAction.EXPORT,
        "feed.events",
        rows=len(stretch.entries),
        filters={"from": stretch.entries[0]["seq"], "to": stretch.entries[-1]["seq"]},
    )
