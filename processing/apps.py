from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

REGISTERS = (
    "processingactivity",
    "purpose",
    "channelrule",
    "activityprocessor",
    "activitytool",
    "activityrecipient",
    "activitytransfer",
    "recipient",
    "retentionrule",
    "retentiontrigger",
)


class ProcessingConfig(AppConfig):
    name = "processing"
    verbose_name = _("Record of processing activities")
    role_permissions = {
        "DPO": [
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("view", "add", "change")),
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("import", "export")),
            "view_purposegrant",
            "add_purposegrant",
            "change_purposegrant",
            "view_clientgrant",
            "add_clientgrant",
            "change_clientgrant",
        ],
        "Approver": [*(f"view_{model}" for model in REGISTERS), "approve_service_nature"],
        "Auditor": [
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("view", "export")),
            "view_purposegrant",
            "view_clientgrant",
        ],
    }

    def ready(self) -> None:
        from processing import expiries, findings, panels  # noqa: F401 (register with the ground)
        from processing.catalogue import create_after_migrate

        post_migrate.connect(create_after_migrate, sender=self, dispatch_uid="processing.catalogue")
