"""Entries of the feed as clients read them, and how they say that they did."""

from rest_framework import serializers

from accounts.api.paging import PageQuerySerializer, PageSerializer
from accounts.api.serializers import Instant, Strict
from consents.choices import EventKind, Method, RestrictionKind
from feed.reading import LIFTED, RETIRED
from processing.choices import Channel

# The largest number that both databases keep.
LARGEST = 2**63 - 1
TYPES = (
    *(f"consent.{kind}" for kind in EventKind.values),
    *RestrictionKind.values,
    LIFTED,
    RETIRED,
)


class FeedQuerySerializer(PageQuerySerializer):
    after = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST,
        required=False,
        help_text="The `last` of the answer before; without it, from the oldest kept.",
    )


class FeedEntrySerializer(serializers.Serializer):
    """One thing that was recorded."""

    seq = serializers.IntegerField(min_value=1, help_text="Its place in the order of the feed.")
    type = serializers.ChoiceField(TYPES, help_text="What happened.")
    uuid = serializers.UUIDField(help_text="Of the event, the restriction or the contact point.")
    about = serializers.UUIDField(
        allow_null=True, help_text="Of the event that it confirms or strikes out, or that it lifts."
    )
    contact = serializers.CharField()
    also = serializers.ListField(
        child=serializers.CharField(),
        help_text="Other contacts of the same person that it covers: an objection that is not "
        "narrowed to a channel follows the person.",
    )
    controller = serializers.SlugField(help_text="Under whom the contact is known.")
    purpose = serializers.SlugField(allow_null=True, help_text="null: every purpose.")
    channel = serializers.ChoiceField(
        Channel.choices, allow_null=True, help_text="null: every channel."
    )
    occurred_at = Instant(help_text="When the person acted, or from when on it counts.")
    recorded_at = Instant(help_text="When the house learned of it.")
    valid_until = Instant(allow_null=True, help_text="null: it does not end by itself.")
    needs_confirmation = serializers.BooleanField(
        help_text="Whether a consent counts only once the person has confirmed it."
    )
    source = serializers.SlugField(allow_null=True)
    method = serializers.ChoiceField(Method.choices, allow_null=True)


class FeedSerializer(PageSerializer):
    next = serializers.URLField(
        allow_null=True, help_text="Where to go on at once; null: come back later, after `last`."
    )
    last = serializers.IntegerField(
        min_value=0, help_text="Everything up to this number was told: acknowledge it, go on after."
    )
    results = FeedEntrySerializer(many=True)


class AcknowledgementSerializer(Strict):
    """Up to where a client has acted on what it read."""

    seq = serializers.IntegerField(
        min_value=0, max_value=LARGEST, help_text="The `last` of an answer of the feed."
    )


class PositionSerializer(serializers.Serializer):
    """How far the client is."""

    seq = serializers.IntegerField(min_value=0, help_text="The furthest that it acknowledged.")
    acknowledged_at = Instant()
