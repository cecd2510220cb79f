from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.act import acting
from audit.choices import Way


class ActMiddleware:
    """Names the signed-in user as the one who acts, for every change made in the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        with acting(by=user, name="", way=Way.ADMIN, reason="", batch=None):
            return self.get_response(request)
