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
    def contents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What goes in and what comes out, by name: ``request application/json``, ``200 …``."""
        sides = {"request": self.says.get("requestBody", {}), **self.says["responses"]}
        for side, said in sides.items():
            yield from ((f"{side} {kind}", body) for kind, body in said.get("content", {}).items())

    @property
    def bodies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Those of a call that goes well; files aside."""
        for name, body in self.contents:
            is_file = body["schema"].get("format") == "binary"
            if name.startswith(("request", "2")) and not is_file:
                yield name, body


def operations() -> list[Operation]:
    return [
        Operation(method.upper(), path, says)
        for path, methods in described()["paths"].items()
        for method, says in methods.items()
    ]
