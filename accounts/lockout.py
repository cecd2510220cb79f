"""How long, and for whom, a guessed password locks the door (security.md 20)."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest


def cooloff(request: HttpRequest) -> timedelta:
    """How long a locked account and address wait: 15 minutes."""
    return timedelta(minutes=15)


def client_address(request: HttpRequest) -> str:
    """Whence the request came: behind a proxy, the caller that the proxy itself has seen.

    Without it everybody would share the proxy's address, and a stranger could lock the DPO out. The
    entries before the last one are the caller's own claims.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
