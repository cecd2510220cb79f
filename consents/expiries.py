"""What ends in this room: consents given for a time, evidence of voice, uploads to confirm."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.expiries import Expiry, register
from audit.waiting import Waiting
from audit.waiting import register as wait
from consents.choices import ConsentState, ImportState
from consents.models import Consent, ConsentImport

register(
    Expiry(
        code="consent",
        # Translators: "Zgody udzielone na czas: koniec"
        label=_("Consents given for a time: end"),
        model=Consent,
        field="valid_until",
        records=lambda: Consent.objects.filter(state=ConsentState.GIVEN, valid_until__isnull=False),
    )
)


def _staged(user: object) -> QuerySet[ConsentImport]:
    return ConsentImport.objects.filter(state=ImportState.STAGED)


wait(
    Waiting(
        code="imports_to_confirm",
        # Translators: "Importy do potwierdzenia"
        label=_("Imports to confirm"),
        permission="consents.add_consentimport",
        records=_staged,
        url=lambda: reverse("admin:consents_import"),
    )
)
