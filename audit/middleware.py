from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from audit.act import acting
from audit.choices import Way


class ActMiddleware:
    """Names the signed-in user as the one who acts, for every change made in the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(by=_signed_in(request), name="", way=Way.ADMIN, reason="", batch=None):
            return self.get_response(request)


def _signed_in(request: HttpRequest) -> Any:
    """The user of the session; a request without one leaves it untouched, so caches may keep it."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if request.user.is_authenticated else None
