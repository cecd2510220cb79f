"""How long something takes, and how much memory it takes meanwhile."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

PAGE = os.sysconf("SC_PAGE_SIZE")


def timed(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


@contextmanager
def memory() -> Iterator[Callable[[], int]]:
    """How many bytes the process grew at most within the block, looked at every 10 ms."""
    before, seen, done = _resident(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            seen.append(_resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: max(0, max(seen) - before)
    finally:
        done.set()
        watcher.join()


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE
