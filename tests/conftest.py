"""What every test stands on. Fixtures that one folder alone needs live in that folder."""

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import TransactionTestCase
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from screening import rows
from tests.restoring import House

LONG = ("tests/house/", "tests/desk/", "tests/openapi/", "tests/acceptance/")
CI = os.environ.get("CI") == "true"


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        program = mark.args[0]
        if shutil.which(program) is None:
            (pytest.fail if CI else pytest.skip)(f"{program} is not installed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole house first: the longest files, begun last, would end long after all."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True, scope="session")
def _restored(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Put the house back after tests that commit: the append-only tables refuse Django's flush."""
    with django_db_blocker.unblock():
        house = House()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: house.restore())
        yield


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Refuse every connection that would leave the machine."""
    connect = socket.socket.connect

    def refuse_or_connect(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and not _is_loopback(address):
            raise PermissionError(f"A test tried to reach {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse_or_connect)
        yield


def _is_loopback(address: object) -> bool:
    host = str(address[0]) if isinstance(address, tuple) else ""
    return host in ("localhost", "::1") or host.startswith("127.")


@pytest.fixture(autouse=True)
def _registers_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests change registers and ask in the same second; what is kept has tests of its own."""
    monkeypatch.setattr(rows, "KEPT", timedelta())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, once per file: it leaves no event loop behind for the next."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, in which Django would refuse the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh page of the running house: ``page.goto("/admin/")``."""
    with chromium.new_context(base_url=live_server.url, locale="pl-PL") as context:
        yield context.new_page()
