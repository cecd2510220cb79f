"""Whatever the description allows, and what it does not: each answer is one that it foresees.

``make fuzz`` asks ten thousand times, on PostgreSQL.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.api import issued
from tests.openapi.centre import furnish
from tests.process import HOUSE

# Of each operation, and walks from one to the next. The few of `make test` are the same each time.
EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
FEW, MANY = ["--max-examples=5", "--seed=1"], [f"--max-examples={EXAMPLES}"]
CHECKS = "tests.openapi.fuzz_checks"
CONFIGURATION = Path(__file__).with_name("fuzz.toml")


@pytest.mark.django_db(transaction=True)
def test_every_answer_is_one_that_the_description_foresees(
    live_server: LiveServer, tmp_path: Path
) -> None:
    key = issued(furnish().client)
    done = _asked(f"{live_server.url}/api/v1/schema/", key, tmp_path)
    print(done.stdout[-20_000:], done.stderr[-2_000:])
    assert done.returncode == 0


def _asked(url: str, key: str, directory: Path) -> subprocess.CompletedProcess[str]:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    command = [schemathesis, f"--config-file={CONFIGURATION}", "run", url]
    options = ["--generation-database=none", "--no-color", *(MANY if EXAMPLES else FEW)]
    return subprocess.run(
        [*command, *options, "--header", f"Authorization: Bearer {key}"],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(HOUSE), "SCHEMATHESIS_HOOKS": CHECKS},
        capture_output=True,
        text=True,
        timeout=3600,
    )
