from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What was answered and handed out, never who was on it.
OVERSEEN = ("view_contactlist", "export_contactlist", "view_decision", "export_decision")


class ScreeningConfig(AppConfig):
    name = "screening"
    verbose_name = _("Screening")
    role_permissions = {
        "DPO": [
            "check_contact",
            "screen_dial_list",
            "view_handover",
            "answer_handover",
            *OVERSEEN,
        ],
        "Auditor": ["view_handover", *OVERSEEN],
        # Lists are for the floor alone (security.md 14): nobody else takes them out of the house.
        "Supervisor": [
            "check_contact",
            "export_consent_list",
            "screen_dial_list",
            "hand_over",
        ],
    }

    def ready(self) -> None:
        from consents.panels import register_obstacles
        from screening import making, panels, waiting  # noqa: F401 (they register with the ground)
        from screening.dialling import work  # noqa: F401
        from screening.obstacles import obstacles

        register_obstacles(obstacles)
