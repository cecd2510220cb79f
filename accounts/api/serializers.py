"""Fields and bodies that all of the API reads and writes alike."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# An e-mail address has 254 characters at most; a postal address is the longest contact there is.
LONGEST_CONTACT = 500


class Strict(serializers.Serializer):
    """Refuses fields that it does not know: a misspelt one would be lost in silence."""

    default_error_messages = {"unknown": _("There is no such field.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            message = self.error_messages["unknown"]
            raise serializers.ValidationError(
                {name: [ErrorDetail(message, "unknown")] for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


class Instant(serializers.DateTimeField):
    """An instant in ISO 8601 with its zone; written in UTC."""

    default_error_messages = {"naive": _("Give the zone, as in 2026-11-24T09:42:00+01:00.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("invalid", format="ISO 8601")


class ContactField(serializers.CharField):
    """A number or address in any spelling; it stands in bodies alone, never in URLs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_CONTACT, **options)


class ProblemPartSerializer(serializers.Serializer):
    """One thing that is wrong."""

    pointer = serializers.CharField(help_text="JSON pointer to what is wrong; # is the whole.")
    code = serializers.CharField(help_text="What a program may rely on.")
    detail = serializers.CharField(help_text="A sentence for people; it may change.")


class ProblemSerializer(serializers.Serializer):
    """An error as problem details (RFC 9457); further facts may stand beside."""

    type = serializers.CharField(help_text="urn:ccgdpr:problem: and the code.")
    title = serializers.CharField(help_text="What the status means, for people.")
    status = serializers.IntegerField(help_text="The status of the answer once more.")
    code = serializers.CharField(help_text="What a program may rely on.")
    detail = serializers.CharField(help_text="A sentence for people; it may change.")
    errors = ProblemPartSerializer(many=True, required=False)
