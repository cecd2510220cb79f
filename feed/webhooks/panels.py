"""On the page of a webhook: the messages that went out last and those that wait."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from audit.panels import Panel, register
from feed.models import Delivery, WebhookEndpoint
from feed.webhooks import shown

SHOWN = 10


@dataclass(frozen=True)
class Row:
    """A message as ``admin/feed/messages.html`` shows it."""

    delivery: Delivery

    @property
    def state(self) -> SafeString:
        return shown.delivery_state(self.delivery)

    @property
    def told(self) -> str:
        return shown.told(self.delivery)

    @property
    def failure(self) -> str:
        return shown.failure(self.delivery)


@register(WebhookEndpoint)
def latest_messages(endpoint: WebhookEndpoint, user: Any) -> Panel | None:
    if not user.has_perm("feed.view_delivery"):
        return None
    latest = endpoint.deliveries.order_by("-pk")[:SHOWN]
    held = {"rows": [Row(each) for each in latest], "endpoint": endpoint}
    # Translators: "Ostatnie powiadomienia"
    return Panel(_("Latest messages"), "admin/feed/messages.html", held)
