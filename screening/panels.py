"""On the page of a person and of a number: the lists they were on, for whoever oversees them."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.panels import Panel, register
from consents.models import ContactPoint, DataSubject
from screening.made import Shown
from screening.members import lists_of
from screening.models import ContactList
from screening.models.lists import members_kept_since

TEMPLATE = "admin/screening/lists_of.html"
# The newest; the others are counted.
SHOWN = 25


@register(ContactPoint)
def lists_of_point(point: ContactPoint, user: Any) -> Panel | None:
    return _panel([point], user)


@register(DataSubject)
def lists_of_person(subject: DataSubject, user: Any) -> Panel | None:
    return _panel(list(subject.contact_points.all()), user)


def _panel(points: list[ContactPoint], user: Any) -> Panel | None:
    if not user.has_perm("screening.view_contactlist"):
        return None
    since = members_kept_since()
    held = Q(pk__in=[])
    for point in points:
        held |= Q(pk__in=lists_of(point, since).values("pk"))
    found = ContactList.objects.filter(held)
    newest = found.select_related("purpose", "recorded_by")[:SHOWN]
    lists = [Shown(made) for made in newest]
    # Translators: "Na listach kontaktów z ostatnich 90 dni"
    title = _("On contact lists of the last {days} days").format(days=settings.LIST_MEMBERS_DAYS)
    return Panel(title, TEMPLATE, {"lists": lists, "more": found.count() - len(lists)})
