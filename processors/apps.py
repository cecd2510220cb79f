from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

REGISTERS = (
    "organisation",
    "processingagreement",
    "agreementclause",
    "subprocessor",
    "transfer",
    "automationtool",
    "toolacceptance",
)
CATALOGUES = ("clauseitem", "adequacydecision")
READ = (
    *(f"view_{model}" for model in (*REGISTERS, *CATALOGUES)),
    "view_agreementdocument",
    "view_documentcheck",
    "download_agreementdocument",
)


class ProcessorsConfig(AppConfig):
    name = "processors"
    verbose_name = _("Controllers and processors")
    role_permissions = {
        "DPO": [
            *READ,
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("add", "change")),
            *(f"{verb}_{model}" for model in REGISTERS for verb in ("import", "export")),
            *(f"{verb}_{model}" for model in CATALOGUES for verb in ("add", "change")),
            "add_agreementdocument",
            "answer_automationtool",
            "verify_automationtool",
            "retire_automationtool",
        ],
        # Art. 38(6): the DPO advises, the controller decides.
        "Approver": [*READ, "approve_automationtool", "retire_automationtool"],
        "Auditor": [*READ, *(f"export_{model}" for model in REGISTERS)],
    }

    def ready(self) -> None:
        from processors import checks, expiries, findings, jobs  # noqa: F401 (they register)
        from processors.catalogue import create_after_migrate
        from processors.documents import storing  # noqa: F401 (registers its sweep)

        post_migrate.connect(create_after_migrate, sender=self, dispatch_uid="processors.catalogue")
