"""The house opened at a port over the scratch database, as in production but for the log."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from audit.sql import is_postgresql

HOUSE = Path(__file__).resolve().parent.parent.parent
WORKERS, THREADS = 2, 4


@contextmanager
def served(log_checks: bool) -> Iterator[int]:
    """The port at which the house is open over the scratch database."""
    port = _free_port()
    command = (
        *(sys.executable, "-m", "gunicorn", "ccgdpr.limit.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "error"),
        *("--no-control-socket",),
    )
    changes = {
        "DATABASE_URL": _database_url(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "BEHIND_PROXY": "1",
        "LOG_CHECKS": "1" if log_checks else "0",
        "PYTHONWARNINGS": "ignore",
    }
    server = subprocess.Popen(command, cwd=HOUSE, env=os.environ | changes)
    try:
        _wait(lambda: _is_open(port) or server.poll() is not None)
        yield port
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database_url() -> str:
    """That of the scratch database, with the options that the house's own has."""
    name = connection.settings_dict["NAME"]
    if not is_postgresql():
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so() and time.monotonic() < until:
        time.sleep(0.1)


def _is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
