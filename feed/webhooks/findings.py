"""Systems that are not told of what ends contact, though they should be."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from feed.models import Delivery, WebhookEndpoint
from processing.models import ClientGrant

# Longer than a restart of the receiver takes.
LATE = timedelta(hours=1)
# In which the secret is handed over to whoever receives.
SETTING_UP = timedelta(days=1)
ACTIVE = Q(is_active=True)
TOLD = _("Art. 19, 21 GDPR")


def _client(endpoint: WebhookEndpoint) -> str:
    return reverse("admin:accounts_apiclient_change", args=[endpoint.client_id])


def _verb(name: str) -> Any:
    def url(endpoint: WebhookEndpoint) -> str:
        return reverse(f"admin:feed_webhookendpoint_{name}", args=[endpoint.pk])

    return url


def _with_dead_letters(endpoints: QuerySet) -> QuerySet:
    return endpoints.filter(Exists(Delivery.objects.dead().filter(endpoint=OuterRef("pk"))))


def _behind(endpoints: QuerySet) -> QuerySet:
    late = Delivery.objects.waiting().filter(queued_at__lte=timezone.now() - LATE)
    return endpoints.filter(Exists(late.filter(endpoint=OuterRef("pk"))))


def _gone(endpoints: QuerySet) -> QuerySet:
    return endpoints.filter(gone_at__isnull=False)


def _silent(endpoints: QuerySet) -> QuerySet:
    granted = ClientGrant.objects.active().filter(client=OuterRef("client"))
    told = Q(Exists(granted), client__is_active=True, client__may_read=True)
    return endpoints.exclude(told)


def _secret_unseen(endpoints: QuerySet) -> QuerySet:
    return endpoints.filter(shown_version=0, created_at__lte=timezone.now() - SETTING_UP)


register(
    Rule(
        code="webhook_given_up",
        severity=Severity.IMPORTANT,
        article=TOLD,
        # Translators: "Powiadomień o wycofaniach lub sprzeciwach nie udało się dostarczyć."
        message=_("Messages to a webhook were given up."),
        model=WebhookEndpoint,
        broken=_with_dead_letters,
        mend_label=_("Send again"),
        mend_url=_verb("resend"),
    )
)
register(
    Rule(
        code="webhook_behind",
        severity=Severity.IMPORTANT,
        article=TOLD,
        message=_("Messages to a webhook have waited for over an hour."),
        model=WebhookEndpoint,
        broken=_behind,
        standing=ACTIVE,
        mend_label=_("Try now"),
        mend_url=_verb("hurry"),
    )
)
register(
    Rule(
        code="webhook_gone",
        severity=Severity.IMPORTANT,
        article=TOLD,
        message=_("The receiver of a webhook says that its address is gone; nothing is sent."),
        model=WebhookEndpoint,
        broken=_gone,
        mend_label=_("Send again to this address"),
        mend_url=_verb("reactivate"),
    )
)
register(
    Rule(
        code="webhook_silent",
        severity=Severity.IMPORTANT,
        article=TOLD,
        message=_(
            "Nothing is sent to a webhook: its client is deactivated, may not read, or has no "
            "purpose."
        ),
        model=WebhookEndpoint,
        broken=_silent,
        standing=ACTIVE,
        # Translators: "Otwórz klienta API"
        mend_label=_("Open the client"),
        mend_url=_client,
    )
)
register(
    Rule(
        code="webhook_unchecked",
        severity=Severity.MINOR,
        article=_("Art. 32(1) GDPR"),
        message=_("Nobody has seen the secret of a webhook: its receiver can check no signature."),
        model=WebhookEndpoint,
        broken=_secret_unseen,
        standing=ACTIVE,
        mend_label=_("Show the secret"),
        mend_url=_verb("show-secret"),
    )
)
