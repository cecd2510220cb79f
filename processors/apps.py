from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessorsConfig(AppConfig):
    name = "processors"
    verbose_name = _("Controllers and processors")
    role_permissions = {
        "DPO": [
            "view_organisation",
            "add_organisation",
            "change_organisation",
            "import_organisation",
            "export_organisation",
        ],
        "Approver": ["view_organisation"],
        "Auditor": ["view_organisation", "export_organisation"],
    }

    def ready(self) -> None:
        from processors import findings  # noqa: F401 (registers the rules)
