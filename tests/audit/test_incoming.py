"""A register's file as people hand it in: spreadsheets, both kinds of Excel's CSV, mistakes."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
import tablib
import xlsxwriter

from audit.incoming import MOST_ROWS, RegisterFile
from audit.preview import Preview
from audit.reading.errors import Refused
from audit.resources import TypedXLSX
from processors.models import Organisation
from processors.resources import OrganisationResource
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

# What spreadsheets, XML and our own guard could each change on the way.
AWKWARD = [
    "=2+3",
    "'=2+3",
    "_x0041_",
    " blank ",
    "one\r\ntwo",
    "one\rtwo",
    "tab\there",
    "<&>",
    "😀",
]


def book(rows: list[list[Any]], *more: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as made:
        for table in (rows, *more):
            sheet = made.add_worksheet()
            for number, row in enumerate(table):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def read(body: bytes) -> tablib.Dataset:
    return RegisterFile().create_dataset(body)


def put(body: bytes) -> Preview:
    return OrganisationResource().import_data(read(body)).preview


def sheet_of(company: Organisation, **values: Any) -> bytes:
    return book([["uuid", *values], [str(company.uuid), *values.values()]])


@pytest.mark.parametrize("text", AWKWARD)
def test_a_text_comes_back_from_a_spreadsheet_as_it_was(text: str) -> None:
    body = TypedXLSX().export_data(tablib.Dataset((text, "x"), headers=("text", "last")))
    assert read(body)["text"] == [text]


def test_line_ends_of_a_spreadsheet_are_no_change() -> None:
    company = OrganisationFactory(address="ul. Długa 1\r\n00-001 Warszawa")
    preview = put(sheet_of(company, address="ul. Długa 1\n00-001 Warszawa"))
    assert (preview.unchanged, preview.rows) == (1, [])


@pytest.mark.parametrize(
    "typed", ["2026-07-31", "31.07.2026", datetime(2026, 7, 31), "2026-07-31 00:00:00"]
)
def test_a_day_is_read_as_people_type_it(typed: Any) -> None:
    company = OrganisationFactory(diligence_on=None)
    put(sheet_of(company, diligence_on=typed))
    company.refresh_from_db()
    assert str(company.diligence_on) == "2026-07-31"


@pytest.mark.parametrize("typed", ["07/31/2026", "31.02.2026", "2026-07-31 12:00", "lipiec"])
def test_a_day_that_is_none_is_refused_with_what_to_write(typed: str) -> None:
    (problem,) = put(sheet_of(OrganisationFactory(), diligence_on=typed)).problems
    assert (problem.line, problem.value) == (2, typed)
    assert problem.message.startswith("Write ")


@pytest.mark.parametrize(
    ("typed", "own"), [("tak", True), (True, True), ("NIE", False), (0, False)]
)
def test_yes_and_no_are_read_in_both_languages(typed: Any, own: bool) -> None:
    company = OrganisationFactory(is_own=not own)
    put(sheet_of(company, is_own=typed))
    company.refresh_from_db()
    assert company.is_own is own


def test_what_means_neither_yes_nor_no_is_refused() -> None:
    company = OrganisationFactory(is_own=True)
    (problem,) = put(sheet_of(company, is_own="chyba")).problems
    assert problem.message == "Write 1 for yes or 0 for no."


def test_a_wrong_choice_says_which_there_are() -> None:
    (problem,) = put(sheet_of(OrganisationFactory(), diligence="dobra")).problems
    assert (problem.column, problem.value) == ("Verification of guarantees", "dobra")
    assert problem.advice.startswith("Write one of: ")


def test_excels_own_csv_with_semicolons_is_read() -> None:
    company = OrganisationFactory()
    put(f"uuid;name\r\n{company.uuid};Żółw sp. z o.o.\r\n".encode("utf-8-sig"))
    company.refresh_from_db()
    assert company.name == "Żółw sp. z o.o."


def test_errors_name_the_row_of_the_sheet_past_blank_ones() -> None:
    company = OrganisationFactory()
    rows = [["uuid", "nip"], ["", ""], [str(company.uuid), "123"]]
    (problem,) = put(book(rows)).problems
    assert problem.line == 3


def test_a_column_the_register_lacks_is_refused_by_name() -> None:
    preview = put(sheet_of(OrganisationFactory(), nazwa="x"))
    assert len(preview.base_errors) == 1
    assert "nazwa" in preview.base_errors[0]


@pytest.mark.parametrize("header", ["name,slug", "uuid,name,name"])
def test_a_header_that_loses_something_is_refused(header: str) -> None:
    width = len(header.split(","))
    assert put(f"{header}\n{','.join('x' * width)}\n".encode()).base_errors


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"uuid,name\n1,2,3\n",
        b"uuid,name\n1\n",
        b'uuid,name\n1,"open\n',
        "uuid,name\n,Żółw\n".encode("cp1250"),
        b"PK\x05\x06" + b"\0" * 18,
        b"uuid\n" + b"x\n" * (MOST_ROWS + 1),
        book([["uuid"]], [["uuid"]]),
        book([["uuid"] * 401]),
    ],
    ids=["empty", "ragged", "short", "quote", "encoding", "zip", "long", "sheets", "wide"],
)
def test_a_file_that_is_no_register_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read(body)


def test_a_bomb_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<x>" + b" " * (20 << 20))
    with pytest.raises(Refused, match="bomb"):
        read(out.getvalue())


def test_a_text_too_long_for_a_cell_is_not_cut() -> None:
    with pytest.raises(ValueError, match="too long"):
        TypedXLSX().export_data(tablib.Dataset(("x" * 32_768,), headers=("text",)))


def test_a_preview_tells_values_as_the_screen_does() -> None:
    company = OrganisationFactory(is_own=False, name="Dawna")
    (row,) = put(sheet_of(company, is_own="1", name="Nowa")).rows
    told = {change.label: (change.before, change.after) for change in row.changes}
    assert told == {"Name": ("Dawna", "Nowa"), "Our own centre": ("no", "yes")}
