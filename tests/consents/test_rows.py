"""What a row says, by formats.md and verdict.md §1."""

import pytest

from audit.reading.errors import Refused
from audit.reading.tables import RawRow
from consents.importing.errors import REASONS, RowError, Unrecognised
from consents.importing.rows import Row
from tests.consents.readers import (
    AS_OF,
    SIMPLE,
    TOLD,
    preset,
    read,
    reader,
    reason,
    said,
    simple,
    utc,
)

# Consents ----------------------------------------------------------------------------------------


def test_a_yes_is_given_on_the_day_of_the_row() -> None:
    row = read(SIMPLE, simple(sms="TAK", when="2023-04-26"))
    assert said(row) == [("given", "+48601602603", "sms")]
    assert row.acts[0].at == utc(2023, 4, 25, 22)


def test_a_no_is_refused_at_the_end_of_the_day_of_the_row() -> None:
    row = read(SIMPLE, simple(sms="NIE", when="2023-04-26"))
    assert said(row) == [("refused", "+48601602603", "sms")]
    assert row.acts[0].at == utc(2023, 4, 26, 22)


def test_an_empty_cell_says_nothing() -> None:
    assert said(read(SIMPLE, simple(when="2023-04-26"))) == []


def test_an_unknown_word_is_an_error_of_its_row() -> None:
    row = read(SIMPLE, simple(sms="może", when="2023-04-26"))
    assert reason(row) == ("flag_unknown", "sms", "może")


@pytest.mark.parametrize("word", ["true", "1", "YES", "y", "T", "Tak"])
def test_words_for_yes(word: str) -> None:
    row = preset("quarticon", {"email": "a@b.pl", "emailSendAgreement": word}, as_of=TOLD)
    assert said(row) == [("given", "a@b.pl", "email")]


@pytest.mark.parametrize("word", ["false", "0", "NO", "n", "F", "Nie"])
def test_words_for_no(word: str) -> None:
    row = preset("quarticon", {"email": "a@b.pl", "emailSendAgreement": word}, as_of=TOLD)
    assert said(row) == [("refused", "a@b.pl", "email")]


def test_what_the_row_does_not_date_is_dated_by_the_file() -> None:
    row = read(SIMPLE, simple(sms="TAK"), as_of=TOLD)
    assert (row.acts[0].at, row.acts[0].own_time) == (AS_OF, False)


def test_what_nothing_dates_is_an_error_and_told() -> None:
    interpreter = reader(SIMPLE, list(simple()))
    row = interpreter.read(RawRow(2, list(simple(sms="TAK").values())))
    assert reason(row)[0] == "time_missing"
    assert (interpreter.timed, interpreter.untimed) == (False, True)


def test_a_yes_without_its_contact_is_an_error() -> None:
    row = read(SIMPLE, simple(email="a@b.pl", phone="", sms="TAK", when="2023-04-26"))
    assert reason(row)[0] == "contact_missing"


def test_a_no_without_its_contact_is_counted() -> None:
    row = read(SIMPLE, simple(email="a@b.pl", phone="", sms="NIE", when="2023-04-26"))
    assert (said(row), row.homeless) == ([], 1)


def test_a_withdrawal_withdraws_every_consent_of_the_row() -> None:
    columns = SIMPLE["columns"] | {
        "voice": {"consent": {"channel": "voice", "purpose": "marketing-own"}},
        "out": {"field": "withdrawn_at"},
    }
    row = read({"columns": columns}, simple(voice="", out="2024-01-01 10:00"))
    assert [(a.kind, a.channel, a.purpose) for a in row.acts] == [
        ("withdrawn", "sms", "newsletter"),
        ("withdrawn", "voice", "marketing-own"),
    ]


def test_dates_alone_speak_of_e_mail() -> None:
    mapping = {"columns": {"m": {"field": "email"}, "w": {"field": "given_at"}}}
    row = read(mapping, {"m": "a@b.pl", "w": "2023-04-26 10:00"})
    assert [(a.kind, a.channel, a.purpose) for a in row.acts] == [("given", "email", "newsletter")]


def test_dates_without_an_e_mail_column_are_refused() -> None:
    mapping = {"columns": {"p": {"field": "phone"}, "w": {"field": "given_at"}}}
    with pytest.raises(Refused, match="w"):
        reader(mapping, ["p", "w"])


def test_a_confirmation_column_makes_consents_need_one() -> None:
    columns = SIMPLE["columns"] | {"ok": {"field": "confirmed_at"}}
    row = read({"columns": columns}, simple(sms="TAK", when="2023-04-26 10:00", ok=""))
    assert (row.acts[0].needs_confirmation, row.acts[0].confirmed_at) == (True, None)


def test_a_confirmation_alone_is_an_error() -> None:
    columns = SIMPLE["columns"] | {"ok": {"field": "confirmed_at"}}
    row = read({"columns": columns}, simple(ok="2023-04-26 10:00"))
    assert reason(row)[0] == "confirmation_without_give"


def test_a_consent_ends_at_the_beginning_of_its_last_day() -> None:
    columns = SIMPLE["columns"] | {"end": {"field": "expires_at"}}
    row = read({"columns": columns}, simple(sms="TAK", when="2023-04-26", end="2027-01-01"))
    assert row.acts[0].until == utc(2026, 12, 31, 23)


def test_of_an_undated_yes_and_no_in_one_row_the_no_stays() -> None:
    columns = SIMPLE["columns"] | {"sms2": {"consent": {"channel": "sms"}}}
    row = read({"columns": columns}, simple(sms="TAK", sms2="nie"), as_of=TOLD)
    assert said(row) == [("refused", "+48601602603", "sms")]


def test_two_numbers_of_a_row_say_no_both_and_yes_with_the_first() -> None:
    columns = {**SIMPLE["columns"], "phone2": {"field": "phone"}}
    cells = simple(sms="TAK", when="2023-04-26", phone2="602603604")
    assert len(said(read({"columns": columns}, cells))) == 1
    assert len(said(read({"columns": columns}, {**cells, "sms": "NIE"}))) == 2


# Contacts ----------------------------------------------------------------------------------------


def test_a_destroyed_number_rejects_the_whole_row() -> None:
    row = read(SIMPLE, simple(email="a@b.pl", phone="6,01603E+08", sms="TAK", when="2023-04-26"))
    assert reason(row) == ("phone_destroyed", "phone", "6,01603E+08")


def test_a_row_without_a_contact_is_an_error() -> None:
    assert reason(read(SIMPLE, simple(phone=" ")))[0] == "no_contact"


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["a@b.pl", "601602603", ""], "ragged_row"),
        (["a@b.pl", "601602603", "", "", "x"], "ragged_row"),
        (["a@b.pl", "601\x00602603", "", ""], "control_character"),
    ],
)
def test_a_damaged_row_is_an_error(cells: list[str], why: str) -> None:
    interpreter = reader(SIMPLE, list(simple()))
    assert interpreter.read(RawRow(2, cells)).reason == why


def test_surplus_empty_cells_are_allowed() -> None:
    interpreter = reader(SIMPLE, [*simple(), ""])
    assert isinstance(interpreter.read(RawRow(2, ["a@b.pl", "", "", "", "", ""])), Row)


def test_the_first_of_two_columns_of_one_name_counts() -> None:
    mapping = {"columns": {"m": {"field": "email"}}}
    interpreter = reader(mapping, ["m", "m"])
    assert interpreter.read(RawRow(2, ["a@b.pl", "c@d.pl"])).contacts[0][1].value == "a@b.pl"


def test_a_missing_column_of_a_map_is_named() -> None:
    with pytest.raises(Unrecognised, match="sms"):
        reader(SIMPLE, ["email", "phone", "when"])


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(Refused):
        reader(SIMPLE, [*simple(), *map(str, range(400))])


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_sentence_and_a_hint(code: str) -> None:
    error = RowError(17, "Data", "31.02.2025", code)
    assert error.sentence
    assert error.hint
