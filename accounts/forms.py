"""The forms of signing in and of keeping users."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class LoginForm(AdminAuthenticationForm):
    """One answer for every failure: nobody learns who has an account."""

    username = UsernameField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        # Translators: "Nieprawidłowy e-mail lub hasło."
        "invalid_login": _("Wrong e-mail or password."),
    }


class OwnPasswordForm(AdminPasswordChangeForm):
    """One's own password, by the old one."""

    def clean_new_password1(self) -> str:
        new = self.cleaned_data["new_password1"]
        if new == self.cleaned_data.get("old_password"):
            raise ValidationError(_("This is your old password. Choose another one."))
        return new

    def save(self, commit: bool = True) -> Any:
        self.user.choose_password(self.cleaned_data["new_password1"])
        return self.user
