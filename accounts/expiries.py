"""What ends among the clients of the API."""

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from audit.expiries import Expiry, register

register(
    Expiry(
        code="api_key",
        # Translators: "Klucze klientów API: koniec"
        label=_("Keys of API clients: end"),
        model=ApiKey,
        field="active_until",
        records=lambda: ApiKey.objects.filter(client__is_active=True),
    )
)
