from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Hello(APIView):
    """Reads a body and answers; asks no key and no database."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def post(self, request: Request) -> Response:
        return Response({"hello": "world", "read": len(request.data)})


urlpatterns = [path("hello/", Hello.as_view()), path("", include("ccgdpr.urls"))]
