from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedConfig(AppConfig):
    name = "feed"
    verbose_name = _("Change feed")
    role_permissions = {
        "DPO": [
            "view_follower",
            "view_webhookendpoint",
            "add_webhookendpoint",
            "change_webhookendpoint",
            "view_delivery",
            "resend_delivery",
        ],
        "Auditor": ["view_follower", "view_webhookendpoint", "view_delivery"],
    }

    def ready(self) -> None:
        from feed import findings, jobs, panels  # noqa: F401 (they register with the ground)
        from feed.webhooks import findings as of_webhooks  # noqa: F401
        from feed.webhooks import panels as on_webhooks  # noqa: F401
        from feed.webhooks import work  # noqa: F401
