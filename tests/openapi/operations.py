"""What the description says, as tests walk over it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ccgdpr.openapi import described


class Operation(NamedTuple):
    """``POST /api/v1/checks/`` and what is said of it."""

    method: str
    path: str
    says: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def bodies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What goes in and what comes out where all is well, by name; binary files aside."""
        asked = self.says.get("requestBody", {}).get("content", {})
        yield from ((f"request {kind}", body) for kind, body in asked.items())
        for code, answer in self.says["responses"].items():
            for kind, body in answer.get("content", {}).items():
                if code < "300" and body["schema"].get("format") != "binary":
                    yield f"{code} {kind}", body


def operations() -> list[Operation]:
    return [
        Operation(method.upper(), path, says)
        for path, methods in described()["paths"].items()
        for method, says in methods.items()
    ]
