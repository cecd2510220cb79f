"""Runs the tests on every database that this machine offers, and names what could not run.

`make test` calls it, and `make fuzz` with --postgresql: on that alone. Other arguments go on to
pytest. PostgreSQL is the server that DATABASE_URL names, else a temporary one from the system's own
binaries. Under CI=true a missing part is a failure.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI") == "true"
POSTGRESQL_ALONE = "--postgresql"
# What the tests need beyond Python, with Debian's packages of it; Chromium brings no letters.
PROGRAMS = {"chromium": ["chromium", "fonts-dejavu-core"], "xgettext": ["gettext"]}
PARTS = {"chromium": "browser tests", "xgettext": "the check that the catalogue holds every text"}
# Libraries that PDF documents are drawn with.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
}


def main(arguments: list[str]) -> int:
    # An end from outside must not leave the temporary server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _install_missing()
    missing = [PARTS[name] for name in PROGRAMS if not shutil.which(name)]
    if not all(_is_library(name) for name in LIBRARIES):
        missing.append("tests of PDF documents")
    failed = []
    if POSTGRESQL_ALONE in arguments:
        arguments.remove(POSTGRESQL_ALONE)
    elif _pytest("SQLite", arguments):
        failed.append("SQLite")
    with _postgresql() as url:
        if not url:
            missing.append("every test on PostgreSQL")
        elif _pytest("PostgreSQL", arguments, DATABASE_URL=url):
            failed.append("PostgreSQL")
    return _report(failed, missing)


def _pytest(database: str, arguments: list[str], **environment: str) -> int:
    print(f"\n=== Tests on {database} ===", flush=True)
    # One more than there are cores: many tests wait for another process or a browser. A file stays
    # with one of them, so that what its tests share is made once.
    workers = ["--numprocesses", str((os.cpu_count() or 1) + 1)]
    workers += ["--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *workers, *arguments]
    inherited = {name: v for name, v in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(command, cwd=HOUSE, env=inherited | environment).returncode


def _report(failed: list[str], missing: list[str]) -> int:
    for part in missing:
        print(f"!!! DID NOT RUN: {part}", file=sys.stderr)
    for database in failed:
        print(f"!!! FAILED on {database}", file=sys.stderr)
    return 1 if failed or (missing and CI) else 0


# What is missing on the machine ------------------------------------------------------------------


def _install_missing() -> None:
    packages = [p for name, needed in PROGRAMS.items() if not shutil.which(name) for p in needed]
    packages += [package for name, package in LIBRARIES.items() if not _is_library(name)]
    given = os.environ.get("DATABASE_URL", "").startswith("postgres")
    if not given and not _postgresql_binaries():
        packages.append("postgresql")
    if packages and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # One by one: where a package goes by another name, the others are installed all the same.
        installs = (["install", "--yes", "--no-install-recommends", name] for name in packages)
        for command in (["update"], *installs):
            subprocess.run(["apt-get", "--quiet", *command], env=environment, check=False)


def _is_library(name: str) -> bool:
    try:
        return bool(ctypes.CDLL(name))
    except OSError:
        return False


def _postgresql_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


# A PostgreSQL server for the length of the run ---------------------------------------------------


@contextlib.contextmanager
def _postgresql() -> Iterator[str]:
    """Yield the URL of a server, or "" where there is none."""
    given = os.environ.get("DATABASE_URL", "")
    binaries = _postgresql_binaries()
    if given.startswith("postgres"):
        yield given
    elif binaries:
        with _temporary_server(binaries) as url:
            yield url
    else:
        yield ""


@contextlib.contextmanager
def _temporary_server(binaries: Path) -> Iterator[str]:
    directory = Path(tempfile.mkdtemp(prefix="ccgdpr-postgresql-"))
    port = _free_port()
    # Nothing of it outlives the run, so nothing has to reach the disk.
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={directory}"
    options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    # A statement that never ends fails its test by name, where the run would hang.
    options += " -c statement_timeout=120s"
    control = [binaries / "pg_ctl", "-D", directory / "data"]
    try:
        _own(directory)
        encoding = ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        _as_owner(
            binaries / "initdb",
            "-D",
            directory / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            *encoding,
        )
        _as_owner(*control, "-l", directory / "log", "-w", "-o", options, "start")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            _as_owner(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _own(directory: Path) -> None:
    # initdb refuses to work for root.
    if os.geteuid() == 0:
        os.chown(directory, pwd.getpwnam("postgres").pw_uid, -1)


def _as_owner(*command: str | Path) -> None:
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # The output goes through: a server that does not start says why.
    subprocess.run([*user, *command], cwd="/", check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
