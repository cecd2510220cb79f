"""What the screens of this room share: who may open one, and its frame."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

CHECK = "screening.check_contact"
LIST = "screening.export_consent_list"
SCREEN = "screening.screen_dial_list"


def require(request: HttpRequest, *permissions: str) -> None:
    """One of ``permissions``. Raises PermissionDenied."""
    if not any(map(request.user.has_perm, permissions)):
        raise PermissionDenied


def page(
    request: HttpRequest, template: str, title: Any, *, status: int = 200, **context: Any
) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    path = f"admin/screening/{template}.html"
    return TemplateResponse(request, path, context, status=status)
