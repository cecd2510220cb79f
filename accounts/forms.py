"""The forms of signing in and of keeping users."""

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import UsernameField
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
