"""``POST feed/acks/``: a client says how far it has acted on what it read."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from accounts.choices import Scope
from feed.api.events import unknown_number
from feed.api.serializers import AcknowledgementSerializer, PositionSerializer
from feed.following import acknowledge
from feed.reading import NotYet

POSITION = {"seq": 4711, "acknowledged_at": "2026-11-24T08:42:03.501000Z"}


class AcksView(ApiView):
    scope = Scope.READ

    @extend_schema(
        operation_id="acknowledge_events",
        summary="Say how far this client has acted on what it read",
        tags=["events"],
        request=AcknowledgementSerializer,
        responses={
            200: PositionSerializer,
            400: ProblemSerializer,
        },
        examples=[
            OpenApiExample("up to 4711", {"seq": 4711}, request_only=True),
            OpenApiExample("noted", POSITION, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Acknowledge once contact with the people concerned has really stopped.

        The house shows how long each withdrawal took to get here, and points at a client that is
        behind. A smaller number than before changes nothing.
        """
        asked = AcknowledgementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            follower = acknowledge(self.client, asked.validated_data["seq"])
        except NotYet as error:
            raise ValidationError({"seq": unknown_number()}) from error
        return Response(PositionSerializer(follower).data)
