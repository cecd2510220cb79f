"""What the client of a key may do: its scopes, asked of each method."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiClient


class HasScope(BasePermission):
    """The client of the key may do what the view is for."""

    message = _("This key does not open this door: its client lacks the scope.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, ApiClient):
            return False
        needed = view.scopes.get(_asked(request), view.scope)
        return not needed or request.user.has_scope(needed)


def _asked(request: Request) -> str:
    """Django answers HEAD by what answers GET: whoever may not read may not ask for either."""
    return "GET" if request.method == "HEAD" else str(request.method)
