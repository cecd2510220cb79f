"""Sets the house up and keeps its two processes, web and worker, in the foreground.

`make run` calls it. Ctrl-C, SIGTERM, or the end of either process ends both.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("PORT", "8000"))
PYTHON = sys.executable
SECONDS_TO_STOP = 20  # a worker first finishes the chunk it is at


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    try:
        _refuse_taken_port()
        logins = _prepare()
        return _keep(_start(), logins)
    except KeyboardInterrupt:
        return 0
    except subprocess.CalledProcessError as failure:
        return failure.returncode


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _refuse_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            sys.exit(f"Port {PORT} is taken. Choose another one: PORT={PORT + 1} make run")


def _prepare() -> str:
    """Migrate, collect static files, fill an empty database; returns the demo's logins."""
    _manage("migrate", "--verbosity", "0")
    _manage("collectstatic", "--no-input", "--verbosity", "0")
    return _manage("demo", "--if-empty", stdout=subprocess.PIPE)


def _manage(*arguments: str, stdout: int | None = None) -> str:
    command = [PYTHON, "manage.py", *arguments]
    done = subprocess.run(command, cwd=HOUSE, check=True, text=True, stdout=stdout)
    return done.stdout or ""


def _start() -> dict[str, subprocess.Popen[bytes]]:
    web = ("-m", "gunicorn", "ccgdpr.wsgi", "--bind", f"127.0.0.1:{PORT}", "--workers", "2")
    threads = ("--threads", "4", "--log-level", "warning", "--no-control-socket")
    return {
        "web": subprocess.Popen([PYTHON, *web, *threads], cwd=HOUSE),
        "worker": subprocess.Popen([PYTHON, "manage.py", "worker"], cwd=HOUSE),
    }


def _keep(processes: dict[str, subprocess.Popen[bytes]], logins: str) -> int:
    greeting = f"\n{logins}\nccgdpr is open at http://127.0.0.1:{PORT}/ (Ctrl-C closes it)\n"
    try:
        while not (ended := [name for name, p in processes.items() if p.poll() is not None]):
            if greeting and _web_answers():
                print(greeting, flush=True)
                greeting = ""
            time.sleep(0.2)
        print(f"The {ended[0]} process ended, so the house closes.", file=sys.stderr)
        return 1
    finally:
        _end(list(processes.values()))


def _web_answers() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    # A second Ctrl-C must not leave one of them behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
