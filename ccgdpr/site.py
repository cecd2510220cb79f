from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class HouseSite(admin.AdminSite):
    """The one door: the admin with a menu by job and a dashboard instead of a list of apps."""

    site_title = site_header = "ccgdpr"
    index_title = _("Dashboard")
    enable_nav_sidebar = True
