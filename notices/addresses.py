"""Where people outside read notices."""

from django.conf import settings
from django.urls import reverse

from notices.models import Notice


def public_url(notice: Notice) -> str:
    """The address of ``notice`` under which people open the house."""
    return settings.SITE_URL.rstrip("/") + reverse("notice", args=[notice.slug])
