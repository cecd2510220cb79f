"""``POST links/``: what a mailing carries, so that whoever gets it can leave with one click."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.quota import take
from accounts.api.serializers import ContactField, ProblemSerializer, Strict
from accounts.api.views import ApiView
from accounts.choices import Scope
from audit import access
from audit.choices import AccessAction
from consents.contacts import normalise_all
from consents.models import ContactPoint
from consents.preferences.links import preferences_url, unsubscribe_url
from processing.api.purposes import granted_purpose
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import Purpose

MOST = 1000
# What RFC 8058 has the mail program post.
ONE_CLICK = "List-Unsubscribe=One-Click"
ASKED = {
    "purpose": "newsletter",
    "channel": "email",
    "contacts": ["jan@example.com", "nobody@example.com"],
}
KNOWN = {
    "contact": "jan@example.com",
    "preferences_url": "https://ccgdpr.example/z/q1Zk…/",
    "list_unsubscribe": "<https://ccgdpr.example/z/Wm5v…/one-click/>",
    "list_unsubscribe_post": ONE_CLICK,
}
UNKNOWN = {
    "contact": "nobody@example.com",
    "preferences_url": None,
    "list_unsubscribe": None,
    "list_unsubscribe_post": None,
}


class LinksAskedSerializer(Strict):
    """For which messages the links are."""

    purpose = serializers.SlugField(max_length=60, help_text="The key of a granted purpose.")
    channel = serializers.ChoiceField(Channel.choices)
    contacts = serializers.ListField(
        child=ContactField(allow_blank=True),
        min_length=1,
        max_length=MOST,
        help_text="In any spelling; one that is unknown or cannot be read is answered with null.",
    )


class LinksOfContactSerializer(serializers.Serializer):
    """The links of one contact; null where the register does not know it."""

    contact = serializers.CharField(help_text="As it was asked.")
    preferences_url = serializers.CharField(
        allow_null=True, help_text="The person's page: for the foot of every message."
    )
    list_unsubscribe = serializers.CharField(
        allow_null=True, help_text="The value of the header List-Unsubscribe."
    )
    list_unsubscribe_post = serializers.CharField(
        allow_null=True, help_text="The value of the header List-Unsubscribe-Post (RFC 8058)."
    )


class LinksSerializer(serializers.Serializer):
    """In the order of the contacts."""

    results = LinksOfContactSerializer(many=True)


class LinksView(ApiView):
    scope = Scope.CHECK

    @extend_schema(
        operation_id="make_links",
        summary="Links by which people leave a mailing",
        tags=["links"],
        request=LinksAskedSerializer,
        responses={
            200: LinksSerializer,
            **dict.fromkeys((400, 404, 429), ProblemSerializer),
        },
        examples=[
            OpenApiExample("two addresses", ASKED, request_only=True),
            OpenApiExample("one of them known", {"results": [KNOWN, UNKNOWN]}, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        """Put the links into the message to that very contact and keep them nowhere else: whoever
        holds one can withdraw in the person's name.

        They never expire, so old messages keep their way out. Each contact counts against the
        day's quota.
        """
        asked = LinksAskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        channel, contacts = asked.validated_data["channel"], asked.validated_data["contacts"]
        take(self.client, len(contacts))
        purpose = granted_purpose(self.client, asked.validated_data["purpose"])
        links = list(_links(purpose, channel, contacts))
        access.answered(
            AccessAction.EXPORT,
            f"{purpose.slug} · {channel}",
            rows=sum(each["preferences_url"] is not None for each in links),
            filters={"purpose": purpose.slug, "channel": channel, "links": len(links)},
        )
        return Response(LinksSerializer({"results": links}).data)


def _links(purpose: Purpose, channel: str, contacts: list[str]) -> Iterator[dict[str, Any]]:
    """One query, however many contacts are asked about."""
    kind = KIND_OF_CHANNEL[Channel(channel)]
    _values, keys = normalise_all(kind, contacts)
    live = ContactPoint.objects.live().filter(controller=purpose.activity.controller_id, kind=kind)
    known = {point.key: point for point in live.filter(key__in={k for k in keys if k})}
    for contact, key in zip(contacts, keys, strict=True):
        point = known.get(key) if key else None
        yield _of(point, purpose, channel, contact) if point else _of_nobody(contact)


def _of(point: ContactPoint, purpose: Purpose, channel: str, contact: str) -> dict[str, Any]:
    return {
        "contact": contact,
        "preferences_url": preferences_url(point),
        "list_unsubscribe": f"<{unsubscribe_url(point, purpose, channel)}>",
        "list_unsubscribe_post": ONE_CLICK,
    }


def _of_nobody(contact: str) -> dict[str, Any]:
    return {**dict.fromkeys(LinksOfContactSerializer().fields), "contact": contact}
