"""How many contacts a client may ask about in a day (security.md 26).

Counted in the database a portion at a time, so that a check seldom writes: a process takes a
thousandth of the quota and spends it from memory. A client never gets more than its quota; near its
end each process may still hold up to a thousandth that the others refuse, and what is left of a
portion when a process ends counts as asked.

Call ``take`` before a transaction. Within one it stays right, but is slower: nothing is put by,
since a rollback would give the portion back while memory kept it; the client's other calls wait for
the commit; and the note of a refusal in the access log falls with the rollback.
"""

import math
from datetime import UTC, date, timedelta
from threading import Lock
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, Throttled

from accounts.models import ApiClient, ApiUsage
from audit import access
from audit.choices import AccessAction
from audit.days import midnight
from audit.models import AccessEvent

PORTIONS = 1000
# By the day and the client: what this process has taken and not spent.
_left: dict[tuple[date, UUID], int] = {}
# Held over the memory alone, never while the database is waited for.
_lock = Lock()


class QuotaSpent(Throttled):
    """429: ``wait`` says how many seconds there are until the next local day."""

    def __init__(self) -> None:
        detail = _("The contacts that this client may ask about today are spent.")
        APIException.__init__(self, detail, "quota_spent")
        self.wait = math.ceil(_seconds_left())


def take(client: ApiClient, contacts: int) -> None:
    """Count ``contacts`` against the quota of ``client`` for the local day; all of them or none.

    Raises QuotaSpent where there is no room for all. The first time on a day that stands in the
    access log too.
    """
    day = timezone.localdate()
    spent = _spend((day, client.uuid), contacts)
    if spent == contacts:
        return
    usage = ApiUsage.objects.get_or_create(client=client, day=day)[0]
    if not _reserve(client, usage, contacts - spent):
        _keep((day, client.uuid), spent)
        _note_refusal(client, usage, contacts)
        raise QuotaSpent


def _spend(key: tuple[date, UUID], contacts: int) -> int:
    """How many of ``contacts`` memory had, and has no longer."""
    with _lock:
        for past in [each for each in _left if each[0] < key[0]]:
            del _left[past]
        spent = min(_left.get(key, 0), contacts)
        _left[key] = _left.get(key, 0) - spent
        return spent


def _keep(key: tuple[date, UUID], contacts: int) -> None:
    with _lock:
        _left[key] = _left.get(key, 0) + contacts


def _reserve(client: ApiClient, usage: ApiUsage, missing: int) -> bool:
    for size in _sizes(client, missing):
        # What is known to have no room is not written for.
        fits = usage.contacts + size <= client.daily_contacts
        if fits and usage.reserve(size, of=client.daily_contacts):
            _keep((usage.day, client.uuid), size - missing)
            return True
    return False


def _sizes(client: ApiClient, missing: int) -> list[int]:
    portion = client.daily_contacts // PORTIONS
    may_put_by = portion > missing and not transaction.get_connection().in_atomic_block
    return [portion, missing] if may_put_by else [missing]


def _note_refusal(client: ApiClient, usage: ApiUsage, contacts: int) -> None:
    if usage.refused_at is None:
        with transaction.atomic():
            if usage.note_refusal():
                _log_refusal(client, contacts)


def _log_refusal(client: ApiClient, contacts: int) -> None:
    told = {"refused": "quota", "contacts": contacts, "quota": client.daily_contacts}
    subject = f"{client._meta.label_lower}:{client.uuid}"
    event = AccessEvent(action=AccessAction.CHECK, subject=subject, filters=told)
    event.save()
    access.closed(event, rows=0)


def _seconds_left() -> float:
    tomorrow = timezone.localdate() + timedelta(days=1)
    # In UTC: two local times differ by what the clock shows, not by what passes.
    return max(1.0, (midnight(tomorrow).astimezone(UTC) - timezone.now()).total_seconds())
