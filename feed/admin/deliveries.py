"""Messages to webhooks: what became of each; given-up ones are sent again from here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display
from audit.admin import ReadOnlyAdmin, Verb, VerbsAdmin
from audit.lists import RegisterList, SavedView
from feed.admin.webhook_forms import ResendOneForm
from feed.choices import DeliveryState, Message
from feed.models import Delivery, WebhookEndpoint
from feed.webhooks import shown


def _is_dead(delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.DEAD and delivery.kind != Message.TEST


def _given_up() -> int:
    return Delivery.objects.dead().count()


class EndpointFilter(admin.SimpleListFilter):
    title = _("webhook")
    parameter_name = "endpoint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        endpoints = WebhookEndpoint.objects.select_related("client").order_by("client", "pk")
        return [(str(each.pk), f"{each.client}: {each.url}") for each in endpoints]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = (self.value() or "").isdecimal()
        return queryset.filter(endpoint=self.value()) if known else queryset


@admin.register(Delivery)
class DeliveryAdmin(RegisterList, VerbsAdmin, ReadOnlyAdmin):
    list_display = ("created", "what", "state_badge", "endpoint", "next", "why")
    list_filter = ("state", "kind", EndpointFilter)
    list_select_related = ("endpoint",)
    sortable_by = ()
    show_full_result_count = False
    # Translators: "Wiadomości tworzy i wysyła sam system."
    why_read_only = _("The house writes and sends messages by itself.")
    empty_says = _(
        "No message yet: the next withdrawal or objection brings the first. "
        "To see one now, send a test message from a webhook."
    )
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Waiting"), {"state": "waiting"}),
        SavedView(_("Given up"), {"state": "dead"}, _given_up),
        SavedView(pgettext_lazy("message", "Delivered"), {"state": "sent"}),
    )
    fields = (
        "whose",
        "what",
        "of_list",
        "message",
        "created",
        "tries",
        "next",
        "ended",
        "why",
        "http_status",
    )
    verbs = (
        Verb(
            "resend",
            _("Send again"),
            "feed.resend_delivery",
            ResendOneForm,
            _("The message is sent again."),
            says=_("The message tells of what is in the feed now, under the same id."),
            tone="primary",
            offered=_is_dead,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def badge(self, record: Delivery) -> SafeString:
        return self.state_badge(record)

    @admin.display(description=_("Created"))
    def created(self, delivery: Delivery) -> str:
        return display.moment(delivery.created_at)

    @admin.display(description=_("What"))
    def what(self, delivery: Delivery) -> str:
        return shown.told(delivery)

    @admin.display(description=_("State"))
    def state_badge(self, delivery: Delivery) -> SafeString:
        return shown.delivery_state(delivery)

    @admin.display(description=_("Webhook"))
    def whose(self, delivery: Delivery) -> SafeString:
        url = reverse("admin:feed_webhookendpoint_change", args=[delivery.endpoint_id])
        return format_html('<a href="{}">{}</a>', url, delivery.endpoint)

    @admin.display(description=_("Contact list"))
    def of_list(self, delivery: Delivery) -> str:
        if delivery.contact_list is None:
            return shown.NOTHING
        url = reverse("admin:screening_contactlist_change", args=[delivery.contact_list_id])
        return format_html('<a href="{}">{}</a>', url, delivery.contact_list)

    # Translators: "Identyfikator"
    @admin.display(description=_("Message id"))
    def message(self, delivery: Delivery) -> str:
        return str(delivery.uuid)

    @admin.display(description=_("Attempts"))
    def tries(self, delivery: Delivery) -> str:
        return display.number(delivery.attempts)

    @admin.display(description=_("Next attempt"))
    def next(self, delivery: Delivery) -> str:
        waits = delivery.state == DeliveryState.WAITING and delivery.endpoint.is_active
        return display.moment(delivery.next_at) if waits else shown.NOTHING

    @admin.display(description=_("Ended"))
    def ended(self, delivery: Delivery) -> str:
        return display.moment(delivery.ended_at) or shown.NOTHING

    @admin.display(description=_("Last failure"))
    def why(self, delivery: Delivery) -> str:
        return shown.failure(delivery)
