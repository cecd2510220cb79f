from django.apps import AppConfig
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
