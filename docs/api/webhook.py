"""Receives webhooks: takes a message only if its signature proves that ccgdpr sent it.

    export CCGDPR_SECRET=whsec_…
    python webhook.py        # behind a proxy that speaks HTTPS

A message can come twice (its ``webhook-id`` says so) and it can come late; whoever must not miss
one follows the feed as well.
"""

import base64
import hmac
import json
import os
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any
from wsgiref.simple_server import make_server

SECONDS_LATE = 5 * 60
LONGEST = 1024 * 1024
seen: set[str] = set()  # in earnest: a table


def application(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    length = int(environment.get("CONTENT_LENGTH") or 0)
    body = environment["wsgi.input"].read(length) if length <= LONGEST else b""
    name = environment.get("HTTP_WEBHOOK_ID", "")
    if not is_signed(environment, body):
        start("401 Unauthorized", [("Content-Length", "0")])
        return []
    if name not in seen:
        act_on(json.loads(body))
        seen.add(name)
    start("204 No Content", [])
    return []


def is_signed(environment: dict[str, Any], body: bytes) -> bool:
    """Standard Webhooks: one of the signatures is ours, and the message is of these minutes."""
    name, sent = (environment.get(f"HTTP_WEBHOOK_{what}", "") for what in ("ID", "TIMESTAMP"))
    if not sent.isdigit() or abs(time.time() - int(sent)) > SECONDS_LATE:
        return False
    key = base64.b64decode(os.environ["CCGDPR_SECRET"].removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{sent}.".encode() + body, sha256).digest()
    ours = "v1," + base64.b64encode(digest).decode()
    # Two while the secret changes: of the old one and of the new.
    given = environment.get("HTTP_WEBHOOK_SIGNATURE", "").split(" ")
    return any(hmac.compare_digest(each.encode(), ours.encode()) for each in given)


def act_on(message: dict[str, Any]) -> None:
    """Take the contacts off every queue; what is not known is let pass."""
    kind, data = message["type"], message["data"]
    for change in data.get("changes", []):
        print(kind, change["contact"], change["purpose"] or "*", change["channel"] or "*")
    for member in data.get("contacts", []):
        print(kind, data["list"], member["contact"], *member["reasons"])


if __name__ == "__main__":
    make_server("127.0.0.1", 8081, application).serve_forever()
