"""The house's commands as processes of their own, on the database of the running test.

The test must commit what they shall see: ``@pytest.mark.django_db(transaction=True)``.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

HOUSE = Path(__file__).resolve().parent.parent


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """``manage.py`` with ``arguments``, begun; whoever starts it ends it."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(command, cwd=HOUSE, env=environment(), text=True, **options)


def manage(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """``manage.py`` with ``arguments``, ended, whatever its exit code."""
    options = {"capture_output": True, "timeout": 120, **options}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=HOUSE, env=environment(), text=True, **options)


def environment() -> dict[str, str]:
    """The environment of an installation that lives on the test's database and directory."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "ccgdpr.settings",
    }


def database_url() -> str:
    """The test's own database, as DATABASE_URL names one."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    who = quote(database["USER"]) + (f":{quote(p, safe='')}" if (p := database["PASSWORD"]) else "")
    return f"postgres://{who}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
