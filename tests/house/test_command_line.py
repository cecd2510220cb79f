"""The commands as processes: what an operator's shell sees of exit codes and streams."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from tests.process import manage

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
IMPORT = ("import_consents", "--source", "web-form", "--purpose", "newsletter")


@pytest.mark.django_db(transaction=True)
def test_a_shell_imports_exports_and_checks_the_demo(tmp_path: Path) -> None:
    with override_settings(DEBUG=True):
        call_command("demo", stdout=io.StringIO())
    listed, rejects = tmp_path / "list.csv", tmp_path / "rejects.csv"

    taken = manage(*IMPORT, str(SAMPLES / "mailchimp_audience_export.zip"), "--json")
    assert (taken.returncode, taken.stderr) == (0, "")
    assert json.loads(taken.stdout)["applied"] == 300

    refused = manage(*IMPORT, str(SAMPLES / "deweloper_bez_naglowka.csv"))
    assert refused.returncode == 2
    assert refused.stderr.strip()
    assert "Traceback" not in refused.stderr

    bad = tmp_path / "bad.csv"
    bad.write_text("email,emailSendAgreement\na@ex.example,perhaps\n", encoding="utf-8")
    partly = manage(*IMPORT, str(bad), "--as-of", "2026-01-01T00:00:00Z", "--rejects", str(rejects))
    assert partly.returncode == 0
    told = csv.DictReader(rejects.read_text(encoding="utf-8-sig").splitlines())
    assert [row["line"] for row in told] == ["2"]

    export = ("export_consents", "--channel", "email", "--output", str(listed), "--purpose")
    assert manage(*export, "newsletter").returncode == 0
    assert len(listed.read_text(encoding="utf-8-sig").splitlines()) > 161
    assert manage(*export, "nobodys").returncode == 2
    assert manage("rebuild_consents", "--check").returncode == 0
    assert manage("reconcile_history", "--check").returncode == 0


def test_the_demo_is_for_debug_alone() -> None:
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo", stdout=io.StringIO())
