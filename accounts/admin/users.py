"""The people who sign in: kept by the DPO, who gives nobody a role but others."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordMixin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import Role
from accounts.models import User
from audit import display
from audit.act import current_act
from audit.admin import AuditedAdmin, ReasonedForm, Verb, VerbForm, VerbsAdmin
from audit.lists import RegisterList, SavedView


class NewUserForm(BaseUserCreationForm):
    """The password is set by the DPO; the first sign-in asks the person for one of their own."""

    usable_password = None
    # No role by default: whoever adds a person says which.
    role = forms.ChoiceField(label=_("Role"), choices=[("", "---------"), *Role.choices])

    class Meta:
        model = User
        fields = ("email", "full_name", "role", "language")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def save(self, commit: bool = True) -> User:
        self.instance.password_is_given = True
        return super().save(commit)


class GiveRoleForm(ReasonedForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    field_order = ("role", "cause", "reason_text")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].initial = self.record.role

    def perform(self) -> None:
        self.record.assign_role(self.cleaned_data["role"], by=self.user)


class DeactivateForm(ReasonedForm):
    def perform(self) -> None:
        self.record.deactivate(by=self.user)


class ReactivateForm(ReasonedForm):
    def perform(self) -> None:
        self.record.reactivate()


class NewPasswordForm(SetPasswordMixin, VerbForm):
    password1, password2 = SetPasswordMixin.create_password_fields()
    field_order = ("password1", "password2")

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        self.validate_password_for_user(self.record)
        return super().clean() or self.cleaned_data

    def perform(self) -> None:
        self.record.be_given_password(self.cleaned_data["password1"])


def _is_oneself(user: User) -> Any:
    # Translators: "Zrobi to za Ciebie ktoś inny."
    return _("Somebody else has to do this for you.") if _asks(user) else ""


def _asks(user: User) -> bool:
    return current_act().by_id == user.pk


def _is_active(user: User) -> bool:
    return user.is_active


def _is_deactivated(user: User) -> bool:
    return not user.is_active


def _has_own_way(user: User) -> Any:
    """One's own password is changed with the old one, a superuser's on the command line."""
    if _asks(user):
        return _("Change your own password under your name at the top.")
    if user.is_superuser:
        return _("The password of a superuser is set on the command line.")
    return ""


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(role=self.value()) if self.value() else queryset


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("active", _("Active")), ("deactivated", _("Deactivated"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(is_active=self.value() == "active")


@admin.register(User)
class UserAdmin(RegisterList, VerbsAdmin, AuditedAdmin):
    list_display = ("full_name", "state", "role_name", "email", "last_seen")
    list_filter = (StateFilter, RoleFilter)
    ordering = ("full_name",)
    saved_views = (
        SavedView(pgettext_lazy("people", "All")),
        *(SavedView(role.label, {"role": role.value}) for role in Role),
        SavedView(_("Deactivated"), {"state": "deactivated"}),
    )
    fieldsets = (
        (None, {"fields": ("full_name", "email", "language")}),
        (_("Access"), {"fields": ("role_name", "state", "last_seen")}),
    )
    add_fieldsets = (
        (None, {"fields": ("full_name", "email", "role", "language")}),
        (_("Password"), {"fields": ("password1", "password2")}),
    )
    readonly_fields = ("role_name", "state", "last_seen")
    verbs = (
        Verb(
            "give-role",
            # Translators: "Nadaj rolę"
            _("Give role"),
            "accounts.change_user",
            GiveRoleForm,
            _("The role is given. It holds from the next page on."),
            blocked=_is_oneself,
        ),
        Verb(
            "set-password",
            # Translators: "Ustaw nowe hasło"
            _("Set new password"),
            "accounts.change_user",
            NewPasswordForm,
            _("The new password is set."),
            says=_(
                "The person is signed out everywhere, signs in with the new password and then "
                "chooses another one."
            ),
            blocked=_has_own_way,
        ),
        Verb(
            "reactivate",
            # Translators: "Przywróć dostęp"
            _("Reactivate"),
            "accounts.change_user",
            ReactivateForm,
            _("The person can sign in again."),
            offered=_is_deactivated,
        ),
        Verb(
            "deactivate",
            # Translators: "Odbierz dostęp"
            _("Deactivate"),
            "accounts.change_user",
            DeactivateForm,
            _("The person can no longer sign in."),
            says=_(
                "The person is signed out at once. What they did stays in the history of changes."
            ),
            tone="danger",
            blocked=_is_oneself,
            offered=_is_active,
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any
    ) -> Any:
        if obj is None:
            options["form"] = NewUserForm
        return super().get_form(request, obj, change, **options)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            obj.follow_role()

    def badge(self, record: User) -> SafeString | str:
        return self.state(record)

    @admin.display(description=_("State"), ordering="is_active")
    def state(self, user: User) -> SafeString:
        if user.is_active:
            return display.badge(_("Active"), "ok")
        return display.badge(_("Deactivated"), "off")

    @admin.display(description=_("Role"), ordering="role")
    def role_name(self, user: User) -> str:
        return user.get_role_display() or str(_("none"))

    @admin.display(description=_("Last signed in"), ordering="last_login")
    def last_seen(self, user: User) -> str:
        return display.moment(user.last_login) or str(_("never"))
