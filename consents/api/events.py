"""``POST events/``: what people said, one act or many at once."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request

from accounts.api.idempotency import KEY_PARAMETER, Answer, once
from accounts.api.problems import Problem, invalid, pointed
from accounts.api.serializers import ProblemSerializer
from consents.api.recording import examples
from consents.api.recording.serializers import (
    KNOWN,
    RECORDED,
    REFUSED,
    EventsSerializer,
    RefusedEventsSerializer,
    ResultsSerializer,
)
from consents.api.recording.statements import proof_of, statements
from consents.recording import Outcome, record
from consents.recording.telling import UNKNOWN_CONSENT


class RecordEvents:
    """What a view of ``events/`` needs to record them."""

    @extend_schema(
        operation_id="record_events",
        summary="Record consents, confirmations, refusals and withdrawals",
        tags=["events"],
        parameters=[KEY_PARAMETER],
        request=EventsSerializer,
        responses={
            201: ResultsSerializer,
            **dict.fromkeys((400, 413), ProblemSerializer),
            409: OpenApiResponse(ProblemSerializer, examples=[examples.IN_FLIGHT]),
            422: OpenApiResponse(RefusedEventsSerializer, examples=[examples.NOTHING_RECORDED]),
        },
        examples=[
            OpenApiExample("a form and a withdrawal", examples.EVENTS, request_only=True),
            OpenApiExample("recorded", examples.RESULTS, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> HttpResponse:
        """Each event by itself, in the order given: one that is wrong keeps no other from being
        recorded, unless `atomic` is true. A body of the wrong form is refused as a whole (400).

        Withdrawals and refusals of a contact that nobody knows go on the suppression list, unless
        they bring a `person`. No quota counts here: a withdrawal is never refused for one.

        409 without a key in flight: every event is a confirmation of a consent that is not known.
        """
        return once(request, lambda: _recorded(request))


def _recorded(request: Request) -> Answer:
    asked = EventsSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    told = asked.validated_data
    outcomes = record(statements(request.user, told["events"]), proof_of(request))
    refused = [(n, outcome) for n, outcome in enumerate(outcomes) if outcome.error]
    if len(refused) == len(outcomes) or (told["atomic"] and refused):
        raise _refusal(refused)
    results = [_result(n, outcome) for n, outcome in enumerate(outcomes)]
    return status.HTTP_201_CREATED, ResultsSerializer({"results": results}).data


def _result(index: int, outcome: Outcome) -> dict[str, Any]:
    if outcome.error:
        return {"index": index, "status": REFUSED, "errors": _parts(outcome.error)}
    return {
        "index": index,
        "status": RECORDED if outcome.is_new else KNOWN,
        "uuid": outcome.record.uuid,
        "recorded_at": outcome.record.recorded_at,
    }


def _refusal(refused: list[tuple[int, Outcome]]) -> Problem:
    items = [{"index": n, "errors": _parts(outcome.error)} for n, outcome in refused]
    codes = {part["code"] for item in items for part in item["errors"]}
    if codes == {UNKNOWN_CONSENT}:
        code = status.HTTP_409_CONFLICT
        sentence = _("No such consent is known here. Record it, then confirm it.")
        return Problem(code, UNKNOWN_CONSENT, sentence, items=items)
    sentence = _("Nothing was recorded. Correct what is named under “items”.")
    return Problem(status.HTTP_422_UNPROCESSABLE_ENTITY, "nothing_recorded", sentence, items=items)


def _parts(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong with one event, with pointers that begin at it."""
    return list(pointed(invalid(error)))
