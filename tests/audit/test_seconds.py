"""What the worker does every second goes on whatever else happens."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from audit.jobs import Seconds, each_second, seconds

LONG = 10.0  # seconds a test waits at most


@pytest.fixture(autouse=True)
def _alone_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seconds, "_functions", [])
    monkeypatch.setattr(seconds, "EVERY", 0.01)
    monkeypatch.setattr(seconds, "REST", 0.01)


class Counted:
    """Called until ``times`` times, then ``enough`` is set."""

    def __init__(self, times: int, then: Callable[[], Any] = lambda: None) -> None:
        self.left, self.then, self.enough = times, then, threading.Event()
        self.__qualname__ = "counted"

    def __call__(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self.enough.set()
        self.then()


def test_it_is_done_again_and_again() -> None:
    counted = Counted(3)
    each_second(counted)
    with Seconds():
        assert counted.enough.wait(LONG)


def test_one_that_fails_is_done_again_and_keeps_no_other_from_its_work(caplog: Any) -> None:
    failing, other = Counted(2, then=lambda: 1 / 0), Counted(2)
    each_second(failing)
    each_second(other)
    with Seconds():
        assert failing.enough.wait(LONG)
        assert other.enough.wait(LONG)
    assert "counted failed" in caplog.text


def test_one_that_hangs_keeps_no_other_from_its_work() -> None:
    free = threading.Event()
    hanging, other = Counted(1, then=free.wait), Counted(2)
    each_second(hanging)
    each_second(other)
    with Seconds():
        assert hanging.enough.wait(LONG)
        assert other.enough.wait(LONG)
        free.set()


def test_it_ends_with_the_worker() -> None:
    each_second(Counted(1))
    running = Seconds()
    with running:
        assert running.threads[0].is_alive()
    assert not running.threads[0].is_alive()
