from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

EDITED = ("balancequestion", "balancetest", "balanceanswer", "balanceimpact")


class LegitimateInterestConfig(AppConfig):
    name = "legitimate_interest"
    verbose_name = _("Legitimate interests")
    role_permissions = {
        "DPO": [
            *(f"{verb}_{model}" for model in EDITED for verb in ("view", "add", "change")),
            *(f"{verb}_{model}" for model in EDITED for verb in ("import", "export")),
            "advise_balancetest",
        ],
        "Approver": [
            *(f"view_{model}" for model in EDITED),
            "approve_balancetest",
        ],
        "Auditor": [f"{verb}_{model}" for model in EDITED for verb in ("view", "export")],
    }

    def ready(self) -> None:
        from legitimate_interest import expiries, findings, panels, trail  # noqa: F401 (register)
        from legitimate_interest.catalogue import create_after_migrate

        post_migrate.connect(
            create_after_migrate, sender=self, dispatch_uid="legitimate_interest.catalogue"
        )
