import phonenumbers
import pytest
from django.db import connection
from phonenumbers import SUPPORTED_REGIONS, PhoneNumberFormat, PhoneNumberType

from audit.cells import guarded, guarded_sql, is_formula, unguarded

STARTERS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
BEFORE = ["", " ", "  ", "\N{NO-BREAK SPACE}", '"', "'", ' "', "' ", "\t ", " '\""]
AFTER = ["1+1", "cmd|' /C calc'!A0", "HYPERLINK(A1)", "", "48601602603x"]
PAYLOADS = [b + s + a for b in BEFORE for s in STARTERS for a in AFTER]
HARMLESS = [
    "",
    "Jan Kowalski",
    "3-2",
    "a=b",
    "O'Neil",
    "'cytat'",
    "601 602 603",
    "jan@poczta.example",
]


def example_numbers() -> list[str]:
    kinds = PhoneNumberType.values()
    found = (
        phonenumbers.example_number_for_type(region, kind)
        for region in SUPPORTED_REGIONS
        for kind in kinds
    )
    return [phonenumbers.format_number(n, PhoneNumberFormat.E164) for n in found if n]


def test_there_are_enough_payloads():
    assert len(PAYLOADS) >= 500


@pytest.mark.parametrize("payload", PAYLOADS)
def test_whatever_begins_like_a_formula_is_guarded_and_read_back(payload):
    cell = guarded(payload)
    assert cell == "'" + payload
    assert unguarded(cell) == payload


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text):
    assert guarded(text) == text == unguarded(text)


def test_nul_is_guarded():
    assert guarded("\0=1") == "'\0=1"


def test_every_example_number_of_the_world_keeps_its_plus():
    long_enough = [n for n in example_numbers() if len(n) >= 8]
    assert len(long_enough) > 1000
    assert [n for n in long_enough if is_formula(n)] == []


@pytest.mark.parametrize("text", ["+48601602603 ", "+0601602603", "+48601602603\n", "+12345"])
def test_what_only_resembles_a_number_is_guarded(text):
    assert guarded(text) == "'" + text


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite rows are guarded in Python")
def test_the_guard_in_sql_agrees_with_the_one_in_python():
    texts = [*PAYLOADS, *HARMLESS, *example_numbers()[:50], "+48601602603 ", "+48601602603\n"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t, {guarded_sql('t')} FROM unnest(%s::text[]) AS u(t)",
            [texts],
        )
        disagreeing = [(t, g) for t, g in cursor.fetchall() if g != guarded(t)]
    assert disagreeing == []
