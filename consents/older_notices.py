"""On the page of a notice: who consented while an older version of it was in force."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.panels import Panel, register
from consents.admin.shown import capped
from consents.models import Consent
from notices.models import Notice, NoticeVersion


@register(Notice)
def older_consents(notice: Notice, user: Any) -> Panel | None:
    """How many people to tell of the last material change (WP260, 29); none to tell, no panel."""
    latest = last_material_change(notice)
    if latest is None or not user.has_perm("consents.view_consent"):
        return None
    people = given_before(latest).values("contact_point__subject").distinct()
    return Panel(
        _("People who consented under an older version"),
        "admin/consents/older_notice.html",
        {
            "count": capped(people),
            "version": latest,
            "told": latest.announcements.reaching().latest_first().first(),
        },
    )


def last_material_change(notice: Notice) -> NoticeVersion | None:
    """The latest version in effect by now that changed something that people must be told of."""
    begun = notice.versions.published().filter(effective_from__lte=timezone.now())
    return begun.filter(is_material=True).order_by("-number").first()


def given_before(version: NoticeVersion) -> Any:
    """Consents in force, to purposes that ``version`` names, given before it took effect."""
    named = version.purposes_named.values("purpose")
    return Consent.objects.given().filter(purpose__in=named, since__lt=version.effective_from)
