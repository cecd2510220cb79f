from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

EDITED = ("leadsource", "sourcewording", "consentwording", "mappingpreset")
SEEN = (
    "datasubject",
    "contactpoint",
    "acquisition",
    "namedcontroller",
    "wordingreview",
    "consentevent",
    "consent",
    "restriction",
    "suppression",
    "consentimport",
)
VERBS = ("record_consent", "record_no", "lift_restriction", "reassign_contact", "review_wording")


class ConsentsConfig(AppConfig):
    name = "consents"
    verbose_name = _("Consents")
    role_permissions = {
        "DPO": [
            *(f"{verb}_{model}" for model in EDITED for verb in ("view", "add", "change")),
            *(f"view_{model}" for model in SEEN),
            "change_datasubject",
            "change_acquisition",
            "add_namedcontroller",
            "change_namedcontroller",
            "add_consentimport",
            *VERBS,
        ],
        # Whose risks they accept, that they see; no people.
        "Approver": [
            "view_consentwording",
            "view_wordingreview",
            "view_leadsource",
            "view_sourcewording",
        ],
        # Restrictive alone: a supervisor records what an agent heard, never a consent.
        "Supervisor": ["record_no"],
        "Auditor": [f"view_{model}" for model in (*EDITED, *SEEN)],
    }

    def ready(self) -> None:
        # They register with the ground.
        from consents import expiries, findings, jobs, older_notices, trail  # noqa: F401
        from consents.catalogue import create_after_migrate

        post_migrate.connect(create_after_migrate, sender=self, dispatch_uid="consents.catalogue")
