"""What ends in the record of processing activities."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.expiries import Expiry, register
from processing.models import ClientGrant, PurposeGrant

register(
    Expiry(
        code="grant",
        # Translators: "Dostęp do celów: koniec"
        label=_("Purpose grants: end"),
        model=PurposeGrant,
        field="active_until",
        records=lambda: PurposeGrant.objects.filter(active_from__lte=timezone.now()),
    )
)
register(
    Expiry(
        code="client_grant",
        # Translators: "Cele klientów API: koniec"
        label=_("Purposes of API clients: end"),
        model=ClientGrant,
        field="active_until",
        records=lambda: ClientGrant.objects.filter(active_from__lte=timezone.now()),
    )
)
