"""A real worker that is killed (kill -9) within its first job: ``killed_worker.py MOMENT``.

Run by tests/audit/killing.py in the house's environment on the test's database. A moment is
``write:N``, the N-th statement of the job that writes, or ``fsync:N``, its N-th file on disk.
Where the job ends before, the worker ends with 0.
"""

import os
import signal
import sys
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django_tasks_db.management.commands.db_worker import Worker  # noqa: E402

from audit.jobs import queue  # noqa: E402
from audit.management.commands.worker import HouseWorker  # noqa: E402
from audit.triggers import assert_triggers  # noqa: E402

WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "RELEASE")
do = queue._do


def counted(wanted: int) -> Any:
    """A step that kills the process when it is taken for the ``wanted``-th time."""
    seen = 0

    def step() -> None:
        nonlocal seen
        seen += 1
        if seen == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def at_write(step: Any) -> None:
    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if str(sql).lstrip().upper().startswith(WRITES):
            step()
        return run(sql, params, many, context)

    connection.execute_wrappers.append(execute)


def at_fsync(step: Any) -> None:
    fsync = os.fsync

    def killed(handle: int) -> None:
        step()
        fsync(handle)

    os.fsync = killed


def armed(job: Any) -> None:
    """The job begins: from here on its steps are counted."""
    kind, _colon, number = sys.argv[1].partition(":")
    {"write": at_write, "fsync": at_fsync}[kind](counted(int(number)))
    do(job)


queue._do = armed
assert_triggers()
worker = HouseWorker()
worker.batch = True
Worker.run(worker)
