"""How long, and for whom, a guessed password locks the door (security.md 20).

Account and address are locked together, for a time that doubles with each lock of a day. Never the
account alone: a stranger could lock the DPO out.
"""

from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = MEMORY = timedelta(days=1)


def cooloff(request: HttpRequest) -> timedelta:
    """How long this account is locked at this address: 15 minutes, doubled by each earlier lock."""
    locks = AccessFailureLog.objects.filter(
        username=username(request),
        ip_address=client_address(request),
        locked_out=True,
        attempt_time__gte=timezone.now() - MEMORY,
    ).count()
    return min(FIRST_LOCK * 2 ** max(locks - 1, 0), LONGEST_LOCK)


def username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account as it signs in: a spelling of its own would have guesses of its own.

    Django's backends name it by their argument, axes by the field of the user model.
    """
    told = credentials or request.POST
    return str(told.get("username") or told.get(User.USERNAME_FIELD) or "").strip().lower()


def client_address(request: HttpRequest) -> str:
    """Whence the request came: behind a proxy, the caller that the proxy itself has seen.

    Without it everybody would share the proxy's address, and a stranger could lock the DPO out. The
    entries before the last one are the caller's own claims.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")


class Handler(AxesDatabaseHandler):
    """Forgets the guesses of this account and address alone: others' locks may last longer."""

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: dict[str, Any] | None = None
    ) -> int:
        if request is None:
            return 0
        forgotten = 0
        for attempts in self.filter_user_attempts(request, credentials):
            over = attempts.filter(attempt_time__lt=get_cool_off_threshold(request))
            forgotten += over.delete()[0]
        return forgotten + self._forget_yesterday()

    def _forget_yesterday(self) -> int:
        """Addresses and accounts are personal data: kept no longer than a lock can last."""
        old = {"attempt_time__lt": timezone.now() - MEMORY}
        logged, _ = AccessFailureLog.objects.filter(**old).delete()
        attempts, _ = AccessAttempt.objects.filter(**old).delete()
        return logged + attempts
