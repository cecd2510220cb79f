"""Purposes and channels as clients read them."""

from typing import Any

from django.utils.translation import override
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.paging import PageQuerySerializer, PageSerializer
from accounts.api.serializers import Instant, Strict
from accounts.api.texts import Texts, TextsSerializer
from accounts.choices import Language
from processing.choices import Basis, Channel, ContactKind, Nature, Protects, Regime


class ControllerSerializer(serializers.Serializer):
    """Who decides about the data (Art. 4(7))."""

    slug = serializers.SlugField()
    name = serializers.CharField()


class PurposeQuerySerializer(PageQuerySerializer):
    after = serializers.SlugField(required=False, help_text="The key of the last one seen.")


class PurposeSerializer(serializers.Serializer):
    """Why data are processed, on one basis of Art. 6(1)."""

    slug = serializers.SlugField(help_text="The key by which it is named everywhere else.")
    name = Texts()
    description = Texts()
    controller = ControllerSerializer(source="activity.controller")
    basis = serializers.ChoiceField(Basis.choices)
    nature = serializers.ChoiceField(Nature.choices)
    active_from = Instant()
    active_until = Instant(allow_null=True, help_text="The first instant without it.")


class PurposePageSerializer(PageSerializer):
    results = PurposeSerializer(many=True)


class ChannelQuerySerializer(Strict):
    """Nothing is asked."""


class ChannelRuleSerializer(serializers.Serializer):
    """What one act asks of a channel."""

    regime = serializers.ChoiceField(Regime.choices)
    protects = serializers.ChoiceField(Protects.choices)
    consent_required = serializers.BooleanField(
        help_text="For commercial purposes; a purpose on Art. 6(1)(a) needs consent anyway."
    )
    provision = Texts()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True, help_text="The first day without it.")


@extend_schema_field(TextsSerializer)
class ChannelName(serializers.Field):
    def to_representation(self, channel: str) -> dict[str, str]:
        return {code: _said(Channel(channel), code) for code in Language.values}


class ChannelLawSerializer(serializers.Serializer):
    """A way of contacting somebody, and the law that holds for it today."""

    channel = serializers.ChoiceField(Channel.choices)
    name = ChannelName(source="channel")
    contact = serializers.ChoiceField(
        ContactKind.choices, help_text="What kind of number or address it needs."
    )
    rules = ChannelRuleSerializer(many=True)


class ChannelListSerializer(PageSerializer):
    results = ChannelLawSerializer(many=True)


def _said(choice: Any, language: str) -> str:
    with override(language):
        return str(choice.label)
