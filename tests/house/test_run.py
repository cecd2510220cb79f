"""``make run``: both processes in one foreground group, and none of them left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.floors import HOUSE


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def house(directory: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"DATA_DIR": str(directory), "DEBUG": "1", "PORT": str(port)}
    environment |= {"DJANGO_SETTINGS_MODULE": "ccgdpr.settings", "ALLOWED_HOSTS": "127.0.0.1"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "bin/run.py"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(
        command, cwd=HOUSE, env=environment, text=True, start_new_session=True, **streams
    ) as process:
        yield process
        if _lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def _read_until_open(house: subprocess.Popen[str]) -> str:
    said = ""
    for line in house.stdout or ():
        said += line
        if "is open" in line:
            return said
    pytest.fail(f"The house did not open:\n{said}")


def _is_gone(group: int) -> bool:
    """Whether the group ends within ten seconds: a web process notices that its parent died."""
    deadline = time.monotonic() + 10
    while _lives(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not _lives(group)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _process_of(group: int, words: str) -> int:
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return min(pid for pid in pids if words in _command(pid) and os.getpgid(pid) == group)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:  # it has ended meanwhile
        return ""


def test_it_says_the_address_and_the_logins_and_serves_pages(
    house: subprocess.Popen[str], port: int
) -> None:
    said = _read_until_open(house)
    assert f"http://127.0.0.1:{port}/" in said
    assert all(f"{who}@ccgdpr.example" in said for who in ("dpo", "supervisor", "auditor"))
    for page in ("admin/login/", "static/ccgdpr/admin.css"):
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}").status == 200


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_leaves_no_process_behind(house: subprocess.Popen[str], times: int) -> None:
    _read_until_open(house)
    for _ in range(times):
        os.killpg(house.pid, signal.SIGINT)
    assert house.wait(30) == 0
    assert _is_gone(house.pid)


@pytest.mark.parametrize("words", ["gunicorn", "manage.py worker"])
def test_when_one_process_dies_the_house_closes(house: subprocess.Popen[str], words: str) -> None:
    _read_until_open(house)
    os.kill(_process_of(house.pid, words), signal.SIGKILL)
    assert house.wait(30) == 1
    assert _is_gone(house.pid)


def test_a_taken_port_is_named(house: subprocess.Popen[str], port: int) -> None:
    _read_until_open(house)
    environment = os.environ | {"PORT": str(port)}
    second = subprocess.run(
        [sys.executable, "bin/run.py"], cwd=HOUSE, env=environment, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert f"Port {port} is taken" in second.stderr
