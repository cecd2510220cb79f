"""Keys of clients: issued, changed over and ended; their texts stand nowhere."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin import shown
from accounts.admin.issuing import ChangeOverForm, IssuingAdmin
from accounts.models import ApiKey
from audit import display
from audit.admin import AuditedAdmin, ReasonedForm, Verb
from audit.lists import RegisterList, SavedView


class EndKeyForm(ReasonedForm):
    def perform(self) -> None:
        self.record.end()


def _holds(key: ApiKey) -> bool:
    return not key.is_ended


def _client_is_closed(key: ApiKey) -> Any:
    return "" if key.client.is_active else _("This client is deactivated. Reactivate it first.")


class KeyStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("holds", _("Holds")), ("ended", pgettext_lazy("key", "Ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "holds":
            return queryset.active()
        if self.value() == "ended":
            return queryset.filter(active_until__lte=timezone.now())
        return queryset


@admin.register(ApiKey)
class ApiKeyAdmin(RegisterList, IssuingAdmin, AuditedAdmin):
    list_display = ("begins", "client", "state", "issued", "until", "used")
    list_filter = (KeyStateFilter,)
    list_select_related = ("client",)
    search_fields = ("prefix", "client__name")
    search_help_text = _("Beginning of a key, or client")
    empty_says = _("No key was issued yet. A client's page issues one and shows it once.")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Holding"), {"state": "holds"}),
        # Translators: "Wygasłe"
        SavedView(pgettext_lazy("keys", "Ended"), {"state": "ended"}),
    )
    fields = ("client", "begins", "issued", "until", "used")
    readonly_fields = ("begins", "issued", "until", "used")
    verbs = (
        Verb(
            "change-over",
            # Translators: "Wymień klucz"
            _("Change over"),
            "accounts.change_apikey",
            ChangeOverForm,
            "",
            says=_(
                "A new key is issued and shown once. Both open until this one ends, so that the "
                "client changes over without a gap."
            ),
            blocked=_client_is_closed,
            offered=_holds,
        ),
        Verb(
            "end",
            # Translators: "Unieważnij klucz"
            _("End key"),
            "accounts.change_apikey",
            EndKeyForm,
            _("The key has ended. It opens nothing any more."),
            says=_("The very next call with this key is refused."),
            tone="danger",
            offered=_holds,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Issued on the page of its client, where its text is shown once.
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def badge(self, record: ApiKey) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("Begins with"), ordering="prefix")
    def begins(self, key: ApiKey) -> str:
        return str(key)

    @admin.display(description=_("State"), ordering="active_until")
    def state(self, key: ApiKey) -> SafeString:
        return shown.key_state(key)

    @admin.display(description=_("Issued"), ordering="active_from")
    def issued(self, key: ApiKey) -> SafeString | str:
        return display.moment(key.active_from)

    @admin.display(description=_("Holds until"), ordering="active_until")
    def until(self, key: ApiKey) -> SafeString | str:
        return display.moment(key.active_until)

    @admin.display(description=_("Last used"), ordering="last_used_at")
    def used(self, key: ApiKey) -> SafeString | str:
        return shown.last_used(key.last_used_at)
