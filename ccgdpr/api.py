"""Everything under /api/v1/: each app brings its own part."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.api import schema as schema  # describes the keys
from accounts.api.views import ApiView


class NoSuchPlace(ApiView):
    """Whatever is asked of an address that is none: a problem like every other."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: object, **options: object) -> None:
        raise NotFound


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    path("<path:_place>", NoSuchPlace.as_view()),
]
