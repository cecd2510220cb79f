"""What the worker does every second, beside its jobs: each in a thread of its own.

A job may take minutes and a peer may answer slowly; neither delays the others.
"""

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from django.db import connections

log = logging.getLogger(__name__)
EVERY = 1.0  # seconds
# What failed rests for as long: a database that is away would fill the log.
REST = 10.0

_functions: list[Callable[[], object]] = []


def each_second(function: Callable[[], object]) -> Callable[[], object]:
    """Register something that must not wait for the jobs; several workers may do it at once."""
    _functions.append(function)
    return function


class Seconds:
    """Does within its block what was registered, over and over."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self._repeat, args=[each], daemon=True) for each in _functions
        ]

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _repeat(self, function: Callable[[], object]) -> None:
        wait = 0.0
        while not self.over.wait(wait):
            wait = EVERY if _done(function) else REST


def _done(function: Callable[[], object]) -> bool:
    """Whether it went well; the connection is given back either way."""
    try:
        function()
    except Exception:
        log.exception("%s failed", function.__qualname__)
        return False
    finally:
        connections.close_all()
    return True
