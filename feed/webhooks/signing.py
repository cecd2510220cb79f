"""How a receiver knows that a message is ours: signatures after Standard Webhooks.

No secret is stored: each is derived from the installation's key, the endpoint and the version of
its secret, so that a copy of the database signs nothing.
"""

from base64 import b64encode
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac
from standardwebhooks.webhooks import Webhook

from feed.models import Delivery, WebhookEndpoint

MARK = "whsec_"
# Keeps this use of the installation's key apart from every other.
USE = "feed.webhooks.signing"


def secret_of(endpoint: WebhookEndpoint, version: int | None = None) -> str:
    """The secret of ``endpoint`` as its receiver types it in: the present one, or ``version``."""
    return MARK + b64encode(_derived(endpoint, version or endpoint.secret_version)).decode()


def headers(delivery: Delivery, body: str, at: datetime) -> dict[str, str]:
    """Headers that sign ``body``, sent at the instant ``at``; an old secret signs for a day."""
    endpoint, told = delivery.endpoint, str(delivery.uuid)
    hooks = [Webhook(_derived(endpoint, version)) for version in endpoint.signs_with(at)]
    return {
        "webhook-id": told,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(hook.sign(told, at, body) for hook in hooks),
    }


def _derived(endpoint: WebhookEndpoint, version: int) -> bytes:
    said = f"{endpoint.uuid}:{version}"
    return salted_hmac(USE, said, secret=settings.HMAC_KEY, algorithm="sha256").digest()
