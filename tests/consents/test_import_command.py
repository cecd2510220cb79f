"""``manage.py import_consents`` as a script meets it: exit codes, JSON, rejects, kills."""

import csv
import json
import random
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from consents.fold import differences
from consents.models import Consent, ConsentEvent, ConsentImport, DataSubject, StagedContact
from consents.services import contact_point, withdraw
from processing.models import Purpose
from tests import process
from tests.consents.files import EXCEL, SAMPLES, table
from tests.factories import OrganisationFactory, PurposeFactory, SourceFactory

KEYS = [
    "format",
    "rows",
    "given",
    "confirmed",
    "withdrawn",
    "refused",
    "restricted",
    "suppressed",
    "protected",
    "unchanged",
    "rejected",
    "applied",
]
QUARTICON = "email,emailSendAgreement\nanna@poczta.example,1\njan@poczta.example,0\n=1+1,1\n"


@pytest.fixture
def house(db: None) -> None:
    PurposeFactory(slug="newsletter")
    SourceFactory(slug="web-form")


@pytest.fixture
def quarticon(tmp_path: Path) -> Path:
    path = tmp_path / "ludzie.csv"
    path.write_text(QUARTICON)
    return path


def run(path: Path, *options: str, source: str = "web-form", purpose: str = "newsletter") -> None:
    call_command("import_consents", str(path), "--source", source, "--purpose", purpose, *options)


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return json.loads(capsys.readouterr().out)


def test_json_holds_the_format_and_every_count(
    house: None, quarticon: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(quarticon, "--as-of", "2026-01-31", "--json")
    counts = counted(capsys)
    assert list(counts)[: len(KEYS)] == KEYS
    assert counts["format"] == "quarticon"
    assert counts["rows"] == counts["applied"] + counts["unchanged"] + counts["rejected"] == 3
    assert counts["reasons"] == {"email_invalid": 1}


def test_a_dry_run_counts_and_records_nothing(
    house: None, quarticon: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(quarticon, "--as-of", "2026-01-31", "--json", "--dry-run")
    dry = counted(capsys)
    assert DataSubject.objects.count() == ConsentImport.objects.count() == 0
    run(quarticon, "--as-of", "2026-01-31", "--json")
    assert counted(capsys) == dry


def test_the_rejects_file_has_one_guarded_line_a_row(
    house: None, quarticon: Path, tmp_path: Path
) -> None:
    run(quarticon, "--as-of", "2026-01-31", "--rejects", str(tmp_path / "rejects.csv"))
    with (tmp_path / "rejects.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["column"], row["value"], row["reason"]) for row in rows] == [
        ("4", "email", "'=1+1", "email_invalid")
    ]
    assert rows[0]["hint"]


def test_a_map_is_read_from_its_file(
    house: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.json").write_text(json.dumps(EXCEL), encoding="utf-8")
    options = ("--map", str(tmp_path / "map.json"), "--encoding", "cp1250", "--json")
    run(SAMPLES / "excel_cp1250.csv", *options)
    assert counted(capsys)["applied"] == 263


REFUSALS = [
    ({"source": "web-frm"}, [], "web-form"),
    ({"purpose": "newsleter"}, [], "newsletter"),
    ({}, ["--preset", "quartikon"], "quarticon"),
    ({}, ["--tz", "Europe/Warszawa"], "Europe/Warsaw"),
    ({}, ["--encoding", "cp-1250"], "cp1250"),
    ({}, ["--as-of", "jutro"], "jutro"),
    ({}, ["--as-of", "2999-01-01"], "2999"),
    ({}, ["--map", "/nonexistent.json"], "nonexistent"),
    ({}, [], "--as-of"),
]


@pytest.mark.parametrize(("keys", "options", "named"), REFUSALS, ids=lambda v: str(v)[:30])
def test_what_is_refused_as_a_whole_ends_with_2_and_says_why(
    house: None, quarticon: Path, keys: dict[str, str], options: list[str], named: str
) -> None:
    with pytest.raises(CommandError, match=re.escape(named)) as refused:
        run(quarticon, *options, **keys)
    assert refused.value.returncode == 2
    assert DataSubject.objects.count() == StagedContact.objects.count() == 0


def test_a_purpose_of_another_controller_is_refused(house: None, quarticon: Path) -> None:
    SourceFactory(slug="client-form", controller=OrganisationFactory(client=True))
    with pytest.raises(CommandError) as refused:
        run(quarticon, source="client-form")
    assert refused.value.returncode == 2


def test_an_unknown_header_names_the_columns_seen(house: None, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Imię,Zgoda\nAnna,tak\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"Imię.*Zgoda"):
        run(tmp_path / "a.csv")


def test_another_encoding_is_asked_for(house: None) -> None:
    with pytest.raises(CommandError, match="cp1250"):
        run(SAMPLES / "excel_cp1250.csv", "--as-of", "2026-01-31")


@pytest.mark.django_db(transaction=True)
def test_exit_codes_of_the_process(tmp_path: Path) -> None:
    PurposeFactory(slug="newsletter")
    SourceFactory(slug="web-form")
    (tmp_path / "a.csv").write_text(QUARTICON)
    command = ["import_consents", str(tmp_path / "a.csv"), "--source", "web-form", "--purpose"]
    refused = process.manage(*command, "newsletter")
    applied = process.manage(*command, "newsletter", "--as-of", "2026-01-31", "--json")
    assert (refused.returncode, refused.stdout, applied.returncode) == (2, "", 0)
    assert json.loads(applied.stdout)["applied"] == 2


# Killed, and beside a withdrawal -----------------------------------------------------------------


def _file(path: Path, rows: int) -> Path:
    people = (
        (
            f"osoba{n}@poczta.example",
            "nie" if n % 5 == 0 else "tak",
            f"2023-04-{1 + n % 28:02} 10:00",
        )
        for n in range(rows)
    )
    path.write_bytes(table(*people))
    return path


def _command(path: Path, directory: Path) -> list[str]:
    mapping = {
        "columns": {
            "email": {"field": "email"},
            "yes": {"consent": {"channel": "email"}},
            "when": {"field": "given_at"},
        }
    }
    (directory / "map.json").write_text(json.dumps(mapping))
    keys = ["--source", "web-form", "--purpose", "newsletter", "--map", str(directory / "map.json")]
    return ["import_consents", str(path), *keys, "--json"]


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_anywhere_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    PurposeFactory(slug="newsletter")
    SourceFactory(slug="web-form")
    command = _command(_file(tmp_path / "a.csv", 9_000), tmp_path)
    rng = random.Random(7)
    for _attempt in range(4):
        running = process.start(*command)
        _wait_until_applying(running)
        time.sleep(rng.random() * 1.2)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        _assert_whole()
    counts = json.loads(process.manage(*command).stdout)
    assert differences() == []
    assert Consent.objects.count() == ConsentEvent.objects.count() == 9_000
    assert counts["rows"] == counts["applied"] + counts["unchanged"] == 9_000


def _wait_until_applying(running: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        if ConsentImport.objects.filter(state="applying").exists():
            return
        time.sleep(0.05)


def _assert_whole() -> None:
    """Each recorded person has the contact, the event and the state of the row, or is absent."""
    people = DataSubject.objects.count()
    assert DataSubject.history.count() == ConsentEvent.objects.count() == people
    assert Consent.objects.count() == people


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_meanwhile_neither_waits_for_the_import_nor_is_lost(tmp_path: Path) -> None:
    purpose = PurposeFactory(slug="newsletter")
    source = SourceFactory(slug="web-form")
    point = contact_point(source.controller, "email", "osoba7@poczta.example")
    running = process.start(*_command(_file(tmp_path / "a.csv", 20_000), tmp_path))
    _wait_until_applying(running)
    waits = []
    while running.poll() is None:
        start = time.perf_counter()
        withdraw(point, purpose, "email", source=source, method="link", evidence="x")
        waits.append(time.perf_counter() - start)
        time.sleep(0.1)
    running.communicate()
    consent = Consent.objects.get(contact_point=point, purpose=Purpose.objects.get())
    assert (running.returncode, consent.state, differences()) == (0, "withdrawn", [])
    assert ConsentEvent.objects.filter(kind="withdrawn").count() == len(waits) > 0
    assert max(waits) < 10  # bench measures it; here only that nobody waits for the whole file
