"""How the API describes itself (OpenAPI): what all endpoints share, none of them has to say."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers, status

from accounts.api.problems import MEDIA_TYPE, TITLES, problem
from accounts.api.serializers import ContactField, ProblemSerializer, Strict

PLAIN_TEXTS = (serializers.CharField, ContactField)
# A text of which something remains where white space is cut off; the last five are white space to
# Python alone. Of the whole text: tools that join pattern and length take a part for the whole.
SOME_LETTER = r"^[\s\S]*[^\s\u001c-\u001f\u0085][\s\S]*$"
# What the foundation answers, before a view is asked.
KEY_NEEDED = status.HTTP_401_UNAUTHORIZED
SCOPE_NEEDED = status.HTTP_403_FORBIDDEN
JSON_ASKED = status.HTTP_406_NOT_ACCEPTABLE
OF_A_BODY = (
    status.HTTP_400_BAD_REQUEST,
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE,
)
SENTENCES = {
    status.HTTP_400_BAD_REQUEST: ("invalid", "Correct what is named under “errors”."),
    KEY_NEEDED: ("authentication_failed", "This key opens nothing here."),
    SCOPE_NEEDED: ("permission_denied", "This key does not open this door."),
    status.HTTP_404_NOT_FOUND: ("not_found", "Not found."),
    JSON_ASKED: ("not_acceptable", "Could not satisfy the request Accept header."),
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: (
        "too_large",
        "Send less at once, in several requests.",
    ),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: (
        "unsupported_media_type",
        "Unsupported media type “text/plain” in request.",
    ),
    status.HTTP_429_TOO_MANY_REQUESTS: (
        "quota_spent",
        "The contacts that this client may ask about today are spent.",
    ),
}


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ccgdpr_…"}


class HouseSchema(AutoSchema):
    """Adds the problems of the foundation, and that unknown fields are refused."""

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        missing = [code for code in self._problems() if str(code) not in bodies]
        for code in missing:
            bodies[str(code)] = self._get_response_for_code(ProblemSerializer, str(code))
        return dict(sorted(bodies.items()))

    def _problems(self) -> list[int]:
        scoped = self.view.scopes.get(self.method, self.view.scope)
        with_body = OF_A_BODY if self.method == "POST" else ()
        return [KEY_NEEDED, JSON_ASKED, *([SCOPE_NEEDED] if scoped else []), *with_body]

    def _get_response_for_code(
        self,
        serializer: Any,
        status_code: str,
        media_types: Any = None,
        direction: str = "response",
    ) -> dict[str, Any]:
        if _is_problem(serializer):
            serializer, media_types = _problem_response(serializer, status_code), [MEDIA_TYPE]
        return super()._get_response_for_code(serializer, status_code, media_types, direction)

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, Strict) and direction == "request":
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(self, field: Any, direction: str, *rest: Any, **options: Any) -> Any:
        schema = super()._map_serializer_field(field, direction, *rest, **options)
        return {**schema, **_limits(field)} if direction == "request" else schema


def _limits(field: Any) -> dict[str, Any]:
    """What a field asks of a value beyond what the generator tells of it."""
    if isinstance(field, serializers.ListSerializer):
        bounds = {"minItems": field.min_length, "maxItems": field.max_length}
        return {name: bound for name, bound in bounds.items() if bound is not None}
    if isinstance(field, serializers.FileField) and not field.allow_empty_file:
        return {"minLength": 1}
    is_plain = type(field) in PLAIN_TEXTS and field.trim_whitespace
    return {"pattern": SOME_LETTER} if is_plain and not field.allow_blank else {}


def _is_problem(answer: Any) -> bool:
    answer = answer.response if isinstance(answer, OpenApiResponse) else answer
    kind = answer if isinstance(answer, type) else type(answer)
    return issubclass(kind, ProblemSerializer)


def _problem_response(answer: Any, status_code: str) -> OpenApiResponse:
    """The problem with the title of its status, and an example where none was given."""
    given = answer if isinstance(answer, OpenApiResponse) else OpenApiResponse(answer)
    title = str(TITLES.get(int(status_code), ""))
    return OpenApiResponse(
        given.response,
        description=given.description or title,
        examples=given.examples or _example(int(status_code)),
    )


def _example(code: int) -> list[OpenApiExample]:
    if code not in SENTENCES:
        return []
    facts = {}
    if code == status.HTTP_400_BAD_REQUEST:
        part = {"pointer": "#/colour", "code": "unknown", "detail": "There is no such field."}
        facts = {"errors": [part]}
    return [OpenApiExample("problem", problem(code, *SENTENCES[code], **facts))]
