"""What a client may ask about at all: its purposes, and the channels with their law."""

from itertools import groupby
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.paging import page, queried
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from processing.api.purposes import granted_purposes
from processing.api.serializers import (
    ChannelListSerializer,
    ChannelQuerySerializer,
    PurposePageSerializer,
    PurposeQuerySerializer,
)
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import ChannelRule

PURPOSE = {
    "slug": "marketing-own",
    "name": {"pl": "Marketing własny", "en": "Own marketing"},
    "description": {"pl": "Oferty własnych usług.", "en": "Offers of our own services."},
    "controller": {"slug": "centrum", "name": "Centrum sp. z o.o."},
    "basis": "6-1-a",
    "nature": "commercial",
    "active_from": "2018-05-25T00:00:00Z",
    "active_until": None,
}
CHANNEL = {
    "channel": "sms",
    "name": {"pl": "SMS", "en": "SMS"},
    "contact": "phone",
    "rules": [
        {
            "regime": "pke398",
            "protects": "everybody",
            "consent_required": True,
            "provision": {"pl": "art. 398 ust. 1 PKE", "en": "art. 398(1) PKE"},
            "valid_from": "2024-11-10",
            "valid_until": None,
        }
    ],
}


class PurposesView(ApiView):
    @extend_schema(
        operation_id="list_purposes",
        summary="The purposes that this client may use",
        tags=["registers"],
        parameters=[PurposeQuerySerializer],
        responses={200: PurposePageSerializer, 400: ProblemSerializer},
        examples=[
            OpenApiExample("purposes", {"next": None, "results": [PURPOSE]}, response_only=True)
        ],
    )
    def get(self, request: Request) -> Response:
        """Purposes of other clients are not named, here or anywhere else."""
        query = queried(request, PurposeQuerySerializer)
        found = page(request, granted_purposes(self.client), "slug", query)
        return Response(PurposePageSerializer(found).data)


class ChannelsView(ApiView):
    @extend_schema(
        operation_id="list_channels",
        summary="The channels, and the law that holds for each today",
        tags=["registers"],
        responses={200: ChannelListSerializer, 400: ProblemSerializer},
        examples=[
            OpenApiExample("channels", {"next": None, "results": [CHANNEL]}, response_only=True)
        ],
    )
    def get(self, request: Request) -> Response:
        """Several acts may hold for a channel at once; all of them are met."""
        queried(request, ChannelQuerySerializer)
        return Response(ChannelListSerializer({"next": None, "results": _channels()}).data)


def _channels() -> list[dict[str, Any]]:
    rules = ChannelRule.objects.in_force(timezone.localdate()).order_by("channel", "slug")
    by_channel = {code: list(found) for code, found in groupby(rules, lambda r: r.channel)}
    return [
        {
            "channel": channel.value,
            "contact": KIND_OF_CHANNEL[channel],
            "rules": by_channel.get(channel.value, []),
        }
        for channel in Channel
    ]
