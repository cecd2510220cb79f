"""A client that records what people say about one purpose at one source."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from accounts.models import ApiClient
from consents.choices import SuppressionOrigin, SuppressionScope
from consents.models import Suppression
from consents.services import suppress
from processing.models import Purpose
from tests.api import Caller, issued
from tests.factories import ApiClientFactory, ClientGrantFactory, PurposeFactory, SourceFactory

NUMBER = "+48601602603"
AT_TEN = "2026-03-02T10:00:00Z"
AT_NOON = "2026-03-02T12:00:00Z"


class House:
    def __init__(self, **client: Any) -> None:
        self.client: ApiClient = ApiClientFactory(**client)
        self.purpose = self.granted(PurposeFactory(slug="newsletter"))
        self.source = SourceFactory(slug="web-form")
        self.caller = Caller(self.client)
        self.key = issued(self.client)

    def granted(self, purpose: Purpose) -> Purpose:
        return ClientGrantFactory(client=self.client, purpose=purpose).purpose

    @property
    def controller(self) -> Any:
        return self.purpose.activity.controller

    def item(self, kind: str = "given", **changes: Any) -> dict[str, Any]:
        return {
            "kind": kind,
            "contact": NUMBER,
            "purpose": "newsletter",
            "channel": "voice",
            "source": "web-form",
            "method": "form",
            "occurred_at": AT_TEN,
            **changes,
        }

    def post(self, *items: dict[str, Any], key: str = "", **body: Any) -> Any:
        headers = {"Idempotency_Key": key or str(uuid4())}
        return self.caller.post("events/", {"events": list(items), **body}, **headers)

    def told(self, *items: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
        """The results of recording ``items``."""
        answer = self.post(*items, **options)
        assert answer.status_code == 201, answer.content
        return answer.json()["results"]

    def objects(self, key: str = "", **body: Any) -> Any:
        body = {"contact": NUMBER, "kind": "objection", **body}
        return self.caller.post("objections/", body, Idempotency_Key=key or str(uuid4()))

    def erased(self, contact: str = NUMBER) -> Suppression:
        return suppress(
            self.controller,
            "phone",
            contact,
            origin=SuppressionOrigin.ERASURE,
            scope=SuppressionScope.ALL,
        )


def codes(answer: Any) -> Iterator[tuple[str, str]]:
    """Pointers and codes of all that was wrong with the items of ``answer``."""
    for item in answer.json()["items"]:
        for part in item["errors"]:
            yield part["pointer"], part["code"]
