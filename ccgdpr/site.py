from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.forms import LoginForm
from ccgdpr.dashboard import dashboard
from ccgdpr.findings import PER_RULE, broken_rules, may_see_findings, totals
from ccgdpr.menu import menu_for
from ccgdpr.settings import BASE_DIR


def room_urls() -> list[URLPattern]:
    """Screens that belong to no register, of every app that has some."""
    ours = [config for config in apps.get_app_configs() if Path(config.path).parent == BASE_DIR]
    names = [f"{config.name}.urls" for config in ours]
    modules = [import_module(name) for name in names if find_spec(name)]
    return [url for module in modules for url in getattr(module, "admin_urls", ())]


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

    def get_urls(self) -> list[Any]:
        """The registers, and before them what rooms add in ``<app>/urls.py`` as ``admin_urls``."""
        findings = path("findings/", self.admin_view(self.findings_view), name="findings")
        return [findings, *(self._guarded(each) for each in room_urls()), *super().get_urls()]

    def _guarded(self, url: URLPattern) -> URLPattern:
        return URLPattern(url.pattern, self.admin_view(url.callback), url.default_args, url.name)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().index(request, {**dashboard(request.user), **(extra_context or {})})

    def findings_view(self, request: HttpRequest) -> HttpResponse:
        """Every rule that is broken, with the first records that break it."""
        if not may_see_findings(request.user):
            raise PermissionDenied
        broken = broken_rules(request.user)
        context = {
            **self.each_context(request),
            "title": _("Findings"),
            "broken": broken,
            "totals": totals(broken),
            "per_rule": PER_RULE,
        }
        return TemplateResponse(request, "admin/all_findings.html", context)
