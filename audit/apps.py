from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Oversight")
    role_permissions = {
        "DPO": [
            "view_trail",
            "view_accessevent",
            "export_accessevent",
            "view_job",
            "view_findingacknowledgement",
            "acknowledge_finding",
        ],
        "Approver": [
            "view_trail",
            "view_accessevent",
            "view_findingacknowledgement",
            "accept_risk",
        ],
        "Auditor": [
            "view_trail",
            "view_accessevent",
            "export_accessevent",
            "view_findingacknowledgement",
        ],
    }

    def ready(self) -> None:
        from django.contrib.admin.templatetags import admin_list

        from audit import checks  # noqa: F401 (registers the system checks)
        from audit.display import yes_or_no
        from audit.triggers import install_after_migrate, lift_before_migrate

        # Stock Django draws a red cross for every no, and calls it "False" in any language.
        admin_list._boolean_icon = yes_or_no

        # Once, before the first table is touched.
        pre_migrate.connect(lift_before_migrate, sender=self, dispatch_uid="audit.triggers")
        # A SQLite table rebuild drops triggers silently, hence after every migrate.
        post_migrate.connect(install_after_migrate, dispatch_uid="audit.triggers")
