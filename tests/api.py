"""How tests call the API: as a client with a key of its own."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import ApiClient

AT = "/api/v1/"


def issued(client: ApiClient, days: int = 30) -> str:
    """The text of a new key of ``client``."""
    return client.issue_key(until=timezone.now() + timedelta(days=days))[1]


class Caller:
    """``caller.post("checks/", {…})``: as ``client``, with its key."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client
        self.web = Client(headers={"Authorization": f"Bearer {issued(client)}"})

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.web.get(AT + path, query, headers=_named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.web.post(
            AT + path, body, content_type="application/json", headers=_named(headers)
        )


def _named(headers: dict[str, str]) -> dict[str, str]:
    """``Idempotency_Key`` as a header is spelt."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
