from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.forms import LoginForm
from ccgdpr.dashboard import dashboard
from ccgdpr.menu import menu_for


class HouseSite(admin.AdminSite):
    """The one door: the admin with a menu by job and a dashboard instead of a list of apps."""

    site_title = site_header = "ccgdpr"
    index_title = _("Dashboard")
    site_url = None
    login_form = LoginForm
    enable_nav_sidebar = True

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if context["has_permission"]:
            context["menu"] = menu_for(request)
        return context

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().index(request, {**dashboard(request.user), **(extra_context or {})})
