"""How purposes and their periods read on screen."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from processing.choices import Nature
from processing.models import Purpose
from processing.models.grants import Grant
from processors.models import Organisation


def several_controllers() -> bool:
    """A house with one controller never sees the field (product.md §3)."""
    return Organisation.objects.filter(activities__controller__is_own=False).exists()


def nature(purpose: Purpose) -> SafeString:
    """Commercial contact needs the channel's consent: that is worth a colour."""
    if purpose.nature == Nature.COMMERCIAL:
        return display.badge(purpose.get_nature_display(), "info")
    return display.badge(purpose.get_nature_display(), "off")


def period(start: datetime, end: datetime | None, *, words: tuple[Any, Any, Any]) -> SafeString:
    """A badge with one of ``words``: before, within and after the period."""
    before, within, after = words
    now = timezone.now()
    if start > now:
        return display.badge(before, "warn")
    if end and end <= now:
        return display.badge(after, "off")
    return display.badge(within, "ok")


def purpose_state(purpose: Purpose) -> SafeString:
    words = (_("Planned"), _("Active"), _("Ended"))
    return period(purpose.active_from, purpose.active_until, words=words)


def grant_state(grant: Grant) -> SafeString:
    words = (_("Planned"), _("Active"), _("Ended"))
    return period(grant.active_from, grant.active_until, words=words)
