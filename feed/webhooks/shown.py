"""How webhooks and their messages read on screen."""

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import display
from feed.choices import DeliveryState, Message
from feed.models import Delivery, WebhookEndpoint

NOTHING = "\N{EN DASH}"
TONES = {
    DeliveryState.SENT: ("ok", ""),
    DeliveryState.DROPPED: ("off", ""),
    DeliveryState.DEAD: ("bad", ""),
}


def delivery_state(delivery: Delivery) -> SafeString:
    """A message that failed and is tried again waits in another colour."""
    if delivery.state == DeliveryState.WAITING:
        # Translators: "Ponawiana"
        retried = display.badge(_("Tried again"), "warn")
        return retried if delivery.failure else display.badge(delivery.get_state_display(), "info")
    return display.badge(delivery.get_state_display(), *TONES[DeliveryState(delivery.state)])


def endpoint_state(endpoint: WebhookEndpoint, failing: bool) -> SafeString:
    """``failing``: its next message has been tried in vain."""
    if endpoint.gone_at:
        return display.badge(pgettext("webhook", "Gone"), "bad")
    if not endpoint.is_active:
        return display.badge(pgettext("webhook", "Stopped"), "off")
    if not endpoint.client.is_active:
        return display.badge(_("Closed with its client"), "off", "lock")
    if failing:
        return display.badge(_("Not reached"), "warn")
    return display.badge(_("Active"), "ok")


def hears(endpoint: WebhookEndpoint) -> str:
    kinds = [kind for kind in Message if getattr(endpoint, f"hears_{kind}", False)]
    return ", ".join(str(kind.label) for kind in kinds)


def told(delivery: Delivery) -> str:
    """What it tells of, by numbers of the feed: never a contact."""
    kind = capfirst(str(delivery.get_kind_display()))
    if delivery.first_seq is None:
        return kind
    if delivery.first_seq == delivery.last_seq:
        return f"{kind} #{delivery.first_seq}"
    return f"{kind} #{delivery.first_seq}–{delivery.last_seq}"


def failure(delivery: Delivery) -> str:
    """Why the last attempt failed, with the HTTP status where there was one."""
    if not delivery.failure:
        return ""
    said = str(delivery.get_failure_display())
    return f"{said} (HTTP {delivery.http_status})" if delivery.http_status else said
