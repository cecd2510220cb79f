"""What clients ask about contacts, and what they are answered."""

from datetime import datetime

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.serializers import ContactField, Instant, Strict
from audit.choices import JobState
from audit.reading.sizes import refuse_large
from processing.choices import Basis, Channel, Regime
from screening.reasons import CODES, OBLIGATION

MOST = 1000
# Beyond them calendars end: there is no local day any more.
YEARS = range(1900, 2200)
REASONS = [(code, code) for code in CODES]


class QuestionSerializer(Strict):
    """For what the contacts are meant."""

    purpose = serializers.SlugField(max_length=60, help_text="The key of a granted purpose.")
    channel = serializers.ChoiceField(Channel.choices)
    tool = serializers.SlugField(
        max_length=60,
        required=False,
        help_text="The key of the tool that makes the contact; it may have duties of its own.",
    )


class CheckSerializer(QuestionSerializer):
    """May these contacts be contacted for a purpose on a channel?"""

    contacts = serializers.ListField(
        child=ContactField(allow_blank=True),
        min_length=1,
        max_length=MOST,
        help_text="In any spelling; one that cannot be read is answered, not refused.",
    )
    at = Instant(required=False, help_text="The moment asked about; now by default.")

    def validate_at(self, at: datetime) -> datetime:
        if at.year not in YEARS:
            raise serializers.ValidationError(_("No law is recorded for that time."), "too_far")
        return at


class RuleInForceSerializer(serializers.Serializer):
    """A channel rule in force: the law, and whether it asks for consent."""

    slug = serializers.SlugField()
    regime = serializers.ChoiceField(Regime.choices)
    consent_required = serializers.BooleanField()
    provision_pl = serializers.CharField()
    provision_en = serializers.CharField()


class LegalBasisSerializer(serializers.Serializer):
    """On what the contact rests: Art. 6 GDPR and the law of the channel."""

    gdpr = serializers.ChoiceField(
        Basis.choices, allow_null=True, help_text="null: a company without personal data."
    )
    law = serializers.CharField(
        allow_null=True, help_text="The act behind a legal duty or a public task."
    )
    rules = RuleInForceSerializer(many=True)


class AllowEvidenceSerializer(serializers.Serializer):
    """By what an allow can be shown later; null where nothing is needed."""

    event = serializers.UUIDField(
        allow_null=True, help_text="The event by which consent was given."
    )
    since = Instant(allow_null=True)
    wording = serializers.CharField(allow_null=True, help_text="purpose/channel/language/version")
    source = serializers.CharField(allow_null=True)
    balance_test = serializers.CharField(allow_null=True, help_text="purpose/version")
    notice = serializers.CharField(allow_null=True, help_text="slug/version")


class ObligationSerializer(serializers.Serializer):
    """What must be said or done in such a contact."""

    code = serializers.ChoiceField([(code, code) for code in OBLIGATION])
    sentence_pl = serializers.CharField()
    sentence_en = serializers.CharField()


class VerdictSerializer(serializers.Serializer):
    """The answer about one contact."""

    contact = serializers.CharField(help_text="As it was asked about.")
    verdict = serializers.ChoiceField([("allow", "allow"), ("deny", "deny")])
    reasons = serializers.ListField(
        child=serializers.ChoiceField(REASONS), help_text="All that apply; none where allowed."
    )
    basis = LegalBasisSerializer(allow_null=True)
    evidence = AllowEvidenceSerializer(allow_null=True)
    obligations = ObligationSerializer(many=True)


class AnswersSerializer(serializers.Serializer):
    """Answers in the order of the contacts."""

    as_of = Instant()
    valid_until = Instant(help_text="Ask again from then on.")
    results = VerdictSerializer(many=True)


# Dial lists --------------------------------------------------------------------------------------


class DialListSerializer(QuestionSerializer):
    """A file of contacts, one column of it the contact."""

    file = serializers.FileField(
        max_length=200,
        validators=[refuse_large],
        help_text="CSV or XLSX; every row keeps its place and its cells.",
    )
    column = serializers.CharField(
        max_length=200,
        required=False,
        help_text="The column with the contact: its name, or its number from 1 without a header. "
        "By default the only one that looks like it.",
    )
    has_header = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Found out by default."
    )
    encoding = serializers.CharField(
        max_length=40, required=False, default="", help_text="Needed where it is not UTF-8."
    )
    reason = serializers.CharField(
        max_length=200, required=False, default="", help_text="What the list is for."
    )


class ScreenedRowsSerializer(serializers.Serializer):
    """How far the work is; ``total`` is 0 while it is not known."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ScreenedCountsSerializer(serializers.Serializer):
    """How many rows may be contacted, and how many not, by their first reason."""

    allowed = serializers.IntegerField()
    denied = serializers.IntegerField()
    reasons = serializers.DictField(child=serializers.IntegerField())


class ScreeningSerializer(serializers.Serializer):
    """A dial list on its way."""

    uuid = serializers.UUIDField()
    state = serializers.ChoiceField(JobState.choices)
    purpose = serializers.SlugField()
    channel = serializers.ChoiceField(Channel.choices)
    created_at = Instant()
    rows = ScreenedRowsSerializer()
    counts = ScreenedCountsSerializer(allow_null=True, help_text="null until it is done.")
    valid_until = Instant(
        allow_null=True, help_text="Nobody may be contacted from the list any more from then on."
    )
    result = serializers.URLField(allow_null=True, help_text="Where its result is taken from.")
    error = serializers.CharField(allow_null=True, help_text="Why it failed.")


class ResultQuerySerializer(Strict):
    which = serializers.ChoiceField(
        [("all", "all"), ("allowed", "allowed")],
        default="all",
        help_text="Every row with its answer, or those allowed alone.",
    )
