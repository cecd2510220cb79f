"""Machines that call: what each may do, from where, how much in a day, and with which keys."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminBigIntegerFieldWidget
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin import shown
from accounts.admin.issuing import IssueForm, IssuingAdmin
from accounts.choices import Scope
from accounts.models import ApiClient, ApiUsage
from accounts.usage import usage_of
from audit import display
from audit.admin import AuditedAdmin, ReasonedForm, Verb
from audit.lists import RegisterList, SavedView


class DeactivateForm(ReasonedForm):
    def perform(self) -> None:
        self.record.deactivate()


class ReactivateForm(ReasonedForm):
    def perform(self) -> None:
        self.record.reactivate()


def _is_active(client: ApiClient) -> bool:
    return client.is_active


def _is_deactivated(client: ApiClient) -> bool:
    return not client.is_active


class ClientStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("active", _("Active")), ("deactivated", _("Deactivated"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(is_active=self.value() == "active")


class ScopeFilter(admin.SimpleListFilter):
    title = _("scope")
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Scope.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in Scope.values:
            return queryset
        return queryset.filter(**{f"may_{self.value()}": True})


@admin.register(ApiClient)
class ApiClientAdmin(RegisterList, IssuingAdmin, AuditedAdmin):
    list_display = ("name", "state", "scopes", "today", "used", "until")
    list_filter = (ClientStateFilter, ScopeFilter)
    search_fields = ("name", "contact")
    search_help_text = _("Name, or who answers for it")
    parts = ("accounts.apikey", "processing.clientgrant")
    empty_says = _("No machine may call yet. Add a client, then give it purposes and a key.")
    saved_views = (
        SavedView(pgettext_lazy("people", "All")),
        SavedView(pgettext_lazy("people", "Active"), {"state": "active"}),
        SavedView(_("Deactivated"), {"state": "deactivated"}),
    )
    fieldsets = (
        (None, {"fields": ("name", "contact")}),
        (_("What it may do"), {"fields": ("may_check", "may_record", "may_read", "may_screen")}),
        (_("From where and how much"), {"fields": ("networks", "daily_contacts")}),
    )
    verbs = (
        Verb(
            "issue-key",
            # Translators: "Wydaj klucz"
            _("Issue a key"),
            "accounts.change_apikey",
            IssueForm,
            "",
            says=_(
                "The key is shown once, on the page that follows. Only a digest of it is kept, so "
                "nobody can show it again."
            ),
            tone="primary",
            offered=_is_active,
        ),
        Verb(
            "reactivate",
            # Translators: "Przywróć dostęp"
            _("Reactivate"),
            "accounts.change_apiclient",
            ReactivateForm,
            _("The client may call again, with the keys of it that still hold."),
            offered=_is_deactivated,
        ),
        Verb(
            "deactivate",
            # Translators: "Odbierz dostęp"
            _("Deactivate"),
            "accounts.change_apiclient",
            DeactivateForm,
            _("The client is refused from now on."),
            says=_(
                "The very next call is refused, whatever the key. What the client recorded stays "
                "in the history of changes."
            ),
            tone="danger",
            offered=_is_active,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        today = ApiUsage.objects.filter(client=OuterRef("pk"), day=timezone.localdate())
        return (
            super()
            .get_queryset(request)
            .annotate(
                last_used_at=Max("keys__last_used_at"),
                holds_until=Max("keys__active_until"),
                contacts_today=Subquery(today.values("contacts")),
            )
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "daily_contacts":
            # The stock field is too narrow for a hundred thousand.
            options["widget"] = AdminBigIntegerFieldWidget
        return super().formfield_for_dbfield(db_field, request, **options)

    def response_post_save_add(self, request: HttpRequest, obj: ApiClient) -> HttpResponse:
        """To the page of the new client, which says what it still needs: a key and purposes."""
        return HttpResponseRedirect(self._record_url(obj))

    def requires_reason(self, record: ApiClient) -> bool:
        """Whatever a machine in use may do or not do changes with the next call."""
        return record.is_active and record.keys.exists()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if client := options.get("obj"):
            context["usage"] = usage_of(client)
            if request.user.has_perm("accounts.view_apikey"):
                keys = client.keys.select_related("client")
                context["keys"] = [(key, shown.key_state(key)) for key in keys]
        return super().render_change_form(request, context, *args, **options)

    def badge(self, record: ApiClient) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("State"), ordering="is_active")
    def state(self, client: ApiClient) -> SafeString:
        return shown.client_state(client, client.holds_until)

    @admin.display(description=_("May"))
    def scopes(self, client: ApiClient) -> str:
        return shown.scopes(client)

    @admin.display(description=_("Contacts today"), ordering="contacts_today")
    def today(self, client: ApiClient) -> str:
        asked = display.number(client.contacts_today or 0)
        return f"{asked} / {display.number(client.daily_contacts)}"

    @admin.display(description=_("Last used"), ordering="last_used_at")
    def used(self, client: ApiClient) -> SafeString | str:
        return shown.last_used(client.last_used_at)

    @admin.display(description=_("Key until"), ordering="holds_until")
    def until(self, client: ApiClient) -> SafeString | str:
        return display.day(client.holds_until) or "–"
