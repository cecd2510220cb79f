"""What is wrong with the machines that may call."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, ApiKey, ApiUsage
from audit.choices import Severity
from audit.rules import Rule, register

# A key that nobody used by then was lost on its way, or is kept where nobody looks.
IDLE = timedelta(days=14)
WARNED = timedelta(days=30)
# How long a spent quota is worth a look.
RECENT = timedelta(days=7)
SECURITY = _("Art. 32(1) GDPR")


def _issue(client: ApiClient) -> str:
    return reverse("admin:accounts_apiclient_issue-key", args=[client.pk])


def _field(name: str) -> Any:
    def url(client: ApiClient) -> str:
        return reverse("admin:accounts_apiclient_change", args=[client.pk]) + f"#id_{name}"

    return url


def _change_over(key: ApiKey) -> str:
    return reverse("admin:accounts_apikey_change-over", args=[key.pk])


def _end(key: ApiKey) -> str:
    return reverse("admin:accounts_apikey_end", args=[key.pk])


def _ending(keys: Any) -> QuerySet:
    """The last key of its client: one that another outlasts has been changed over."""
    later = ApiKey.objects.filter(
        client=OuterRef("client"), active_until__gt=OuterRef("active_until")
    )
    return keys.active().filter(
        ~Exists(later),
        client__is_active=True,
        active_until__lte=timezone.now() + WARNED,
    )


def _unused(keys: Any) -> QuerySet:
    return keys.active().filter(last_used_at=None, active_from__lte=timezone.now() - IDLE)


def _without_key(clients: Any) -> QuerySet:
    return clients.filter(~Exists(ApiKey.objects.active().filter(client=OuterRef("pk"))))


def _refused(clients: Any) -> QuerySet:
    since = timezone.localdate() - RECENT
    refused = ApiUsage.objects.filter(
        client=OuterRef("pk"), day__gt=since, refused_at__isnull=False
    )
    return clients.filter(Exists(refused))


ACTIVE = Q(is_active=True)

register(
    Rule(
        code="api_key_ends",
        severity=Severity.IMPORTANT,
        article=SECURITY,
        # Translators: "Klucz klienta API wygasa w ciągu 30 dni, a następnego nie ma."
        message=_("The key of an API client ends within 30 days, and there is no next one."),
        model=ApiKey,
        broken=_ending,
        mend_label=_("Change over"),
        mend_url=_change_over,
    )
)
register(
    Rule(
        code="api_key_unused",
        severity=Severity.MINOR,
        article=SECURITY,
        # Translators: "Klucz klienta API nie został użyty przez 14 dni od wydania."
        message=_("The key of an API client was not used in 14 days since it was issued."),
        model=ApiKey,
        broken=_unused,
        standing=Q(client__is_active=True),
        mend_label=_("End key"),
        mend_url=_end,
    )
)
register(
    Rule(
        code="api_client_without_key",
        severity=Severity.IMPORTANT,
        article=SECURITY,
        # Translators: "Klient API nie ma ważnego klucza: każde jego wywołanie jest odrzucane."
        message=_("The API client has no key that holds: whatever it asks is refused."),
        model=ApiClient,
        broken=_without_key,
        standing=ACTIVE,
        mend_label=_("Issue a key"),
        mend_url=_issue,
    )
)
register(
    Rule(
        code="api_client_from_anywhere",
        severity=Severity.MINOR,
        article=SECURITY,
        # Translators: "Klient API może wywoływać system z dowolnej sieci."
        message=_("The API client may call from any network: a stolen key opens from anywhere."),
        model=ApiClient,
        broken=lambda clients: clients.filter(networks=""),
        standing=ACTIVE,
        mend_label=_("Name its networks"),
        mend_url=_field("networks"),
    )
)
register(
    Rule(
        code="api_client_quota_spent",
        severity=Severity.IMPORTANT,
        article=SECURITY,
        # Translators: "W ostatnich 7 dniach klient API wyczerpał dzienny limit."
        message=_("In the last 7 days the API client asked about more contacts than it may."),
        model=ApiClient,
        broken=_refused,
        standing=ACTIVE,
        mend_label=_("See what it asks"),
        mend_url=_field("daily_contacts"),
    )
)
