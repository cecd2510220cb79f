"""Who calls: the client whose key stands in the Authorization header (security.md 24)."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.lockout import client_address
from accounts.models import ApiClient, ApiKey

# "Last used" is a matter of minutes; a write for each call would cost more than the check itself.
NOTED_EVERY = timedelta(minutes=1)


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer ccgdpr_…``; every key that does not open is refused alike."""

    def authenticate(self, request: Request) -> tuple[ApiClient, ApiKey] | None:
        kind, _space, text = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        key = ApiKey.of(text.decode("ascii", "replace").strip())
        if key is None or not _opens(key, client_address(request)):
            raise AuthenticationFailed(_("This key opens nothing here."))
        _note_use(key)
        return key.client, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="ccgdpr"'


def _opens(key: ApiKey, address: str) -> bool:
    return not key.is_ended and key.client.is_active and key.client.allows(address)


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
        key.last_used_at = now
        key.save(update_fields=["last_used_at"])
