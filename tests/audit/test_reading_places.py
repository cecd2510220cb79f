"""Records in their places: nothing dropped, nothing moved, nothing endless."""

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter

from audit.reading.errors import EncodingNeeded, Refused
from audit.reading.places import STRIDE, line_count, strides
from audit.reading.tables import members


def rows_of(path: Path, data: bytes, **options: str) -> list[list[str]]:
    path.write_bytes(data)
    (member,) = members(path)
    return [row for stride in strides(member, **options) for row in stride]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def test_blank_lines_keep_their_places(path: Path) -> None:
    assert rows_of(path, b"a;b\n\n1;2\n;\n") == [["a", "b"], [], ["1", "2"], ["", ""]]


def test_a_quoted_line_end_parts_no_row(path: Path) -> None:
    assert rows_of(path, b'a,b\r\n"x\r\ny",1\r\n') == [["a", "b"], ["x\r\ny", "1"]]


def test_a_byte_order_mark_is_no_part_of_the_first_cell(path: Path) -> None:
    assert rows_of(path, b"\xef\xbb\xbfa,b\n1,2")[0] == ["a", "b"]


def test_more_rows_than_a_stride_come_in_order(path: Path) -> None:
    numbers = [str(n) for n in range(2 * STRIDE + 1)]
    assert [row[0] for row in rows_of(path, "\n".join(numbers).encode())] == numbers


def test_what_is_not_utf8_is_asked_about(path: Path) -> None:
    with pytest.raises(EncodingNeeded):
        rows_of(path, "imię;telefon\nŁucja;601602603\n".encode("cp1250"))
    assert rows_of(path, "Łucja".encode("cp1250"), encoding="cp1250") == [["Łucja"]]


def test_a_quote_that_is_never_closed_refuses_the_file(path: Path) -> None:
    with pytest.raises(Refused, match="quote"):
        rows_of(path, b'a,b\n1,"2\n3,4\n')


def test_a_line_without_end_is_refused_before_it_is_held(path: Path) -> None:
    path.write_bytes(b"a\n" + b"x" * 500_000)
    with pytest.raises(Refused, match="KiB"):
        line_count(members(path)[0])


def test_a_row_of_many_quoted_lines_is_refused(path: Path) -> None:
    with pytest.raises(Refused):
        rows_of(path, b'a\n"' + b"x\n" * 200_000 + b'"\n')


def test_rows_are_what_the_csv_module_reads(path: Path) -> None:
    text = 'a,"b ""c""",d\n' + '"1,2",,"x\ny"\n' * 700
    assert rows_of(path, text.encode()) == list(csv.reader(io.StringIO(text, newline="")))


def test_a_sheet_keeps_blank_rows_and_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cell in ((0, "telefon"), (1, 601602603), (3, 48601602603)):
            sheet.write(row, 0, cell)
    (member,) = members(path)
    rows = [row for stride in strides(member) for row in stride]
    assert rows == [["telefon"], ["601602603"], [""], ["48601602603"]]
