"""Errors as problem details (RFC 9457): what is wrong, and with which field."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as Invalid
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

log = logging.getLogger(__name__)
SECONDS_TO_WAIT = 5
MEDIA_TYPE = "application/problem+json"
TYPE = "urn:ccgdpr:problem:{}"
TITLES = {
    status.HTTP_400_BAD_REQUEST: gettext_lazy("The request is not valid"),
    status.HTTP_401_UNAUTHORIZED: gettext_lazy("No valid key"),
    status.HTTP_403_FORBIDDEN: gettext_lazy("Not allowed"),
    status.HTTP_404_NOT_FOUND: gettext_lazy("Not found"),
    status.HTTP_405_METHOD_NOT_ALLOWED: gettext_lazy("There is no such method here"),
    status.HTTP_406_NOT_ACCEPTABLE: gettext_lazy("Answers have another form"),
    status.HTTP_409_CONFLICT: gettext_lazy("Conflict"),
    status.HTTP_410_GONE: gettext_lazy("No longer kept"),
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: gettext_lazy("Too much at once"),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: gettext_lazy("Unknown content type"),
    status.HTTP_422_UNPROCESSABLE_ENTITY: gettext_lazy("Nothing could be recorded"),
    status.HTTP_429_TOO_MANY_REQUESTS: gettext_lazy("Too many questions today"),
    status.HTTP_503_SERVICE_UNAVAILABLE: gettext_lazy("Busy for a moment"),
}


class Problem(exceptions.APIException):
    """An error with a stable ``code`` of its own; ``facts`` stand beside its sentence."""

    def __init__(self, status_code: int, code: str, detail: str, **facts: Any) -> None:
        super().__init__(detail, code)
        self.status_code, self.facts = status_code, facts


def handler(error: Exception, context: dict[str, Any]) -> Response:
    """Every error of a view as a problem; what nobody foresaw is logged and tells nothing."""
    set_rollback()
    known = _known(error)
    if known is None:
        log.exception("The API failed", exc_info=error)
        known = exceptions.APIException(_("Something unexpected happened. Try again later."))
    response = _response(known)
    # The renderer keeps the type of the answer that it was negotiated for.
    response.content_type = MEDIA_TYPE
    return response


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return _too_large()
    if isinstance(error, OperationalError):
        log.exception("The database did not answer the API", exc_info=error)
        return _busy()
    if isinstance(error, Invalid):
        return exceptions.ValidationError(invalid(error))
    return None


def _busy() -> Problem:
    """Others held what it needed for too long, or the server is away.

    A commit may have been made and its answer lost: sent again under its key, it is answered only.
    """
    problem = Problem(
        status.HTTP_503_SERVICE_UNAVAILABLE,
        "busy",
        _("The register could not be reached. Send the same again, under the same key."),
    )
    problem.wait = SECONDS_TO_WAIT
    return problem


def _too_large() -> Problem:
    return Problem(
        status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
        "too_large",
        _("Send less at once, in several requests."),
    )


def invalid(error: Invalid) -> dict[str, list[exceptions.ErrorDetail]]:
    """The messages of a model with their codes, by field; those of none under NON_FIELD_ERRORS.

    What a rule has no code for is "refused": "invalid" is said of the wrong shape alone.
    """
    by_field = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: error.error_list}
    return {
        name: [
            exceptions.ErrorDetail(message, each.code or "refused")
            for each in errors
            for message in each.messages
        ]
        for name, errors in by_field.items()
    }


def _response(error: exceptions.APIException) -> Response:
    return Response(body(error), status=error.status_code, headers=_headers(error))


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return problem(
            error.status_code,
            "invalid",
            _("Correct what is named under “errors”."),
            errors=list(pointed(error.detail)),
        )
    code = str(error.get_codes())
    return problem(error.status_code, code, str(error.detail), **getattr(error, "facts", {}))


def problem(status_code: int, code: str, detail: str, **facts: Any) -> dict[str, Any]:
    """The members of RFC 9457; ``code`` is what a program may rely on, sentences may change."""
    return {
        "type": TYPE.format(code),
        "title": str(TITLES.get(status_code) or _("The server failed")),
        "status": status_code,
        "code": code,
        "detail": detail,
        **facts,
    }


def pointed(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Each message with a JSON pointer to what it is about."""
    if isinstance(detail, dict):
        for name, part in detail.items():
            whole = name in (NON_FIELD_ERRORS, api_settings.NON_FIELD_ERRORS_KEY)
            yield from pointed(part, pointer if whole else f"{pointer}/{_escaped(str(name))}")
    elif isinstance(detail, list):
        nested = any(isinstance(part, dict | list) for part in detail)
        for number, part in enumerate(detail):
            yield from pointed(part, f"{pointer}/{number}" if nested else pointer)
    else:
        code = getattr(detail, "code", None) or "invalid"
        yield {"pointer": pointer, "code": str(code), "detail": str(detail)}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
