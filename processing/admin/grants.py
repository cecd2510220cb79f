"""Who may use which purpose: given by the DPO, ended by the DPO, never deleted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import User
from audit import display
from audit.admin import AuditedAdmin, ReasonedForm, Verb, VerbsAdmin
from audit.lists import RegisterList, SavedView
from processing.admin import shown
from processing.models import PurposeGrant


class EndForm(ReasonedForm):
    def perform(self) -> None:
        self.record.end()


def _is_running(grant: PurposeGrant) -> bool:
    return not grant.is_ended


class SupervisorFilter(admin.SimpleListFilter):
    title = _("supervisor")
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(user.pk), user) for user in User.objects.filter(role=Role.SUPERVISOR)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(user=self.value()) if self.value() else queryset


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


@admin.register(PurposeGrant)
class PurposeGrantAdmin(RegisterList, VerbsAdmin, AuditedAdmin):
    list_display = ("user", "purpose_name", "state", "since", "until")
    list_filter = (StateFilter, SupervisorFilter)
    list_select_related = ("user", "purpose")
    search_fields = ("purpose__name_pl", "purpose__name_en", "purpose__slug")
    search_help_text = _("Purpose or its key")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Active"), {"state": "now"}),
        SavedView(_("Ended"), {"state": "ended"}),
    )
    fields = ("user", "purpose", "active_from", "active_until")
    verbs = (
        Verb(
            "end",
            # Translators: "Zakończ uprawnienie"
            _("End the grant"),
            "processing.change_purposegrant",
            EndForm,
            _("The grant has ended."),
            says=_("From now on this person can make no list and no check for this purpose."),
            tone="danger",
            offered=_is_running,
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: PurposeGrant | None = None) -> bool:
        # A grant is given and ended; nobody rewrites to whom it was given.
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "user":
            options["queryset"] = User.objects.active().filter(role=Role.SUPERVISOR)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def badge(self, record: PurposeGrant) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("Purpose"), ordering="purpose__name_pl")
    def purpose_name(self, grant: PurposeGrant) -> str:
        return grant.purpose.name

    @admin.display(description=_("State"), ordering="active_until")
    def state(self, grant: PurposeGrant) -> SafeString:
        words = (_("Planned"), _("Active"), _("Ended"))
        return shown.period(grant.active_from, grant.active_until, words=words)

    @admin.display(description=_("From"), ordering="active_from")
    def since(self, grant: PurposeGrant) -> str:
        return display.day(grant.active_from)

    @admin.display(description=_("Until"), ordering="active_until")
    def until(self, grant: PurposeGrant) -> str:
        return display.day(grant.active_until)
