"""Asks ccgdpr. The examples beside it need this and Python's own library, nothing else.

export CCGDPR_URL=https://ccgdpr.example/api/v1/
export CCGDPR_KEY=ccgdpr_…
"""

import json
import os
import urllib.request
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

SECONDS = 10


class Refused(Exception):
    """The problem document of an answer that is none: ``status``, ``code``, ``detail``, more."""

    def __init__(self, problem: dict[str, Any], wait: int | None = None) -> None:
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']}")
        self.problem, self.code, self.wait = problem, problem["code"], wait


def get(path: str, **query: Any) -> Any:
    return _asked(path + ("?" + urlencode(query) if query else ""))


def post(path: str, body: Any, **headers: str) -> Any:
    """``Idempotency_Key="…"`` is sent as the header ``Idempotency-Key``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = json.dumps(body).encode()
    return _asked(path, data, {"Content-Type": "application/json", **named})


def _asked(path: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    key = {"Authorization": "Bearer " + os.environ["CCGDPR_KEY"], "Accept": "application/json"}
    address = os.environ["CCGDPR_URL"] + path
    request = urllib.request.Request(address, data, {**key, **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except HTTPError as error:
        with error:
            wait = error.headers.get("Retry-After")
            raise Refused(json.load(error), int(wait) if wait else None) from error
