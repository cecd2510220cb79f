from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class HouseConfig(AppConfig):
    name = "ccgdpr"
    verbose_name = _("Compliance back office")

    def ready(self) -> None:
        from ccgdpr import jobs  # noqa: F401 (registers the daily work)


class HouseAdminConfig(AdminConfig):
    default_site = "ccgdpr.site.HouseSite"
