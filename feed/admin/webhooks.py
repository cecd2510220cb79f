"""Where systems are told at once: kept by the DPO, whose secrets are shown once each."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiClient
from audit import access, display
from audit.admin import AuditedAdmin, Verb, VerbForm, VerbsAdmin
from audit.choices import AccessAction
from audit.lists import RegisterList, SavedView
from feed.admin.webhook_forms import (
    ChangeSecretForm,
    DeactivateForm,
    HurryForm,
    ReactivateForm,
    ResendForm,
    ShowSecretForm,
    TestForm,
)
from feed.choices import DeliveryState
from feed.models import Delivery, WebhookEndpoint
from feed.webhooks import shown, signing

KEEP = "feed.change_webhookendpoint"
RESEND = "feed.resend_delivery"
# Translators: "Wstrzymany"
STOPPED = pgettext_lazy("webhook", "Stopped")
SHOWING = (ShowSecretForm, ChangeSecretForm)


def _is_active(endpoint: WebhookEndpoint) -> bool:
    return endpoint.is_active


def _is_deactivated(endpoint: WebhookEndpoint) -> bool:
    return not endpoint.is_active


def _is_unseen(endpoint: WebhookEndpoint) -> bool:
    return not endpoint.was_shown


def _is_failing(endpoint: WebhookEndpoint) -> bool:
    waiting = endpoint.deliveries.waiting().exclude(failure="")
    return endpoint.is_active and waiting.exists()


def _has_dead_letters(endpoint: WebhookEndpoint) -> bool:
    return endpoint.deliveries.dead().exists()


def _counted(deliveries: QuerySet) -> Subquery:
    counts = deliveries.order_by().values("endpoint").annotate(n=Count("pk"))
    return Subquery(counts.values("n"))


class WebhookStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("active", _("Active")), ("deactivated", STOPPED)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(is_active=self.value() == "active")


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(RegisterList, VerbsAdmin, AuditedAdmin):
    list_display = ("url", "client", "state", "hears", "waiting", "given_up", "reached")
    list_filter = (WebhookStateFilter,)
    list_select_related = ("client",)
    search_fields = ("url", "client__name")
    search_help_text = _("Address or client")
    parts = ("feed.delivery",)
    empty_says = _(
        "No system is told of withdrawals at once. Add the address at which one wants to hear."
    )
    saved_views = (
        SavedView(_("All")),
        # Translators: "Aktywne"
        SavedView(pgettext_lazy("several", "Active"), {"state": "active"}),
        # Translators: "Wstrzymane"
        SavedView(pgettext_lazy("several", "Stopped"), {"state": "deactivated"}),
    )
    fieldsets = (
        (None, {"fields": ("client", "url")}),
        (
            # Translators: "O czym powiadamiać"
            _("What is told"),
            {"fields": ("hears_withdrawal", "hears_objection", "hears_recall")},
        ),
    )
    kept_fieldsets = (
        *fieldsets,
        (
            # Translators: "Podpis"
            _("Signature"),
            {"fields": ("secret_state", "secret_from")},
        ),
    )
    verbs = (
        Verb(
            "show-secret",
            # Translators: "Pokaż klucz podpisu"
            _("Show the secret"),
            KEEP,
            ShowSecretForm,
            "",
            says=_(
                "The secret by which the receiver checks our signature is shown once, on the page "
                "that follows. Whoever is to see it later needs a new one."
            ),
            tone="primary",
            icon="eye",
            offered=_is_unseen,
        ),
        Verb(
            "send-test",
            # Translators: "Wyślij powiadomienie próbne"
            _("Send a test message"),
            KEEP,
            TestForm,
            _("A test message is on its way. What became of it stands among the messages."),
            says=_("A signed message without content is sent once, before all that waits."),
            offered=_is_active,
        ),
        Verb(
            "hurry",
            # Translators: "Ponów teraz"
            _("Try now"),
            KEEP,
            HurryForm,
            _("The next message is tried now."),
            says=_("The message that all others wait for is tried at once."),
            offered=_is_failing,
        ),
        Verb(
            "resend",
            # Translators: "Wyślij ponownie"
            _("Send again"),
            RESEND,
            ResendForm,
            _("The messages that were given up are sent again, in their old order."),
            says=_(
                "Messages that were given up are sent again. They tell of what is in the feed now; "
                "what was erased from it meanwhile is told no more."
            ),
            offered=_has_dead_letters,
        ),
        Verb(
            "change-secret",
            # Translators: "Zmień klucz podpisu"
            _("Change the secret"),
            KEEP,
            ChangeSecretForm,
            "",
            says=_(
                "The new secret is shown once, on the page that follows. For 24 hours the old one "
                "signs beside it, so that the receiver can change over."
            ),
        ),
        Verb(
            "reactivate",
            # Translators: "Wznów powiadomienia"
            _("Send again to this address"),
            KEEP,
            ReactivateForm,
            _("Messages are sent again, first those that waited."),
            says=_(
                "Of what was recorded while nothing was sent no message was made: the receiver "
                "finds it in the feed."
            ),
            offered=_is_deactivated,
        ),
        Verb(
            "deactivate",
            # Translators: "Wstrzymaj powiadomienia"
            _("Stop sending"),
            KEEP,
            DeactivateForm,
            _("Nothing is sent to this address any more."),
            says=_(
                "The system at this address no longer hears of withdrawals and objections. "
                "What waits goes on waiting."
            ),
            tone="danger",
            offered=_is_active,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        theirs = Delivery.objects.filter(endpoint=OuterRef("pk"))
        arrived = theirs.filter(state=DeliveryState.SENT).order_by("-ended_at")
        return (
            super()
            .get_queryset(request)
            .annotate(
                reached_at=Subquery(arrived.values("ended_at")[:1]),
                waiting_now=_counted(theirs.waiting()),
                dead_now=_counted(theirs.dead()),
                is_failing=Exists(theirs.waiting().exclude(failure="")),
            )
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.kept_fieldsets if obj else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose grants bound what is told never changes: another client has its own webhook."""
        return ("client", "secret_state", "secret_from") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "client":
            options["queryset"] = ApiClient.objects.active().filter(may_read=True)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def requires_reason(self, record: WebhookEndpoint) -> bool:
        """Whoever listens there hears more, less, or nothing from the next message on."""
        return record.is_active

    def answer(
        self, request: HttpRequest, record: models.Model, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        """A secret stands in the answer to the POST and nowhere else."""
        if not isinstance(form, SHOWING):
            return super().answer(request, record, verb, form)
        access.looked_at(AccessAction.REVEAL, f"feed.webhookendpoint:{form.record.uuid}")
        secret = signing.secret_of(form.record)
        context = {**self._page(request, record, verb), "endpoint": record, "secret": secret}
        return TemplateResponse(request, "admin/feed/secret_shown.html", context)

    def badge(self, record: WebhookEndpoint) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("State"), ordering="is_active")
    def state(self, endpoint: WebhookEndpoint) -> SafeString:
        return shown.endpoint_state(endpoint, endpoint.is_failing)

    # Translators: "O czym powiadamiać"
    @admin.display(description=_("What is told"))
    def hears(self, endpoint: WebhookEndpoint) -> str:
        return shown.hears(endpoint)

    @admin.display(description=_("Waiting"), ordering="waiting_now")
    def waiting(self, endpoint: WebhookEndpoint) -> str:
        return display.number(endpoint.waiting_now or 0)

    @admin.display(description=_("Given up"), ordering="dead_now")
    def given_up(self, endpoint: WebhookEndpoint) -> str:
        return display.number(endpoint.dead_now or 0)

    @admin.display(description=_("Last delivered"), ordering="reached_at")
    def reached(self, endpoint: WebhookEndpoint) -> SafeString | str:
        return display.moment(endpoint.reached_at) or shown.NOTHING

    # Translators: "Klucz podpisu"
    @admin.display(description=_("Secret"))
    def secret_state(self, endpoint: WebhookEndpoint) -> str:
        # Translators: "pokazany", "jeszcze nie pokazany"
        return str(_("shown") if endpoint.was_shown else _("not shown yet"))

    @admin.display(description=_("Signs since"))
    def secret_from(self, endpoint: WebhookEndpoint) -> SafeString | str:
        return display.moment(endpoint.secret_since)
