"""How a person stands, and what that follows from; personal data, so every look is kept."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import quota
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from accounts.models import ApiClient
from audit import access
from audit.choices import AccessAction
from consents.api.contacts import key_of
from consents.api.reading.examples import FOUND, RECORD, SEARCH
from consents.api.reading.serializers import FoundSerializer, RecordSerializer, SearchSerializer
from consents.lookup import kind_of
from consents.models import Consent, ContactPoint
from consents.record import record_of
from processing.api.purposes import granted_purpose, granted_purposes
from processing.choices import KIND_OF_CHANNEL, Channel


class SearchView(ApiView):
    scope = "read"

    @extend_schema(
        operation_id="search_consents",
        summary="How a contact stands, by purpose and channel",
        tags=["consents"],
        request=SearchSerializer,
        responses={
            200: FoundSerializer,
            404: ProblemSerializer,
            429: ProblemSerializer,
        },
        examples=[
            OpenApiExample("search", SEARCH, request_only=True),
            OpenApiExample("found", FOUND, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        """What people said, not whether they may be contacted: that is asked of `checks/`.

        One contact of the day's quota is spent.
        """
        body = SearchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        found = list(self._consents(**body.validated_data))
        return Response(FoundSerializer({"as_of": timezone.now(), "results": found}).data)

    def _consents(self, contact: str, purpose: str = "", channel: str = "") -> Any:
        kind = KIND_OF_CHANNEL[Channel(channel)] if channel else kind_of(contact)
        key = key_of(kind, contact)
        quota.take(self.client, 1)
        purposes = [granted_purpose(self.client, purpose)] if purpose else None
        filters = {"purpose": purpose, "channel": channel}
        access.looked_at(AccessAction.CHECK, "consents", filters=filters)
        found = _of_client(self.client, purposes)
        points = ContactPoint.objects.live().filter(key=key, kind=kind)
        found = found.filter(contact_point__in=points)
        return (found.filter(channel=channel) if channel else found).order_by(
            "purpose__slug", "channel"
        )


class ConsentView(ApiView):
    scope = "read"

    @extend_schema(
        operation_id="read_consent",
        summary="A consent and everything that it follows from",
        tags=["consents"],
        responses={200: RecordSerializer, 404: ProblemSerializer},
        examples=[OpenApiExample("consent", RECORD, response_only=True)],
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Every act with its wording and evidence; what the evidence holds stays in the house."""
        consent = consent_of(self.client, uuid)
        access.looked_at(AccessAction.REVEAL, f"consents.consent:{uuid}")
        return Response(RecordSerializer(record_of(consent)).data)


def consent_of(client: ApiClient, uuid: UUID) -> Consent:
    """Raises NotFound, alike where there is none and where its purpose is not granted."""
    consent = _of_client(client).filter(uuid=uuid).first()
    if consent is None:
        raise NotFound
    return consent


def _of_client(client: ApiClient, purposes: Any = None) -> Any:
    granted = granted_purposes(client).values("pk") if purposes is None else purposes
    return Consent.objects.filter(purpose__in=granted).select_related(
        "purpose__activity__controller", "contact_point__subject"
    )
