"""How a file may be written, and what of it is an error of one row: headers, ends, encodings."""

from itertools import product

import pytest

from consents.models import DataSubject
from tests.acceptance.outsider import Outsider, census, events, known, state

HEADER = "email,accepts_dit_email_marketing,modified_at"
YES = "a@ex.example,true,2024-05-01T10:00:00Z"
LEGAL = f"{HEADER}\n{YES}\n"


# Headers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "EMAIL,Accepts_DIT_Email_Marketing,MODIFIED_AT",
        " email , accepts_dit_email_marketing,modified_at  ",
        "\ufeffemail,accepts_dit_email_marketing,modified_at",
        '\ufeff"email","accepts_dit_email_marketing","modified_at"',
        "email,accepts_dit_email_marketing\N{NO-BREAK SPACE},modified_at",
    ],
)
def test_a_header_is_known_in_any_case_padding_and_mark(house: Outsider, header: str) -> None:
    outcome = house.run(f"{header}\n{YES}\n")
    assert (outcome.said["format"], outcome.given) == ("legal_basis", 1)


def test_columns_may_stand_in_any_order(house: Outsider) -> None:
    body = "modified_at,email,accepts_dit_email_marketing\n2024-05-01T10:00:00Z,a@ex.example,1\n"
    assert house.run(body).given == 1
    assert events("a@ex.example") == [("given", "2024-05-01T10:00")]


def test_an_unknown_header_is_refused_naming_the_columns_seen(house: Outsider) -> None:
    said = house.refusal("Adres,Rabat\na@ex.example,1\n")
    assert "Adres" in said
    assert "Rabat" in said


@pytest.mark.parametrize("body", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(house: Outsider, body: str) -> None:
    house.refusal(body)


def test_a_missing_file_is_refused(house: Outsider) -> None:
    house.refusal(house.folder / "nowhere.csv")


def test_a_header_without_rows_records_nothing(house: Outsider) -> None:
    before = census()
    assert house.run(HEADER + "\n").counts == {}
    assert census() == before


def test_the_first_of_two_columns_of_one_name_counts(house: Outsider) -> None:
    outcome = house.run(f"{HEADER},email\n{YES},b@ex.example\n")
    assert outcome.given == 1
    assert known("a@ex.example")
    assert not known("b@ex.example")


# Delimiters, ends of line, quotes -----------------------------------------------------------------


@pytest.mark.parametrize(("delimiter", "end"), list(product(",;\t|", ["\r\n", "\r", "\n"])))
def test_every_delimiter_with_every_end_of_line(house: Outsider, delimiter: str, end: str) -> None:
    lines = [HEADER, YES, YES.replace("a@", "b@")]
    body = "".join(line.replace(",", delimiter) + end for line in lines)
    assert house.run(body).counts == {"rows": 2, "given": 2, "applied": 2}


def test_the_last_line_needs_no_end_and_empty_lines_are_no_rows(house: Outsider) -> None:
    assert house.run(f"{HEADER}\n\n{YES}\n\n{YES.replace('a@', 'b@')}").rows == 2


NAMED = {
    "columns": {
        "E-mail": {"field": "email"},
        "Imię": {"field": "first_name"},
        "Data": {"field": "given_at"},
    }
}


def test_a_quoted_cell_holds_newlines_and_errors_name_where_the_record_begins(
    house: Outsider,
) -> None:
    body = (
        "E-mail,Imię,Data\r\n"
        'a@ex.example,"Jan\r\nMaria, ""Rokita""\r\n\r\n",2024-05-01\r\n'
        'b@ex.example,"x\r\ny",2024-02-30\r\n'
        "c@ex.example,z,2024-13-01\r\n"
    )
    outcome = house.run(body, mapping=NAMED)
    assert outcome.counts == {"rows": 3, "given": 1, "rejected": 2, "applied": 1}
    assert outcome.lines == [(6, "Data"), (8, "Data")]


def test_the_rejects_say_what_stood_there_and_what_to_do(house: Outsider) -> None:
    outcome = house.run(f"{HEADER}\na@ex.example,perhaps,2024-05-01\n")
    row = outcome.rejects[0]
    assert list(row) == ["line", "column", "value", "reason", "hint"]
    assert (row["line"], row["column"], row["value"]) == (
        "2", "accepts_dit_email_marketing", "perhaps"
    )  # fmt: skip
    assert row["reason"]
    assert row["hint"]
    assert sum(outcome.said["reasons"].values()) == 1


@pytest.mark.parametrize(
    "row",
    [
        "b@ex.example,true",
        "b@ex.example",
        "b@ex.example,true,2024-05-01,more",
        "x,b@ex.example,true,2024-05-01",
        "b@ex.example,true,2024-05-01,,,more",
    ],
)
def test_a_ragged_row_is_an_error_and_never_shifts(house: Outsider, row: str) -> None:
    outcome = house.run(f"{HEADER}\n{YES}\n{row}\nc@ex.example,true,2024-05-01\n")
    assert outcome.counts == {"rows": 3, "given": 2, "rejected": 1, "applied": 2}
    assert outcome.lines[0][0] == 3
    assert not known("b@ex.example")


def test_surplus_empty_cells_are_allowed(house: Outsider) -> None:
    assert house.run(f"{HEADER}\n{YES},,, ,\n").counts == {"rows": 1, "given": 1, "applied": 1}


def test_an_open_quote_does_not_swallow_the_good_rows_before_it(house: Outsider) -> None:
    outcome = house.run(f'{HEADER}\n{YES}\nb@ex.example,"true,2024-05-01\n')
    assert (outcome.given, outcome.rejected) == (1, 1)
    assert outcome.lines[0][0] == 3


# Encodings --------------------------------------------------------------------------------------

POLISH = "E-mail;Imię;Data\nzofia@ex.example;Zażółć Gęśla;01.05.2024\n"


@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2", "utf-16"])
def test_a_file_that_is_not_utf_8_is_refused_without_its_encoding(
    house: Outsider, encoding: str
) -> None:
    assert encoding in house.refusal(POLISH.encode(encoding), mapping=NAMED)


@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2", "utf-16", "utf-8"])
def test_a_named_encoding_is_read_with_its_polish_letters(house: Outsider, encoding: str) -> None:
    outcome = house.run(POLISH.encode(encoding), mapping=NAMED, encoding=encoding)
    assert outcome.counts == {"rows": 1, "given": 1, "applied": 1}
    subject = DataSubject.objects.get(contact_points__value="zofia@ex.example")
    assert subject.first_name == "Zażółć Gęśla"


@pytest.mark.parametrize("encoding", ["utf-8", "cp9999", "idna"])
def test_an_encoding_that_is_wrong_or_unknown_is_refused(house: Outsider, encoding: str) -> None:
    house.refusal(POLISH.encode("cp1250"), mapping=NAMED, encoding=encoding)


def test_one_foreign_byte_far_down_refuses_the_whole_file(house: Outsider) -> None:
    rows = "".join(f"z{n}@ex.example;Jan;01.05.2024\n" for n in range(4000))
    house.refusal(("E-mail;Imię;Data\n" + rows).encode() + b"y@ex.example;\xb3;01.05.2024\n",
                  mapping=NAMED)  # fmt: skip
    assert state("z1@ex.example") is None
