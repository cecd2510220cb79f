"""Lists hold exactly whom the verdict allows, guarded, logged, and never half written."""

import csv
import hashlib
import io
import itertools
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from audit.cells import is_formula
from audit.models import AccessEvent
from consents import services
from processing.choices import KIND_OF_CHANNEL, Channel
from screening import export as exporting
from screening.export import COLUMNS, Export
from screening.question import ask
from tests.factories import PointFactory, PurposeFactory, SubjectFactory
from tests.screening.conftest import GIVEN_AT, give
from tests.screening.lives import MOMENTS
from tests.screening.reference import House
from tests.screening.world import CHANNELS, World

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "=1+1",
    "==1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(A1)",
    "  =1+1",
    '"=1+1',
    "'=1+1",
    "\u00a0=1+1",
    '=HYPERLINK("http://evil.example";"x")',
    "=cmd|' /C calc'!A0",
    "+48601602603;=1+1",
]


def content(question: object, format_: str = "csv", **options: object) -> bytes:
    return b"".join(Export(question).chunks(format_, **options))


def rows(question: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(question).decode(), newline="")))


def test_the_header_is_exactly_that_of_the_contract(consented: SimpleNamespace) -> None:
    header = content(ask(consented.purpose, "email")).decode().split("\n")[0]
    assert header == (
        "contact_point,channel,purpose,controller,subject_ref,external_id,name,basis,since,"
        "wording_version,source,obligations,as_of,valid_until"
    )


def test_a_row_tells_whom_on_what_basis_and_until_when(consented: SimpleNamespace) -> None:
    consented.subject.external_id = "KL-7"
    consented.subject.save()
    at = datetime(2025, 6, 1, 12, tzinfo=UTC)
    assert rows(ask(consented.purpose, "email", at=at)) == [
        {
            "contact_point": "jan@poczta.example",
            "channel": "email",
            "purpose": "marketing",
            "controller": "centrum",
            "subject_ref": str(consented.subject.uuid),
            "external_id": "KL-7",
            "name": "Jan Kowalski",
            "basis": "6-1-a",
            "since": GIVEN_AT.isoformat(),
            "wording_version": "3",
            "source": "formularz",
            "obligations": "mark_commercial",
            "as_of": "2025-06-01T12:00:00+00:00",
            "valid_until": "2025-06-01T16:00:00+00:00",
        }
    ]


@pytest.mark.parametrize("seed", [4, 5])
def test_a_list_holds_exactly_whom_the_reference_allows(seed: int) -> None:
    world = World(seed)
    house = House()
    listed = 0
    for purpose, channel in itertools.product(world.purposes, CHANNELS):
        at, known_at = world.rng.choice(MOMENTS), world.rng.choice(MOMENTS)
        question = ask(purpose, channel, at=at, known_at=known_at)
        expected = [
            str(point.subject.uuid)
            for point in sorted(house.register(purpose, channel, at), key=lambda p: p.pk)
            if not house.reasons(purpose, channel, point.value, at, known_at)
        ]
        assert [row["subject_ref"] for row in rows(question)] == expected
        listed += len(expected)
    assert listed > 100


def test_a_list_leaves_while_queries_are_logged(consented: SimpleNamespace) -> None:
    # As under DEBUG: Django's own cursor then copies without parameters.
    with CaptureQueriesContext(connection):
        assert len(rows(ask(consented.purpose, "email"))) == 1


def test_a_closed_purpose_lists_nobody(consented: SimpleNamespace) -> None:
    consented.purpose.active_until = datetime(2025, 6, 1, tzinfo=UTC)
    consented.purpose.save()
    question = ask(consented.purpose, "email")
    assert rows(question) == []
    assert sheets(content(question, "xlsx")) == [[list(COLUMNS)]]


def test_where_no_consent_is_needed_none_is_named(consented: SimpleNamespace) -> None:
    [row] = rows(ask(PurposeFactory(service=True), "email"))
    assert (row["basis"], row["since"], row["wording_version"], row["source"]) == (
        "6-1-b",
        "",
        "",
        "",
    )


def test_a_company_is_listed_under_its_name() -> None:
    subject = SubjectFactory(kind="company", first_name="", last_name="", company_name="Żuk S.A.")
    PointFactory(subject=subject)
    [row] = rows(ask(PurposeFactory(service=True), "email"))
    assert row["name"] == "Żuk S.A."


# Formulas ----------------------------------------------------------------------------------------


@pytest.fixture
def hostile(consented: SimpleNamespace) -> SimpleNamespace:
    for payload in PAYLOADS:
        named = {"first_name": payload, "last_name": "", "external_id": payload}
        give(PointFactory(subject=SubjectFactory(**named)), consented)
    return consented


def test_no_cell_of_a_csv_is_a_formula(hostile: SimpleNamespace) -> None:
    listed = rows(ask(hostile.purpose, "email"))
    cells = [cell for row in listed for cell in row.values()]
    assert all(cell.startswith("'") for cell in cells if is_formula(cell))
    assert {row["external_id"] for row in listed} >= {f"'{payload}" for payload in PAYLOADS}
    assert sum(row["name"].startswith("'") for row in listed) == len(PAYLOADS)


def test_no_cell_of_an_xlsx_is_a_formula_and_none_is_changed(hostile: SimpleNamespace) -> None:
    file = content(ask(hostile.purpose, "email"), "xlsx")
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b'<c r="A2"' in sheet
    told = {row[5] for row in sheets(file)[0]}
    assert {p.strip("\r\n\t ") for p in PAYLOADS} <= {str(cell).strip("\r\n\t ") for cell in told}


def test_a_number_keeps_its_plus(consented: SimpleNamespace) -> None:
    service = PurposeFactory(service=True)
    numbers = ["+48601602603", "+4915112345678", "+12025550123"]
    for number in numbers:
        PointFactory(phone=True, value=number)
    assert [row["contact_point"] for row in rows(ask(service, "voice"))] == numbers


AWKWARD = [
    "Kowalska, Anna",
    'Anna "Ania" K.',
    '""',
    "Anna\nKowalska",
    "Anna\r\nKowalska",
    " Anna ",
    "Żółć",
    "\N{GRINNING FACE}",
]


def test_a_csv_is_byte_by_byte_what_python_would_write(consented: SimpleNamespace) -> None:
    for text in AWKWARD:
        named = {"first_name": text, "last_name": "Nowak", "external_id": text}
        give(PointFactory(subject=SubjectFactory(**named)), consented)
    file = content(ask(consented.purpose, "email")).decode()
    told = list(csv.reader(io.StringIO(file, newline="")))
    assert {row[5] for row in told} >= set(AWKWARD)
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(told)
    assert file == written.getvalue()


# Files -------------------------------------------------------------------------------------------


def sheets(file: bytes) -> list[list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    return [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]


def test_an_xlsx_tells_the_same_as_the_csv(consented: SimpleNamespace) -> None:
    question = ask(consented.purpose, "email")
    [[header, *listed]] = sheets(content(question, "xlsx"))
    assert header == list(COLUMNS)
    assert [dict(zip(header, row, strict=True)) for row in listed] == rows(question)


def test_a_long_list_goes_on_on_the_next_sheet(
    monkeypatch: pytest.MonkeyPatch, consented: SimpleNamespace
) -> None:
    monkeypatch.setattr(exporting, "SHEET_ROWS", 2)
    for _ in range(3):
        PointFactory()
    export = Export(ask(PurposeFactory(service=True), "email"))
    assert [len(sheet) for sheet in sheets(b"".join(export.chunks("xlsx")))] == [3, 3]
    assert export.rows == 4


def test_a_csv_for_spreadsheets_says_that_it_is_utf8(consented: SimpleNamespace) -> None:
    question = ask(consented.purpose, "email")
    assert content(question, bom=True) == b"\xef\xbb\xbf" + content(question)


# The command -------------------------------------------------------------------------------------


def run(case: SimpleNamespace, output: object, **options: object) -> dict:
    out = io.StringIO()
    facts = {"purpose": case.purpose.slug, "channel": "email", **options}
    call_command("export_consents", output=str(output), json=True, stdout=out, **facts)
    return json.loads(out.getvalue())


def test_the_command_writes_the_list_and_says_what_left(
    consented: SimpleNamespace, tmp_path: Path
) -> None:
    manifest = run(consented, tmp_path / "list.csv")
    written = (tmp_path / "list.csv").read_bytes()
    assert manifest["rows"] == 1
    assert manifest["sha256"] == hashlib.sha256(written).hexdigest()
    assert written.startswith(b"contact_point,")
    assert (tmp_path / "list.csv").stat().st_mode & 0o777 == 0o600


def test_an_export_is_logged_before_and_after(consented: SimpleNamespace, tmp_path: Path) -> None:
    manifest = run(consented, tmp_path / "list.xlsx", format="xlsx")
    opened, closed = AccessEvent.objects.order_by("pk")
    assert (opened.action, opened.subject) == ("list", "marketing · email")
    assert opened.columns == list(COLUMNS)
    assert (closed.closes, closed.rows, closed.sha256) == (opened, 1, manifest["sha256"])


def test_the_log_holds_no_contact(consented: SimpleNamespace, tmp_path: Path) -> None:
    run(consented, tmp_path / "list.csv")
    told = json.dumps(list(AccessEvent.objects.values("subject", "filters", "columns")))
    assert "poczta" not in told


def test_a_past_moment_is_answered_as_it_was(consented: SimpleNamespace, tmp_path: Path) -> None:
    later = {**consented.told, "occurred_at": datetime(2025, 4, 1, tzinfo=UTC)}
    services.withdraw(consented.point, consented.purpose, "email", **later)
    assert run(consented, tmp_path / "now.csv")["rows"] == 0
    assert run(consented, tmp_path / "then.csv", as_of="2025-03-15")["rows"] == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"purpose": "marketin"}, "marketing"),
        ({"channel": "e-mail"}, "email"),
        ({"as_of": "2001-01-01"}, "2001-01-01"),
        ({"as_of": "wczoraj"}, "wczoraj"),
    ],
)
def test_what_cannot_be_answered_writes_nothing(
    consented: SimpleNamespace, tmp_path: Path, options: dict, named: str
) -> None:
    with pytest.raises(CommandError, match=named) as refusal:
        run(consented, tmp_path / "list.csv", **options)
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []
    assert not AccessEvent.objects.exists()


def test_a_broken_export_leaves_the_old_file_and_an_open_entry(
    consented: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.csv").write_text("yesterday's")

    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(exporting, "statement", break_off)
    with pytest.raises(RuntimeError):
        run(consented, tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text() == "yesterday's"
    assert [p.name for p in tmp_path.iterdir()] == ["list.csv"]
    assert [event.closes_id for event in AccessEvent.objects.all()] == [None]


def test_every_channel_can_be_listed(consented: SimpleNamespace) -> None:
    service = PurposeFactory(service=True)
    values = {
        "handle": "@jan",
        "device": "token-1",
        "postal": "ul. Prosta 1",
        "phone": "+48601602603",
    }
    for kind, value in values.items():
        PointFactory(kind=kind, value=value)
    values["email"] = consented.value
    for channel in Channel:
        listed = [row["contact_point"] for row in rows(ask(service, channel))]
        assert listed in (
            [values[KIND_OF_CHANNEL[channel]]],
            ["'" + values[KIND_OF_CHANNEL[channel]]],
        )
