"""How clients, their keys and what they used read on screen."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiClient, ApiKey
from audit import display

SOON = timedelta(days=30)


def key_state(key: ApiKey) -> SafeString:
    if key.is_ended:
        return display.badge(pgettext_lazy("key", "Ended"), "off")
    if not key.client.is_active:
        return display.badge(_("Closed with its client"), "off", "lock")
    if key.active_until - timezone.now() <= SOON:
        return display.badge(_("Ends soon"), "warn")
    return display.badge(_("Holds"), "ok")


def client_state(client: ApiClient, holds_until: datetime | None) -> SafeString:
    """``holds_until`` is when the last of its keys ends; None where it never had one."""
    if not client.is_active:
        return display.badge(_("Deactivated"), "off")
    if holds_until is None or holds_until <= timezone.now():
        return display.badge(_("No key"), "warn", "lock")
    return display.badge(_("Active"), "ok")


def scopes(client: ApiClient) -> str:
    return ", ".join(str(scope.label) for scope in client.scopes)


def last_used(moment: datetime | None) -> SafeString | str:
    return display.moment(moment) or str(_("never"))
