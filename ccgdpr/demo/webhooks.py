"""Where the dialler would be told at once: stopped, as nothing leaves a demo."""

from accounts.models import ApiClient
from ccgdpr.demo.making import make
from feed.models import WebhookEndpoint

ADDRESS = "https://dialer.example/ccgdpr"


def create() -> None:
    dialler = ApiClient.objects.get(name="Dialer")
    key = {"client": dialler, "url": ADDRESS}
    make(WebhookEndpoint, key, hears_recall=True, is_active=False, shown_version=1)
