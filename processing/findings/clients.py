"""What is wrong with what machines may use."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from audit.choices import Severity
from audit.rules import Rule, register
from processing.models import ClientGrant


def _grant(client: ApiClient) -> str:
    return reverse("admin:processing_clientgrant_add") + f"?client={client.pk}"


def _without_purpose(clients: Any) -> QuerySet:
    return clients.filter(~Exists(ClientGrant.objects.active().filter(client=OuterRef("pk"))))


register(
    Rule(
        code="api_client_without_purpose",
        severity=Severity.IMPORTANT,
        article=_("Art. 29 GDPR"),
        # Translators: "Klient API nie ma dostępu do żadnego celu: żaden dla niego nie istnieje."
        message=_("The API client may use no purpose: none exists for it."),
        model=ApiClient,
        broken=_without_purpose,
        standing=Q(is_active=True),
        mend_label=_("Grant a purpose"),
        mend_url=_grant,
    )
)
