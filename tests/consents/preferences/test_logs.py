"""No log of the running house holds what opens a person's page (security.md 11, 36)."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.consents.preferences.people import Person
from tests.process import HOUSE, environment

pytestmark = [pytest.mark.django_db(transaction=True)]
SECONDS = 60


class House:
    """A real gunicorn that writes an access log, and what it wrote."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = ["-m", "gunicorn", "ccgdpr.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [sys.executable, *command, "--access-logfile", "-", "--no-control-socket"],
            cwd=HOUSE,
            env=environment() | {"DEBUG": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, path: str) -> int:
        deadline = time.monotonic() + SECONDS
        while True:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
            try:
                connection.request("GET", path)
                return connection.getresponse().status
            except ConnectionRefusedError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            finally:
                connection.close()

    def closed(self) -> str:
        self.process.terminate()
        return self.process.communicate(timeout=SECONDS)[0]


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    if house.process.poll() is None:
        house.process.kill()
        house.process.communicate()


def test_the_servers_log_has_lines_without_links(house: House) -> None:
    person = Person()
    for path in (person.page, person.unsubscribe, person.page + "x", "/z/c/abcdefgh/?lang=pl"):
        house.get(path)
    log = house.closed()
    assert log.count('"GET /z/') >= 4
    for secret in (person.page, person.unsubscribe, "abcdefgh"):
        assert secret.removesuffix("/") not in log
