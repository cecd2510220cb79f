"""Bodies of what clients report, and of what they are told about it."""

from rest_framework import serializers

from accounts.api.serializers import (
    ContactField,
    Instant,
    ProblemPartSerializer,
    ProblemSerializer,
    Strict,
)
from consents.choices import EventKind, Giver, Method
from consents.models import DataSubject
from consents.recording.objecting import OBJECTIONS
from processing.choices import Channel

MOST_EVENTS = 500
LONGEST_WORDS = 4000
# What only the house itself may say: that a consent was never valid.
TOLD = [choice for choice in EventKind.choices if choice[0] != EventKind.INVALIDATED]
METHODS = [choice for choice in Method.choices if choice[0] != Method.IMPORT]
OBJECTED = [(kind.value, kind.label) for kind in OBJECTIONS]
RECORDED, KNOWN, REFUSED = "recorded", "known", "refused"
STANDING = [(RECORDED, RECORDED), (KNOWN, KNOWN)]
OUTCOMES = [*STANDING, (REFUSED, REFUSED)]


def _longest(field: str) -> int:
    return DataSubject._meta.get_field(field).max_length


class PersonSerializer(Strict):
    """Who a new contact belongs to; of a contact that is known already nothing changes."""

    external_id = serializers.CharField(
        required=False,
        max_length=_longest("external_id"),
        help_text="The client's own id: contacts under one id belong to one person.",
    )
    first_name = serializers.CharField(required=False, max_length=_longest("first_name"))
    last_name = serializers.CharField(required=False, max_length=_longest("last_name"))


class StatementSerializer(Strict):
    """One act of a person about one purpose on one channel."""

    kind = serializers.ChoiceField(TOLD)
    contact = ContactField(help_text="In any spelling; of the kind that the channel needs.")
    purpose = serializers.SlugField(help_text="The key of a purpose.")
    channel = serializers.ChoiceField(Channel.choices)
    source = serializers.SlugField(help_text="The key of the lead source where it was said.")
    method = serializers.ChoiceField(METHODS, help_text="How the person's will was expressed.")
    occurred_at = Instant(required=False, help_text="When the person acted; without it, now.")
    giver = serializers.ChoiceField(Giver.choices, default=Giver.USER, help_text="Who spoke.")
    wording = serializers.UUIDField(
        required=False,
        help_text="The text that was shown, as `GET wordings/` names it. Of a consent alone; "
        "without it, what the source showed for the channel at that time.",
    )
    evidence = serializers.CharField(
        required=False,
        max_length=LONGEST_WORDS,
        help_text="What was said or ticked, and where the recording or form is kept.",
    )
    valid_until = Instant(
        required=False, help_text="The first instant without the consent. Of a consent alone."
    )
    about = serializers.UUIDField(
        required=False,
        help_text="The consent that is confirmed, by the `uuid` it was recorded under; without "
        "it, the latest from this source until then. Of a confirmation alone.",
    )
    person = PersonSerializer(required=False)


class EventsSerializer(Strict):
    """What people said, in the order in which it is recorded."""

    events = StatementSerializer(many=True, min_length=1, max_length=MOST_EVENTS)
    atomic = serializers.BooleanField(
        default=False, help_text="True: all of them are recorded, or none."
    )


class ResultSerializer(serializers.Serializer):
    """What became of one event."""

    index = serializers.IntegerField(help_text="Its place in the request, from 0.")
    status = serializers.ChoiceField(
        OUTCOMES, help_text="“known”: the same act was told before, and stands as it was."
    )
    uuid = serializers.UUIDField(required=False, help_text="What it is recorded under.")
    recorded_at = Instant(required=False)
    errors = ProblemPartSerializer(many=True, required=False)


class ResultsSerializer(serializers.Serializer):
    results = ResultSerializer(many=True)


class ItemErrorsSerializer(serializers.Serializer):
    """What is wrong with one event of several; pointers begin at the event."""

    index = serializers.IntegerField(help_text="Its place in the request, from 0.")
    errors = ProblemPartSerializer(many=True)


class RefusedEventsSerializer(ProblemSerializer):
    """Why nothing was recorded; ``items`` is missing where the key of the request is the reason."""

    items = ItemErrorsSerializer(many=True, required=False)


class ObjectionSerializer(Strict):
    """An objection, or the wish not to be contacted at all."""

    contact = ContactField(help_text="In any spelling.")
    kind = serializers.ChoiceField(OBJECTED)
    purpose = serializers.SlugField(
        required=False, help_text="What the person objects to; with `objection_purpose` alone."
    )
    channel = serializers.ChoiceField(
        Channel.choices,
        required=False,
        help_text="Without it, every channel; needed for contacts that are neither a phone number "
        "nor an e-mail address.",
    )
    words = serializers.CharField(
        required=False, max_length=LONGEST_WORDS, help_text="What the person said."
    )
    effective_at = Instant(required=False, help_text="Since when; without it, now.")
    controller = serializers.SlugField(
        required=False,
        help_text="The key of the controller it is said to; needed where this client works for "
        "several and no purpose is named.",
    )


class RecordedObjectionSerializer(serializers.Serializer):
    """What is recorded; it says nothing of whether anybody knows the contact."""

    status = serializers.ChoiceField(STANDING)
    uuid = serializers.UUIDField()
    recorded_at = Instant()
