"""What ends within 30, 60 and 90 days, on the first page and on a screen of its own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import expiries
from audit.expiries import HORIZONS, Coming, Expiry
from audit.naming import name_of
from ccgdpr.menu import may_view

EACH = 50


@dataclass(frozen=True)
class Ending:
    """One record with the day on which it ends, how soon, and where it is."""

    name: str
    url: str
    day: date
    days: int


@dataclass(frozen=True)
class Section:
    """A kind of ending with the first of what ends."""

    coming: Coming
    endings: list[Ending]

    @property
    def is_more(self) -> bool:
        return self.coming.counts[-1] > len(self.endings)


def seen_expiries(user: User) -> list[Expiry]:
    return [expiry for expiry in expiries.registered() if may_view(user, expiry.model)]


def coming_for(user: User) -> list[Coming]:
    """Kinds of which something that ``user`` may view ends within 90 days."""
    return expiries.coming(seen_expiries(user))


def coming_context(request: HttpRequest) -> dict[str, Any]:
    """What ``admin/coming.html`` shows. Raises PermissionDenied for who sees no register."""
    user: User = request.user  # type: ignore[assignment]
    if not seen_expiries(user):
        raise PermissionDenied
    sections = [Section(each, _endings(each.expiry)) for each in coming_for(user)]
    return {"title": _("What ends"), "sections": sections, "horizons": HORIZONS, "each": EACH}


def _endings(expiry: Expiry) -> list[Ending]:
    today = timezone.localdate()
    return [_ending(expiry, record, today) for record in expiry.coming(today)[:EACH]]


def _ending(expiry: Expiry, record: Any, today: date) -> Ending:
    day = expiry.day_of(record)
    return Ending(name_of(record), expiry.url(record), day, (day - today).days)
