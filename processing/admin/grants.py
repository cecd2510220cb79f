"""Who may use which purpose: given by the DPO, ended by the DPO, never deleted."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import Role
from accounts.models import ApiClient, User
from audit import display
from audit.admin import AuditedAdmin, ReasonedForm, Verb, VerbsAdmin
from audit.lists import RegisterList, SavedView
from processing.admin import shown
from processing.models import ClientGrant, PurposeGrant
from processing.models.grants import Grant


class EndForm(ReasonedForm):
    def perform(self) -> None:
        self.record.end()


def _is_running(grant: Grant) -> bool:
    return not grant.is_ended


def end_verb(model: str, says: Any) -> Verb:
    """Takes the purpose of a grant of ``model`` away; ``says`` tells from whom."""
    return Verb(
        "end",
        # Translators: "Zakończ uprawnienie"
        _("End the grant"),
        f"processing.change_{model}",
        EndForm,
        _("The grant has ended."),
        says=says,
        tone="danger",
        offered=_is_running,
    )


class SupervisorFilter(admin.SimpleListFilter):
    title = _("supervisor")
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(user.pk), user) for user in User.objects.filter(role=Role.SUPERVISOR)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(user=self.value()) if self.value() else queryset


class ClientFilter(admin.SimpleListFilter):
    title = _("API client")
    parameter_name = "client"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(client.pk), client) for client in ApiClient.objects.all()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = (self.value() or "").isdecimal()
        return queryset.filter(client=self.value()) if known else queryset


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Active")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "now":
            return queryset.active()
        if self.value() == "ended":
            return queryset.filter(active_until__lte=timezone.now())
        return queryset


class GrantAdmin(RegisterList, VerbsAdmin, AuditedAdmin):
    """Grants to whoever the key ``holder`` names, people or machines."""

    holder: ClassVar[str]
    search_fields = ("purpose__name_pl", "purpose__name_en", "purpose__slug")
    search_help_text = _("Purpose or its key")
    saved_views = (
        SavedView(_("All")),
        SavedView(pgettext_lazy("several", "Active"), {"state": "now"}),
        # Translators: "Zakończone"
        SavedView(pgettext_lazy("several", "Ended"), {"state": "ended"}),
    )

    def holders(self) -> Any:
        """Those to whom a purpose may be granted."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        # A grant is given and ended; nobody rewrites to whom it was given.
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == self.holder:
            options["queryset"] = self.holders()
        return super().formfield_for_foreignkey(db_field, request, **options)

    def badge(self, record: Grant) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("Purpose"), ordering="purpose__name_pl")
    def purpose_name(self, grant: Grant) -> str:
        return grant.purpose.name

    @admin.display(description=_("State"), ordering="active_until")
    def state(self, grant: Grant) -> SafeString:
        return shown.grant_state(grant)

    @admin.display(description=_("From"), ordering="active_from")
    def since(self, grant: Grant) -> str:
        return display.day(grant.active_from)

    @admin.display(description=_("Until"), ordering="active_until")
    def until(self, grant: Grant) -> str:
        return display.day(grant.active_until)


@admin.register(PurposeGrant)
class PurposeGrantAdmin(GrantAdmin):
    holder = "user"
    list_display = ("user", "purpose_name", "state", "since", "until")
    list_filter = (StateFilter, SupervisorFilter)
    list_select_related = ("user", "purpose")
    fields = ("user", "purpose", "active_from", "active_until")
    verbs = (
        end_verb(
            "purposegrant",
            _("From now on this person can make no list and no check for this purpose."),
        ),
    )

    def holders(self) -> Any:
        return User.objects.active().filter(role=Role.SUPERVISOR)


@admin.register(ClientGrant)
class ClientGrantAdmin(GrantAdmin):
    holder = "client"
    list_display = ("client", "purpose_name", "state", "since", "until")
    list_filter = (StateFilter, ClientFilter)
    list_select_related = ("client", "purpose")
    empty_says = _("No client may use any purpose yet. Add the purposes that each one works for.")
    fields = ("client", "purpose", "active_from", "active_until")
    verbs = (
        end_verb(
            "clientgrant",
            _("From the next call on the purpose does not exist for this client."),
        ),
    )

    def holders(self) -> Any:
        return ApiClient.objects.active()

    def response_post_save_add(self, request: HttpRequest, obj: ClientGrant) -> HttpResponse:
        """Back to the page of the client, from which a purpose is granted."""
        return HttpResponseRedirect(
            reverse("admin:accounts_apiclient_change", args=[obj.client_id])
        )
