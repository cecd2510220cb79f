from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People of the house")
    role_permissions = {
        "DPO": [
            "view_user",
            "add_user",
            "change_user",
            "view_apiclient",
            "add_apiclient",
            "change_apiclient",
            "view_apikey",
            "change_apikey",
        ],
        "Auditor": ["view_user", "view_apiclient", "view_apikey"],
    }

    def ready(self) -> None:
        # They register with the ground.
        from accounts import expiries, findings, usage  # noqa: F401
        from accounts.roles import synchronise_after_migrate

        post_migrate.connect(synchronise_after_migrate, dispatch_uid="accounts.roles")
