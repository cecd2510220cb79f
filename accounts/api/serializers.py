"""Fields and bodies that all of the API reads and writes alike."""

from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# An e-mail address has 254 characters at most; a postal address is the longest contact there is.
LONGEST_CONTACT = 500


# What a value is in JSON, by the field that reads it. The framework would take 1 and "yes" for
# true, and make a text of a number: of a phone number, one without its leading zero.
JSON_TYPES: tuple[tuple[tuple[type[serializers.Field], ...], tuple[type, ...]], ...] = (
    ((serializers.BooleanField,), (bool,)),
    ((serializers.IntegerField,), (int, float)),
    (
        (
            serializers.CharField,
            serializers.ChoiceField,
            serializers.DateTimeField,
            serializers.UUIDField,
        ),
        (str,),
    ),
)


class Strict(serializers.Serializer):
    """Refuses fields that it does not know, and values of another type than it names.

    A misspelt field would be lost in silence. In a query and in a form all values are texts; a
    query is told by ``context={"is_text": True}``.
    """

    default_error_messages = {
        "unknown": _("There is no such field."),
        "mistyped": _("A value of another type belongs here."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (errors := {**self._unknown(data), **self._mistyped(data)}):
            raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _unknown(self, data: dict[str, Any]) -> dict[str, ErrorDetail]:
        message = self.error_messages["unknown"]
        return {
            name: ErrorDetail(message, "unknown") for name in sorted(set(data) - set(self.fields))
        }

    def _mistyped(self, data: dict[str, Any]) -> dict[str, Any]:
        if isinstance(data, QueryDict) or self.context.get("is_text"):
            return {}
        message = ErrorDetail(self.error_messages["mistyped"], "mistyped")
        given = ((name, field, data[name]) for name, field in self.fields.items() if name in data)
        found = ((name, _mistyped(field, value, message)) for name, field, value in given)
        return {name: errors for name, errors in found if errors}


def _mistyped(field: serializers.Field, value: Any, message: ErrorDetail) -> Any:
    """``message`` where ``value`` is of another type than ``field`` reads; of a list, by number."""
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        found = ((n, _mistyped(field.child, each, message)) for n, each in enumerate(value))
        return {number: error for number, error in found if error}
    return None if value is None or _is_of_type(field, value) else message


def _is_of_type(field: serializers.Field, value: Any) -> bool:
    types = next((types for fields, types in JSON_TYPES if isinstance(field, fields)), (object,))
    # In Python, and there alone, true is a number.
    is_misplaced = isinstance(value, bool) and int in types
    return isinstance(value, types) and not is_misplaced


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
