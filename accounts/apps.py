from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People of the house")
    role_permissions = {
        "DPO": ["view_user", "add_user", "change_user"],
        "Auditor": ["view_user"],
    }

    def ready(self) -> None:
        from accounts import jobs  # noqa: F401 (registers with the ground)
        from accounts.roles import synchronise_after_migrate

        post_migrate.connect(synchronise_after_migrate, dispatch_uid="accounts.roles")
