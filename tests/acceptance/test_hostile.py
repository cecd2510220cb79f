"""Files that mean harm are refused as a whole, and cost next to nothing."""

import io
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.outsider import AS_OF, Outsider, known

HEADER = "email,accepts_dit_email_marketing,modified_at\n"
SHEET = (
    '<?xml version="1.0"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
)
BOOK = {
    "[Content_Types].xml": (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/'
        'sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
        'worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        '2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        '2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        '2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
}
MEGABYTE = 1024 * 1024


def archive(members: dict[str, str | bytes], blown: str = "", byte: bytes = b"") -> bytes:
    """An archive in which the member ``blown`` goes on with 60 MB of ``byte``."""
    with zipfile.ZipFile(body := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            with made.open(name, "w") as member:
                member.write(content.encode() if isinstance(content, str) else content)
                for _ in range(60 if name == blown else 0):
                    member.write(byte * MEGABYTE)
    return body.getvalue()


def book(rows: str, doctype: str = "", byte: bytes = b"") -> bytes:
    name = "xl/worksheets/sheet1.xml"
    body = {**BOOK, name: SHEET.format(doctype=doctype, rows=rows)}
    return archive(body, name if byte else "", byte)


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = '<row r="1">' + cell("A1", "email") + cell("B1", "emailSendAgreement") + "</row>"

BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "sparse columns": ("x.xlsx", lambda: book(HEAD + f'<row r="2">{cell("XFD2", "x")}</row>')),
    "sparse rows and columns": (
        "x.xlsx",
        lambda: book(HEAD + f'<row r="1048576">{cell("XFD1048576", "x")}</row>'),
    ),
    "rows beyond the last": (
        "x.xlsx",
        lambda: book(HEAD + f'<row r="900000000">{cell("A900000000", "x")}</row>'),
    ),
    "entities": (
        "x.xlsx",
        lambda: book(
            HEAD, '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        ),
    ),
    "a sheet of spaces": ("x.xlsx", lambda: book(HEAD, byte=b" ")),
    "an archive of noughts": (
        "x.zip",
        lambda: archive({"subscribed_1.csv": HEADER}, "subscribed_1.csv", b"0"),
    ),
    "three hundred members": (
        "x.zip",
        lambda: archive({f"subscribed_{n}.csv": HEADER for n in range(300)}),
    ),
    "an archive in an archive": ("x.zip", lambda: archive({"a.zip": archive({"b.csv": HEADER})})),
    "an old spreadsheet": ("x.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512),
    "half a spreadsheet": ("x.xlsx", lambda: book(HEAD)[:400]),
    "a picture": ("x.csv", lambda: b"\x89PNG\r\n\x1a\n" + b"\0\xff" * 300),
    "401 columns": (
        "x.csv",
        lambda: (",".join(["email", "emailSendAgreement", *(f"c{n}" for n in range(399))])
                 + "\n" + "a@ex.example,1" + "," * 399 + "\n").encode(),
    ),
    "a row of 70 KiB": (
        "x.csv",
        lambda: f"email,emailSendAgreement\na@ex.example,{'1' * 70 * 1024}\n".encode(),
    ),
    "a quote that never ends": (
        "x.csv",
        lambda: b'email,emailSendAgreement\n"a@ex.example,1\n' + b"b@ex.example,1\n" * 9000,
    ),
    "an endless header": ("x.csv", lambda: b"e" * 5 * MEGABYTE),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_file_is_refused_and_memory_stays_flat(house: Outsider, name: str) -> None:
    file_name, made = BOMBS[name]
    path = house.file(made(), file_name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    house.refusal(path, as_of=AS_OF)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown <= 20 * 1024  # KiB
    assert not known("a@ex.example")


@pytest.mark.parametrize("columns", [400, 399])
def test_four_hundred_columns_are_taken(house: Outsider, columns: int) -> None:
    more = [f"c{n}" for n in range(columns - 2)]
    body = ",".join(["email", "emailSendAgreement", *more]) + "\na@ex.example,1" + ",x" * len(more)
    assert house.run(body + "\n", as_of=AS_OF).given == 1


def test_a_small_spreadsheet_of_the_same_kind_is_taken(house: Outsider) -> None:
    """Or the bombs above might be refused for their envelope alone."""
    row = f'<row r="2">{cell("A2", "a@ex.example")}{cell("B2", "1")}</row>'
    assert house.run(book(HEAD + row), "x.xlsx", as_of=AS_OF).given == 1


def test_a_name_that_leads_elsewhere_writes_nothing_there(house: Outsider) -> None:
    house.refusal(house.archive({"../../subscribed_1.csv": HEADER}))
    assert not (house.folder.parent / "subscribed_1.csv").exists()


def test_rejects_carry_no_formula_to_who_opens_them(house: Outsider, tmp_path: Path) -> None:
    outcome = house.run(HEADER + "a@ex.example,=1+1,2024-05-01\n")
    assert outcome.rejects[0]["value"] == "'=1+1"


def test_a_nul_is_an_error_of_its_row(house: Outsider) -> None:
    body = HEADER + "a\0@ex.example,1,2024-05-01\nb@ex.example,1,2024-05-01\n"
    outcome = house.run(body)
    assert outcome.counts == {"rows": 2, "given": 1, "rejected": 1, "applied": 1}
