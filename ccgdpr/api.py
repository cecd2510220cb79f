"""Everything under /api/v1/: each app brings its own part."""

from django.urls import include, path
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.api.views import ApiView
from ccgdpr.openapi import Description, Documentation


class NoSuchPlace(ApiView):
    """Whatever is asked of an address that is none: a problem like every other."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: object, **options: object) -> None:
        raise NotFound


urlpatterns = [
    # Asked before every call: addresses are tried in this order.
    path("", include("screening.api.urls")),
    path("schema/", Description.as_view(), name="api_schema"),
    path("docs/", Documentation.as_view(), name="api_docs"),
    path("", include("processing.api.urls")),
    path("", include("notices.api.urls")),
    path("", include("consents.api.urls")),
    path("", include("feed.api.urls")),
    path("<path:_place>", NoSuchPlace.as_view()),
]
