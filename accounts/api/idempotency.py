"""A request sent twice is done once, and answered alike (security.md 25).

The key is written in the commit of what it stands for: whoever lost the answer asks again and gets
it byte for byte. What was refused as a whole leaves no key, so it may be corrected and sent again.
"""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.api.problems import Problem
from accounts.models import ApiClient, IdempotencyKey
from audit.sql import is_postgresql

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
IS_KEY = re.compile(r"[!-~]{1,255}").fullmatch
# What a view describes itself with (OpenAPI).
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "Chosen by the client, new for each request, such as a UUID. The same request under the "
        "same key gets the same answer for 30 days, with the header `Idempotent-Replayed`."
    ),
)
# Once others' transactions have come between so often, something else is wrong.
ATTEMPTS = 4
DEADLOCK = "40P01"
SECONDS_TO_WAIT = 1

Answer = tuple[int, Any]


def once(request: Request, act: Callable[[], Answer]) -> HttpResponse:
    """The answer of ``act`` (status, data), or the one kept under the key of ``request``.

    ``act`` runs within the transaction that keeps its answer. Raises Problem: 400 without a usable
    key, 422 where the key stood over another request, 409 while the same one is being done; and
    RequestDataTooBig.
    """
    key, digest = key_of(request), digest_of(request)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _attempt(request.user, key, digest, act)
        except (IntegrityError, OperationalError) as error:
            if attempt == ATTEMPTS or not _came_between(error):
                raise
    raise AssertionError("every attempt returns or raises")


def key_of(request: Request) -> str:
    """The key that the client chose. Raises Problem."""
    key = request.headers.get(HEADER, "")
    if not key:
        raise Problem(
            status.HTTP_400_BAD_REQUEST,
            "idempotency_key_missing",
            _("Send the header Idempotency-Key, new for each request."),
        )
    if not IS_KEY(key):
        raise Problem(
            status.HTTP_400_BAD_REQUEST,
            "idempotency_key_invalid",
            _("Idempotency-Key has 1 to 255 visible ASCII characters and no spaces."),
        )
    return key


def digest_of(request: Request) -> str:
    """SHA-256 in hex over what is asked: method, address and bytes. Raises RequestDataTooBig."""
    asked = f"{request.method} {request.path}\n".encode()
    return sha256(asked + request.body).hexdigest()


@transaction.atomic
def _attempt(client: ApiClient, key: str, digest: str, act: Callable[[], Answer]) -> HttpResponse:
    _hold(client, key)
    kept = IdempotencyKey.objects.filter(client=client, key=key).first()
    if kept is None:
        return _answer(_done(client, key, digest, act))
    if kept.request_sha256 != digest:
        raise Problem(
            status.HTTP_422_UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            _("This key stood over another request. Choose a new one."),
        )
    return _answer(kept, headers={REPLAYED: "true"})


def _hold(client: ApiClient, key: str) -> None:
    """Until the end of the transaction; on SQLite the second one has waited for the first."""
    if not is_postgresql():
        return
    number = int.from_bytes(sha256(f"{client.pk}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if cursor.fetchone()[0]:
            return
    in_flight = Problem(
        status.HTTP_409_CONFLICT,
        "in_flight",
        _("The same request is being done right now. Ask again in a second."),
    )
    in_flight.wait = SECONDS_TO_WAIT
    raise in_flight


def _done(client: ApiClient, key: str, digest: str, act: Callable[[], Answer]) -> IdempotencyKey:
    code, data = act()
    return IdempotencyKey.objects.create(
        client=client,
        key=key,
        request_sha256=digest,
        status=code,
        body=JSONRenderer().render(data),
    )


def _answer(kept: IdempotencyKey, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        bytes(kept.body), status=kept.status, content_type="application/json", headers=headers
    )


def _came_between(error: Exception) -> bool:
    """Whether somebody else wrote the same meanwhile: done again, it is seen."""
    return isinstance(error, IntegrityError) or _sqlstate(error) == DEADLOCK


def _sqlstate(error: Exception) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
