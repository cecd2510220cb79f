"""Wordings, states of consents and acts of people, as clients read them."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.paging import PageQuerySerializer, PageSerializer
from accounts.api.serializers import ContactField, Instant, Strict
from accounts.choices import Language
from audit.choices import Way
from consents.choices import ConsentStatus, EventKind, EvidenceKind, Giver, Method
from consents.models import Consent, ContactPoint
from notices.addresses import public_url
from notices.models import NoticeVersion
from processing.api.serializers import ControllerSerializer
from processing.choices import Channel, ContactKind, Regime

# Wordings ----------------------------------------------------------------------------------------


class WordingQuerySerializer(PageQuerySerializer):
    purpose = serializers.SlugField(help_text="The key of a purpose.")
    channel = serializers.ChoiceField(Channel.choices)
    language = serializers.ChoiceField(Language.choices, required=False)
    source = serializers.SlugField(
        required=False, help_text="The key of a lead source: what it shows, and nothing else."
    )
    after = serializers.UUIDField(required=False, help_text="The uuid of the last one seen.")


class ShowingSerializer(serializers.Serializer):
    """A source that shows the wording now."""

    slug = serializers.SlugField(source="source.slug")
    shown_from = Instant()
    shown_until = Instant(allow_null=True, help_text="The first instant without it.")
    confirmation_asked = serializers.BooleanField(
        source="source.confirmation_asked",
        help_text="A consent from here counts once the person has confirmed it.",
    )


class NoticeLinkSerializer(serializers.Serializer):
    """A privacy notice in force that tells of the purpose (Art. 13, 14)."""

    slug = serializers.SlugField(source="notice.slug")
    version = serializers.IntegerField(source="number")
    url = serializers.SerializerMethodField(help_text="Where people read it.")

    @extend_schema_field(serializers.URLField)
    def get_url(self, version: NoticeVersion) -> str:
        return public_url(version.notice)


class WordingTextSerializer(serializers.Serializer):
    """The text of a consent, to the letter."""

    uuid = serializers.UUIDField()
    language = serializers.ChoiceField(Language.choices)
    version = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField(help_text="Exactly as people see or hear it.")
    sha256 = serializers.CharField(help_text="Over the text in UTF-8.")


class WordingSerializer(WordingTextSerializer):
    """What a form must show; its ``uuid`` comes back with the event."""

    purpose = serializers.SlugField(source="purpose.slug")
    channel = serializers.ChoiceField(Channel.choices)
    regime = serializers.ChoiceField(Regime.choices, help_text="The law that it was written for.")
    bundled = serializers.BooleanField(help_text="One clause covered several channels.")
    valid_months = serializers.IntegerField(
        allow_null=True, help_text="After how many months a consent ends; null: when withdrawn."
    )
    controllers = ControllerSerializer(many=True, help_text="Consent reaches those named alone.")
    sources = ShowingSerializer(many=True, source="showing")


class WordingPageSerializer(PageSerializer):
    results = WordingSerializer(many=True)
    notices = NoticeLinkSerializer(many=True, help_text="What a form for the purpose links to.")


# States ------------------------------------------------------------------------------------------


class SearchSerializer(Strict):
    contact = ContactField(help_text="A number or address in any spelling.")
    purpose = serializers.SlugField(
        required=False, help_text="Left out: every purpose that this client may use."
    )
    channel = serializers.ChoiceField(
        Channel.choices,
        required=False,
        help_text="Left out: every channel of an e-mail address or a phone number.",
    )


class ConsentSerializer(serializers.Serializer):
    """How a contact stands with one purpose on one channel. Not whether to contact: ask checks."""

    uuid = serializers.UUIDField()
    controller = serializers.SlugField(source="purpose.activity.controller.slug")
    purpose = serializers.SlugField(source="purpose.slug")
    channel = serializers.ChoiceField(Channel.choices)
    state = serializers.SerializerMethodField(help_text="none: what was given was never valid.")
    since = Instant(allow_null=True, help_text="When the person acted.")
    valid_until = Instant(allow_null=True, help_text="The first instant without it.")
    changed_at = Instant(source="last_recorded_at", help_text="When the last act was recorded.")

    @extend_schema_field(serializers.ChoiceField(ConsentStatus.choices))
    def get_state(self, consent: Consent) -> str:
        return consent.status_at(timezone.now()).value


class FoundSerializer(serializers.Serializer):
    """Purposes and channels that are not listed: nobody ever asked, or the contact is unknown."""

    as_of = Instant()
    results = ConsentSerializer(many=True)


class PointSerializer(serializers.Serializer):
    """A number or address; once retired it belongs to somebody else and is not told."""

    uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(ContactKind.choices)
    value = serializers.SerializerMethodField()
    retired_at = Instant(allow_null=True)

    def get_value(self, point: ContactPoint) -> str | None:
        return None if point.retired_at else point.value


class ProofSerializer(serializers.Serializer):
    """What proves an act; its content stays in the house."""

    kind = serializers.ChoiceField(
        EvidenceKind.choices,
        source="evidence.kind",
        allow_null=True,
        help_text="null: erased on its day.",
    )
    sha256 = serializers.CharField(
        source="event.evidence_sha256",
        help_text="Over a salt that the house keeps and the content.",
    )
    line = serializers.IntegerField(
        source="event.evidence_line", allow_null=True, help_text="Of the imported file."
    )


class ActSerializer(serializers.Serializer):
    """One act of the person, as it was recorded."""

    uuid = serializers.UUIDField(source="event.uuid")
    kind = serializers.ChoiceField(EventKind.choices, source="event.kind")
    occurred_at = Instant(source="event.occurred_at", help_text="When the person acted.")
    recorded_at = Instant(source="event.recorded_at", help_text="When the house learned of it.")
    own_time = serializers.BooleanField(
        source="event.own_time", help_text="false: dated by the file it stood in."
    )
    about = serializers.UUIDField(
        source="event.about.uuid", allow_null=True, help_text="The act that it is about."
    )
    giver = serializers.ChoiceField(Giver.choices, source="event.giver")
    method = serializers.ChoiceField(Method.choices, source="event.method")
    source = serializers.SlugField(source="event.source.slug")
    wording = serializers.UUIDField(
        source="wording.uuid",
        allow_null=True,
        help_text="The text that the person answered: named, or shown by the source then.",
    )
    needs_confirmation = serializers.BooleanField(source="event.needs_confirmation")
    valid_until = Instant(source="event.valid_until", allow_null=True)
    way = serializers.ChoiceField(
        Way.choices, source="event.way", help_text="The way by which it was recorded."
    )
    evidence = ProofSerializer(source="*")


class RecordSerializer(serializers.Serializer):
    """A consent with everything that it follows from, the oldest act first."""

    consent = ConsentSerializer()
    person = serializers.UUIDField(
        source="consent.contact_point.subject.uuid",
        help_text="A pseudonym, the same on every record of the person.",
    )
    contact = PointSerializer(source="consent.contact_point")
    wording = WordingTextSerializer(
        allow_null=True, help_text="What the state rests on; null once withdrawn."
    )
    events = ActSerializer(many=True, source="acts")
