from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedConfig(AppConfig):
    name = "feed"
    verbose_name = _("Change feed")
    role_permissions = {"DPO": ["view_follower"], "Auditor": ["view_follower"]}

    def ready(self) -> None:
        from feed import jobs  # noqa: F401 (it registers with the ground)
