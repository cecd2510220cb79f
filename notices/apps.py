from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

REGISTERS = ("notice", "noticeversion", "noticeelement")
LINKS = ("versionpurpose", "versiontool", "versionrecipient", "elementcheck", "changeannouncement")


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Privacy notices")
    role_permissions = {
        "DPO": [
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("view", "add", "change")),
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("import", "export")),
            *(f"view_{model}" for model in LINKS),
            "change_elementcheck",
            "add_changeannouncement",
            "publish_noticeversion",
        ],
        "Approver": [*(f"view_{model}" for model in (*REGISTERS, *LINKS)), "approve_noticeversion"],
        "Auditor": [
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("view", "export")),
            *(f"view_{model}" for model in LINKS),
        ],
    }

    def ready(self) -> None:
        from notices import findings, panels, trail, waiting  # noqa: F401 (register with the ground)
        from notices.catalogue import create_after_migrate

        post_migrate.connect(create_after_migrate, sender=self, dispatch_uid="notices.catalogue")
