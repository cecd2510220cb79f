"""The view that every endpoint begins as."""

from typing import Any, ClassVar

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.authentication import KeyAuthentication
from accounts.api.permissions import HasScope
from accounts.models import ApiClient
from audit.act import become
from audit.choices import Way


class ApiView(APIView):
    """JSON for clients with a key; what it changes is attributed to the client.

    ``scope`` is what a client needs, empty for any; ``scopes`` tells methods that need another.
    """

    authentication_classes = (KeyAuthentication,)
    permission_classes = (HasScope,)
    renderer_classes = (JSONRenderer,)
    scope: ClassVar[str] = ""
    scopes: ClassVar[dict[str, str]] = {}

    def initial(self, request: Request, *args: Any, **options: Any) -> None:
        super().initial(request, *args, **options)
        become(by=None, name=self.client.name, way=Way.API)

    @property
    def client(self) -> ApiClient:
        return self.request.user
