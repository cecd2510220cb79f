"""The description of the API, for programs and for people: without data, so anybody reads it."""

from functools import cache
from typing import Any

from django.utils import translation
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response


class Description(SpectacularAPIView):
    """OpenAPI 3.1 in English, as JSON or YAML by the ``Accept`` header."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def get(self, request: Request, *args: Any, **options: Any) -> Response:
        return Response(described())


@cache
def described() -> dict[str, Any]:
    """The description, made once in a process: whoever asks often costs nothing."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(public=True)


class Documentation(TemplateView):
    """Swagger UI without a line of script in the page: the content security policy allows none."""

    template_name = "api/documentation.html"
