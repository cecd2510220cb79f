from collections.abc import Callable
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.contrib import admin, messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import LoginForm, OwnPasswordForm
from audit.way_back import carry_on, take_from, way_back
from ccgdpr.coming import coming_context
from ccgdpr.dashboard import dashboard
from ccgdpr.findings_page import findings_context
from ccgdpr.menu import CHECK, menu_for
from ccgdpr.settings import BASE_DIR


def is_ours(config: AppConfig) -> bool:
    return Path(config.path).parent == BASE_DIR


# What somebody may do whose password is known to somebody else.
WITH_A_GIVEN_PASSWORD = ("admin:password_change", "admin:logout", "admin:jsi18n")


def _own_password_first(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead whoever has a password that somebody else set to choosing another one."""

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        name = request.resolver_match.view_name
        if not request.user.password_is_given or name in WITH_A_GIVEN_PASSWORD:
            return view(request, *args, **options)
        messages.warning(request, _("Somebody else set your password. Choose one of your own."))
        return redirect("admin:password_change")

    return led


def _with_a_way_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead whoever came to mend a finding on with the way back to it."""

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        tokens = take_from(request)
        return carry_on(view(request, *args, **options), tokens)

    return led


def room_urls() -> list[URLPattern]:
    """Screens that belong to no register, of every app that has some."""
    names = [f"{config.name}.urls" for config in apps.get_app_configs() if is_ours(config)]
    modules = [import_module(name) for name in names if find_spec(name)]
    return [url for module in modules for url in getattr(module, "admin_urls", ())]


class HouseSite(admin.AdminSite):
    """The one door: the admin with a menu by job and a dashboard instead of a list of apps."""

    site_title = site_header = "ccgdpr"
    index_title = _("Dashboard")
    site_url = None
    login_form = LoginForm
    enable_nav_sidebar = True
    # One mark for "nothing" on every screen; stock Django has a hyphen.
    empty_value_display = "\N{EM DASH}"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if context["has_permission"]:
            context["menu"] = menu_for(request)
            context["way_back"] = way_back(request)
            if CHECK.is_open_to(request.user):
                context["check_url"] = reverse(CHECK.url_name)
        return context

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        """Records of the house alone: groups follow from roles, no screen shows libraries' logs."""
        single = isinstance(model_or_iterable, type)
        models = [model_or_iterable] if single else model_or_iterable
        if ours := [model for model in models if is_ours(model._meta.app_config)]:
            super().register(ours, *args, **options)

    def get_urls(self) -> list[Any]:
        """The registers, and before them what rooms add in ``<app>/urls.py`` as ``admin_urls``."""
        view = self.admin_view(require_safe(self.findings_view))
        findings = path("findings/", view, name="findings")
        coming = path("coming/", self.admin_view(require_safe(self.coming_view)), name="coming")
        return [
            findings,
            coming,
            *(self._guarded(each) for each in room_urls()),
            *super().get_urls(),
        ]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Stock Django answers PUT, PATCH and DELETE on its pages as if they were GET."""
        spoken = require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
        return super().admin_view(spoken(_own_password_first(_with_a_way_back(view))), cacheable)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)

    def _guarded(self, url: URLPattern) -> URLPattern:
        return URLPattern(url.pattern, self.admin_view(url.callback), url.default_args, url.name)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().index(request, {**dashboard(request.user), **(extra_context or {})})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Apps are the builders' floors, not a person's: the menu leads by job."""
        return redirect("admin:index")

    def findings_view(self, request: HttpRequest) -> HttpResponse:
        """Every rule that is broken, with the first records that break it."""
        context = {**findings_context(request), **self.each_context(request)}
        context["title"] = _("Findings")
        return TemplateResponse(request, "admin/all_findings.html", context)

    def coming_view(self, request: HttpRequest) -> HttpResponse:
        """What ends within 90 days, kind by kind."""
        context = {**coming_context(request), **self.each_context(request)}
        return TemplateResponse(request, "admin/coming.html", context)
