"""Files as rows of text, and the hostile ones refused (security.md 28, 29)."""

import csv
import datetime
import io
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from audit.reading.encodings import known_encoding
from audit.reading.errors import EncodingNeeded, Refused
from audit.reading.tables import RawRow, members

Rows = Callable[..., list[RawRow]]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    def read(body: bytes, **options: str) -> list[RawRow]:
        path = tmp_path / "file"
        path.write_bytes(body)
        return list(members(path)[0].rows(**options))

    return read


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_delimiters_and_ends_of_line_are_recognised(rows: Rows, delimiter: str, end: str) -> None:
    body = end.join(delimiter.join(cells) for cells in (["a", "b"], ["1", "2"], ["3", "4"]))
    assert [row.cells for row in rows(body.encode())] == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_a_row_stands_on_the_line_where_it_begins(rows: Rows) -> None:
    read = rows(b'a,b\r\n1,"x\r\ny"\r\n\r\n3,4\r\n')
    assert [row.line for row in read] == [1, 2, 5]


def test_a_byte_order_mark_is_no_part_of_the_header(rows: Rows) -> None:
    assert rows(b"\xef\xbb\xbfa,b\n")[0].cells == ["a", "b"]


def test_excels_own_first_line_names_the_delimiter(rows: Rows) -> None:
    assert rows(b"sep=|\r\na,b|c\r\n") == [RawRow(2, ["a,b", "c"])]


def test_a_quote_that_is_never_closed_is_told(rows: Rows) -> None:
    read = rows(b'a,b\n1,2\n3,"x\n5,6\n')
    assert [(row.line, row.fault) for row in read] == [(1, ""), (2, ""), (3, "unclosed_quote")]


def test_a_row_of_more_than_64_kib_is_refused(rows: Rows) -> None:
    with pytest.raises(Refused, match="2"):
        rows(b"a,b\n1," + b"x" * 70_000)


def test_an_open_quote_does_not_swallow_a_large_file(rows: Rows) -> None:
    with pytest.raises(Refused):
        rows(b'a,b\n1,"' + b"x,y\n" * 20_000)


@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2", "cp852", "utf-16"])
def test_another_encoding_is_asked_for_and_the_guess_is_only_offered(
    rows: Rows, encoding: str
) -> None:
    with pytest.raises(EncodingNeeded) as asked:
        rows("imię,x\nGrażyna,Łąka śpi\n".encode(encoding))
    assert (asked.value.guess, "Grażyna" in asked.value.words) == (encoding, True)


@pytest.mark.parametrize("encoding", ["cp1250", "windows-1250", "ISO-8859-2", "utf-16"])
def test_a_named_encoding_is_used(rows: Rows, encoding: str) -> None:
    read = rows("imię,x\nGrażyna,1\n".encode(encoding), encoding=encoding)
    assert read[1].cells == ["Grażyna", "1"]


def test_a_wrong_encoding_is_refused(rows: Rows) -> None:
    with pytest.raises(Refused, match="utf-8"):
        rows("Grażyna\n".encode("cp1250"), encoding="utf-8")


def test_an_unknown_encoding_names_the_nearest() -> None:
    with pytest.raises(Refused, match="cp1250"):
        known_encoding("cp-1250")


def test_csv_rows_read_back_what_was_written(rows: Rows) -> None:
    written = [["a", 'b "q"', "c\nd"], ["", "ż,ó;ł", "x\r\ny"], ["'", " ", "|"]]
    text = io.StringIO()
    csv.writer(text).writerows(written)
    assert [row.cells for row in rows(text.getvalue().encode())] == written


# Spreadsheets ------------------------------------------------------------------------------------


def _sheet(path: Path, table: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for cells in table:
        book.active.append(cells)
    book.save(path)
    return path


def test_a_spreadsheet_reads_as_its_csv_would(tmp_path: Path) -> None:
    table = [["phone", "when", "day", "yes"], [601602603.0, _moment(), _moment().date(), True]]
    read = list(members(_sheet(tmp_path / "a.xlsx", table))[0].rows())
    assert read == [
        RawRow(1, ["phone", "when", "day", "yes"]),
        RawRow(2, ["601602603", "2023-04-26 12:05:01", "2023-04-26", "true"]),
    ]


def _moment() -> datetime.datetime:
    return datetime.datetime(2023, 4, 26, 12, 5, 1)


def test_lines_of_a_spreadsheet_are_its_rows(tmp_path: Path) -> None:
    path = _sheet(tmp_path / "a.xlsx", [[], ["a", "b"], [], ["1", "2"]])
    assert [row.line for row in members(path)[0].rows()] == [2, 4]


def test_a_spreadsheet_with_data_on_two_sheets_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "a"
    book.create_sheet("b")["A1"] = "b"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Refused):
        list(members(tmp_path / "a.xlsx")[0].rows())


# Bombs -------------------------------------------------------------------------------------------


def _sparse(path: Path, column: int) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active.cell(1_048_576, column).value = 1
    book.save(path)


def _wide(path: Path) -> None:
    _sheet(path, [list(range(500))])


def _zeros(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("subscribed_x.csv", b"0" * 40_000_000)


def _crowd(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(300):
            archive.writestr(f"{number}.csv", "")


def _with_part(path: Path, part: str, text: str) -> None:
    source = _sheet(path.with_suffix(".tmp"), [["a"]])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))


def _doctype(path: Path) -> None:
    entity = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    _with_part(path, "xl/worksheets/sheet1.xml", entity)


def _utf16_doctype(path: Path) -> None:
    entity = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x []><worksheet/>'
    source = _sheet(path.with_suffix(".tmp"), [["a"]])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = entity.encode("utf-16") if "sheet1" in name else old.read(name)
            new.writestr(name, part)


def _long_prolog(path: Path) -> None:
    _with_part(path, "xl/workbook.xml", "<!--" + "x" * 70_000 + "--><workbook/>")


def _broken_xml(path: Path) -> None:
    _with_part(path, "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row")


def _truncated(path: Path) -> None:
    path.write_bytes(_sheet(path.with_suffix(".tmp"), [["a"]]).read_bytes()[:-40])


def _lying(path: Path) -> None:
    """An archive that promises fewer members than it has."""
    _crowd(path)
    body = bytearray(path.read_bytes())
    place = body.rfind(b"PK\x05\x06")
    body[place + 8 : place + 12] = (3).to_bytes(2, "little") * 2
    path.write_bytes(body)


def _encrypted(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("subscribed_x.csv", "a")
    body = bytearray(path.read_bytes())
    body[body.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(body)


def _old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)


def _no_csv(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.exe", "a")


def _endless_line(path: Path) -> None:
    path.write_bytes(b"a,b\n" + b"x" * 30_000_000)


def _endless_quote(path: Path) -> None:
    path.write_bytes(b'a,b\n"' + b"x,\n" * 5_000_000)


BOMBS = {
    "sparse": lambda path: _sparse(path, 16_384),
    "sparse within 400 columns": lambda path: _sparse(path, 400),
    "sparse in two columns": lambda path: _sparse(path, 40),
    "wide": _wide,
    "zeros": _zeros,
    "crowd": _crowd,
    "doctype": _doctype,
    "doctype in UTF-16": _utf16_doctype,
    "long prolog": _long_prolog,
    "broken XML": _broken_xml,
    "truncated": _truncated,
    "lying": _lying,
    "encrypted": _encrypted,
    "old Excel": _old_excel,
    "no CSV": _no_csv,
    "endless line": _endless_line,
    "endless quote": _endless_quote,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once_and_costs_this_process_nothing(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "bomb"
    BOMBS[name](path)
    before, start = _largest(), time.perf_counter()
    with pytest.raises(Refused):
        _read_all(path)
    assert time.perf_counter() - start < 5  # a second, on a machine that does nothing else
    assert _largest() - before < 20 * 1024


def _read_all(path: Path) -> None:
    for member in members(path):
        list(member.rows())


def _largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_the_child_lives_under_the_limits_of_the_settings(tmp_path: Path, settings: object) -> None:
    path = _sheet(tmp_path / "a.xlsx", [["a"]] * 20)
    settings.IMPORT_LIMITS = settings.IMPORT_LIMITS | {"sheet_rows": 10}
    with pytest.raises(Refused):
        list(members(path)[0].rows())
