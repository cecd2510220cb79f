"""The receipt of a consent, for the person or for whoever has to prove it."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from audit import access
from audit.choices import AccessAction
from consents.api.reading.examples import RECEIPT
from consents.api.reading.states import consent_of
from consents.receipts import receipt_of
from consents.record import record_of


class LinkedDataRenderer(JSONRenderer):
    """JSON that says itself what its words mean (JSON-LD)."""

    media_type = "application/ld+json"
    format = "jsonld"


class ReceiptView(ApiView):
    renderer_classes = (LinkedDataRenderer, JSONRenderer)
    scope = "read"

    @extend_schema(
        operation_id="read_receipt",
        summary="The receipt of a consent (ISO/IEC TS 27560, W3C DPV)",
        tags=["consents"],
        responses={
            200: OpenApiResponse(
                OpenApiTypes.OBJECT, examples=[OpenApiExample("receipt", RECEIPT)]
            ),
            404: ProblemSerializer,
        },
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """JSON-LD: the record of the consent with its texts, parties, rights and proof.

        People and contacts stand in it as pseudonyms.
        """
        record = record_of(consent_of(self.client, uuid))
        access.looked_at(AccessAction.PROOF, f"consents.consent:{uuid}")
        return Response(receipt_of(record, timezone.now()))
