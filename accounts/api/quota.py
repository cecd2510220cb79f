"""How many contacts a client may ask about in a day (security.md 26).

Counted in the database a portion at a time, so that a check seldom writes: a process takes a
thousandth of the quota and spends it from memory. What is left of a portion when the process ends
counts as asked.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta
from threading import Lock

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled

from accounts.models import ApiClient, ApiUsage

PORTIONS = 1000
_left: dict[tuple[int, object], int] = defaultdict(int)
_lock = Lock()


class QuotaSpent(Throttled):
    default_detail = _("The contacts of this client for today are spent.")
    extra_detail_singular = extra_detail_plural = ""


def take(client: ApiClient, contacts: int) -> None:
    """Count ``contacts`` against today's quota of ``client``; all of them or none.

    Raises QuotaSpent, which says how many seconds there are until the next local day.
    """
    key = (client.pk, timezone.localdate())
    with _lock:
        missing = contacts - _left[key]
        if missing > 0:
            _left[key] += _portion(client, missing)
        if _left[key] < contacts:
            raise QuotaSpent(wait=_seconds_left())
        _left[key] -= contacts


def _portion(client: ApiClient, missing: int) -> int:
    portion = max(missing, client.daily_contacts // PORTIONS)
    return next((size for size in (portion, missing) if _reserved(client, size)), 0)


def _reserved(client: ApiClient, contacts: int) -> bool:
    usage = _usage(client)
    rest = client.daily_contacts - contacts
    left = ApiUsage.objects.filter(pk=usage.pk, contacts__lte=rest)
    return rest >= 0 and bool(left.update(contacts=F("contacts") + contacts))


def _usage(client: ApiClient) -> ApiUsage:
    today = {"client": client, "day": timezone.localdate()}
    try:
        with transaction.atomic():
            return ApiUsage.objects.get_or_create(**today)[0]
    except IntegrityError:
        return ApiUsage.objects.get(**today)


def _seconds_left() -> float:
    now = timezone.localtime()
    tomorrow = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), time.min))
    return max(1.0, (tomorrow - now).total_seconds())
