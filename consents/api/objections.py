"""``POST objections/``: a person objects, or wants no contact at all (Art. 21)."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.request import Request

from accounts.api.idempotency import KEY_PARAMETER, Answer, once
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from accounts.choices import Scope
from accounts.models import ApiClient
from consents.api.recording import examples
from consents.api.recording.serializers import (
    KNOWN,
    RECORDED,
    ObjectionSerializer,
    RecordedObjectionSerializer,
)
from consents.api.recording.statements import contact_of, proof_of
from consents.choices import EvidenceKind, RestrictionKind
from consents.lookup import kind_of
from consents.models import Evidence
from consents.recording.objecting import Objection, record_objection
from processing.api.purposes import granted_purpose, granted_purposes
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import Purpose
from processors.models import Organisation


class ObjectionsView(ApiView):
    scope = Scope.RECORD

    @extend_schema(
        operation_id="record_objection",
        summary="Record an objection, or that somebody wants no contact at all",
        tags=["events"],
        parameters=[KEY_PARAMETER],
        request=ObjectionSerializer,
        responses={
            201: RecordedObjectionSerializer,
            **dict.fromkeys((400, 404, 413), ProblemSerializer),
            409: OpenApiResponse(ProblemSerializer, examples=[examples.IN_FLIGHT]),
            422: OpenApiResponse(ProblemSerializer, examples=[examples.KEY_REUSED]),
        },
        examples=[
            OpenApiExample("an objection", examples.OBJECTION, request_only=True),
            OpenApiExample("recorded", examples.OBJECTED, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> HttpResponse:
        """An objection closes every commercial purpose of the controller, `objection_purpose` the
        purpose that it names, `do_not_contact` all contact; on every channel unless one is named.

        A contact that nobody knows goes on the suppression list. No quota counts here.
        """
        return once(request, lambda: _recorded(request))


def _recorded(request: Request) -> Answer:
    asked = ObjectionSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    stop, is_new = record_objection(_objection(request, asked.validated_data))
    answer = {
        "status": RECORDED if is_new else KNOWN,
        "uuid": stop.uuid,
        "recorded_at": stop.recorded_at,
    }
    return status.HTTP_201_CREATED, RecordedObjectionSerializer(answer).data


def _objection(request: Request, told: dict[str, Any]) -> Objection:
    channel = told.get("channel")
    kind = KIND_OF_CHANNEL[Channel(channel)] if channel else kind_of(told["contact"])
    purpose = _purpose(request.user, told)
    return Objection(
        controller=_controller(request.user, told, purpose),
        contact_kind=kind,
        contact=contact_of(kind, told["contact"]),
        kind=told["kind"],
        effective_at=told.get("effective_at") or timezone.now(),
        evidence=_evidence(request, told),
        purpose=purpose,
        channel=channel,
    )


def _purpose(client: ApiClient, told: dict[str, Any]) -> Purpose | None:
    """The purpose that is objected to: named where the kind is about one, and nowhere else."""
    if told["kind"] == RestrictionKind.OBJECTION_PURPOSE:
        if "purpose" not in told:
            raise _wrong(
                "purpose", "purpose_needed", _("Name the purpose that the person objects to.")
            )
        return granted_purpose(client, told["purpose"])
    if "purpose" in told:
        raise _wrong("purpose", "not_of_this_kind", _("This does not go with what happened."))
    return None


def _controller(client: ApiClient, told: dict[str, Any], purpose: Purpose | None) -> Organisation:
    """Whom it is said to; raises NotFound for one whose purposes the client may not use."""
    purposes = [purpose] if purpose else granted_purposes(client)
    controllers = {p.activity.controller.slug: p.activity.controller for p in purposes}
    named = told.get("controller")
    if named is None and len(controllers) > 1:
        raise _wrong(
            "controller", "controller_needed", _("Name the controller: there are several.")
        )
    found = controllers.get(named) if named else next(iter(controllers.values()), None)
    if found is None:
        raise NotFound
    return found


def _evidence(request: Request, told: dict[str, Any]) -> Evidence:
    words = told.get("words")
    return Evidence.of(EvidenceKind.WORDS, words) if words else proof_of(request)


def _wrong(field: str, code: str, sentence: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(sentence, code)]})
