"""A dial list screened by command: every row in its place, its own cells, and the answer beside."""

import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import AccessEvent
from consents import services
from screening import members
from screening.dialling.told import COLUMNS
from screening.evidence import evidence
from screening.models import ContactList
from screening.question import ask
from screening.verdict import judge_one, list_valid_until
from tests.factories import PointFactory, PurposeFactory
from tests.screening.conftest import GIVEN_AT

pytestmark = pytest.mark.django_db
ALLOWED = "jan@poczta.example"


@pytest.fixture
def screen(consented: SimpleNamespace, tmp_path: Path):
    """Screens bytes by command; gives the rows that were written, and what it printed."""

    def run(data: str | bytes, **options: str) -> SimpleNamespace:
        source, target = tmp_path / "list.csv", tmp_path / "out.csv"
        source.write_bytes(data.encode() if isinstance(data, str) else data)
        return outcome(source, target, **options)

    return run


def outcome(source: Path, target: Path, **options: str) -> SimpleNamespace:
    out = io.StringIO()
    asked = {"purpose": "marketing", "channel": "email"} | options
    call_command("screen", str(source), output=str(target), json=True, stdout=out, **asked)
    header, *rows = csv.reader(io.StringIO(target.read_bytes().decode(), newline=""))
    return SimpleNamespace(
        header=header, rows=rows, told=json.loads(out.getvalue()), text=target.read_bytes()
    )


def refused(screen, data: str | bytes, tmp_path: Path, **options: str) -> str:
    with pytest.raises(CommandError) as error:
        screen(data, **options)
    assert error.value.returncode == 2
    assert sorted(os.listdir(tmp_path)) == ["list.csv"]
    assert not ContactList.objects.exists()
    return str(error.value)


# Rows in their places ----------------------------------------------------------------------------


def test_own_columns_stand_before_the_answer(screen) -> None:
    told = screen(f"lp,E-mail,Imię\n1,{ALLOWED},Łucja\n2,obcy@poczta.example,Jan\n")
    assert told.header == ["lp", "E-mail", "Imię", *COLUMNS]
    assert [row[:6] for row in told.rows] == [
        ["1", ALLOWED, "Łucja", ALLOWED, "allow", ""],
        ["2", "obcy@poczta.example", "Jan", "obcy@poczta.example", "deny", "unknown_contact"],
    ]


def test_an_allow_tells_its_basis_evidence_and_what_must_be_said(
    screen, consented: SimpleNamespace
) -> None:
    row = screen(f"email\n{ALLOWED}\n", as_of="2025-06-01T12:00+00:00").rows[0]
    question = ask("marketing", "email", at=datetime(2025, 6, 1, 12, tzinfo=UTC))
    verdict = judge_one(question, ALLOWED)
    (proof,) = evidence(question, [verdict], valid_until=list_valid_until(question))
    assert row[4:] == ["6-1-a", proof.as_text(), " ".join(verdict.obligations)]
    assert f"event={consented.event.uuid} since=2025-03-01T12:00:00+00:00" in row[5]


def test_a_value_that_is_no_contact_is_denied_in_its_place(screen) -> None:
    told = screen(f"email\nbrak\n{ALLOWED}\n\n@\n")
    assert [row[1:4] for row in told.rows] == [
        ["", "deny", "invalid_contact"],
        [ALLOWED, "allow", ""],
        ["", "deny", "invalid_contact"],
        ["", "deny", "invalid_contact"],
    ]


def test_a_contact_told_twice_is_answered_twice(screen) -> None:
    told = screen(f"email\n{ALLOWED}\nJAN@poczta.example\n{ALLOWED}\n")
    assert [row[2] for row in told.rows] == ["allow"] * 3
    point = judge_one(ask("marketing", "email"), ALLOWED).point_id
    assert list(members.ids(ContactList.objects.get())) == [point]


def test_all_reasons_of_a_row_are_told_the_first_first(screen, consented: SimpleNamespace) -> None:
    services.restrict(consented.point, "objection", words="dość")
    services.withdraw(consented.point, consented.purpose, "email", **consented.told)
    told = screen(f"email\n{ALLOWED}\n")
    assert told.rows[0][3] == "objection withdrawn"
    assert told.told["reasons"] == {"objection": 1}


def test_a_purpose_that_is_closed_denies_every_row(screen) -> None:
    PurposeFactory(slug="koniec", active_until=GIVEN_AT)
    told = screen(f"email\n{ALLOWED}\nbrak\n", purpose="koniec")
    assert told.rows[0][2:4] == ["deny", "purpose_inactive no_consent"]
    assert told.rows[1][2:4] == ["deny", "purpose_inactive invalid_contact"]
    assert told.told["reasons"] == {"purpose_inactive": 2}


def test_rows_of_a_closed_purpose_count_under_it_whatever_the_contact(
    screen, consented: SimpleNamespace
) -> None:
    consented.purpose.active_until = timezone.now() - timedelta(minutes=1)
    consented.purpose.save()
    told = screen(f"email\n{ALLOWED}\nbrak\n")
    assert told.rows[0][2:4] == ["deny", "purpose_inactive"]
    assert told.told["reasons"] == {"purpose_inactive": 2}


def test_quoted_line_ends_and_quotes_come_through_as_they_are(screen) -> None:
    told = screen(f'email,notatka\n{ALLOWED},"a ""b""\r\nc, d"\n')
    assert told.rows[0][:2] == [ALLOWED, 'a "b"\r\nc, d']


def test_a_short_row_is_filled_up_and_a_long_one_shifts_nothing(screen) -> None:
    told = screen(f"lp,email,imię\n1,{ALLOWED}\n2,{ALLOWED},Jan,Kowalski,\n3,{ALLOWED},Jan,,\n")
    assert told.rows[0][:5] == ["1", ALLOWED, "", ALLOWED, "allow"]
    assert told.rows[1][:6] == ["2", ALLOWED, "Jan", "", "deny", "invalid_contact"]
    assert told.rows[1][9:] == ["Kowalski", ""]
    assert told.rows[2][:5] == ["3", ALLOWED, "Jan", ALLOWED, "allow"]


def test_a_formula_is_guarded_and_a_number_that_was_read_is_not(screen) -> None:
    told = screen(
        '\ufeffTelefon,uwagi\n+48 601-602-603,"=HYPERLINK(1)"\n-1+1,"  @x"\n',
        channel="voice",
    )
    assert told.rows[0][:3] == ["+48 601-602-603", "'=HYPERLINK(1)", "+48601602603"]
    assert told.rows[1][:3] == ["'-1+1", "'  @x", ""]


def test_an_address_that_a_spreadsheet_would_calculate_is_guarded(screen) -> None:
    told = screen("email\n-a@poczta.example\n")
    assert told.rows[0][:2] == ["'-a@poczta.example", "'-a@poczta.example"]
    assert told.rows[0][3] == "unknown_contact"


def test_numbers_that_a_spreadsheet_destroyed_are_denied(screen) -> None:
    told = screen('telefon\n"6,01603E+08"\n6.01603E+08\n601602603.0\n', channel="voice")
    assert [row[1] for row in told.rows] == ["", "", "+48601602603"]


def test_numbers_in_the_cells_of_a_sheet_are_read(consented: object, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["Telefon", 601602603, None, 48601602603, 601602603123456.7])
    told = outcome(path, tmp_path / "out.csv", channel="voice")
    assert [row[:3] for row in told.rows[:3]] == [
        ["601602603", "+48601602603", "deny"],
        ["", "", "deny"],
        ["48601602603", "+48601602603", "deny"],
    ]
    assert told.rows[3][1] == ""


def test_a_list_without_a_header_has_numbered_columns(screen) -> None:
    told = screen(f"1;{ALLOWED}\n2;brak\n")
    assert told.header[:2] == ["1", "2"]
    assert (told.told["rows"], told.told["column"]) == (2, "2")


# The outcome -------------------------------------------------------------------------------------


def test_the_outcome_counts_each_row_once_by_its_first_reason(screen) -> None:
    told = screen(f"email\n{ALLOWED}\nbrak\nobcy@poczta.example\nobca@poczta.example\n").told
    made = ContactList.objects.get()
    assert (told["rows"], told["allowed"], told["denied"]) == (4, 1, 3)
    assert told["reasons"] == {"invalid_contact": 1, "unknown_contact": 2}
    assert (told["list"], made.kind, made.allowed) == (str(made.uuid), "screening", 1)


def test_the_access_log_holds_the_hash_of_the_file_and_no_contact(screen) -> None:
    told = screen(f"email\n{ALLOWED}\n")
    event = AccessEvent.objects.get(action="screening", closes=None)
    assert event.closed_by.sha256 == told.told["sha256"]
    assert ALLOWED not in json.dumps([event.filters, event.columns, event.subject])


# Refused as a whole ------------------------------------------------------------------------------


def test_unknown_names_are_refused_with_the_nearest(screen, tmp_path: Path) -> None:
    data = f"email\n{ALLOWED}\n"
    assert "marketing" in refused(screen, data, tmp_path, purpose="marketin")
    assert "email" in refused(screen, data, tmp_path, channel="emial")


def test_a_channel_without_a_rule_is_refused_naming_the_gap(screen, tmp_path: Path) -> None:
    said = refused(screen, f"email\n{ALLOWED}\n", tmp_path, as_of="1990-01-01")
    assert "1990-01-01" in said


def test_a_column_that_is_not_there_is_refused_with_those_seen(screen, tmp_path: Path) -> None:
    said = refused(screen, f"lp,email\n1,{ALLOWED}\n", tmp_path, column="mejl")
    assert "lp" in said
    assert "email" in said


def test_two_columns_that_may_be_the_contact_are_refused(screen, tmp_path: Path) -> None:
    data = f"email,e-mail\n{ALLOWED},{ALLOWED}\n"
    assert "e-mail" in refused(screen, data, tmp_path)
    assert screen(data, column="e-mail").rows[0][3] == "allow"


def test_a_named_column_that_holds_contacts_goes_before_one_that_looks_like_it(screen) -> None:
    data = f"kontakt1,Email\nobcy@poczta.example,{ALLOWED}\n"
    assert screen(data).told["column"] == "Email"


def test_a_column_without_a_telling_name_is_known_by_what_it_holds(screen) -> None:
    assert screen(f"lp;kto\n1;{ALLOWED}\n2;brak\n").told["column"] == "kto"


def test_an_encoding_is_asked_for_and_never_guessed(screen, tmp_path: Path) -> None:
    data = f"imię;email\nŁucja;{ALLOWED}\n".encode("cp1250")
    assert "cp1250" in refused(screen, data, tmp_path)
    assert screen(data, encoding="cp1250").rows[0][0] == "Łucja"


def test_an_unclosed_quote_refuses_the_list_and_leaves_nothing(screen, tmp_path: Path) -> None:
    refused(screen, f'email,x\n{ALLOWED},"a\n{ALLOWED},b\n', tmp_path)


def test_the_moment_is_the_one_asked_for(screen, consented: SimpleNamespace) -> None:
    before = GIVEN_AT.replace(month=2).isoformat()
    told = screen(f"email\n{ALLOWED}\n", as_of=before)
    assert told.rows[0][3] == "no_consent"


def test_another_persons_number_is_on_the_list_by_its_own_verdict(screen) -> None:
    PointFactory(value="ala@poczta.example")
    told = screen(f"email\nala@poczta.example\n{ALLOWED}\n")
    assert [row[2] for row in told.rows] == ["deny", "allow"]
