"""What a time in a file means, by formats.md and verdict.md §1."""

import pytest

from consents.importing.rows import Row
from consents.importing.times import BadTime
from tests.consents.readers import SIMPLE, clock, read, reason, simple, utc


@pytest.mark.parametrize(
    "text",
    [
        "2023-04-26 12:00",
        "2023-04-26T12:00:00",
        "2023-04-26T10:00Z",
        "2023-04-26T10:00:00.000+00:00",
        "2023-04-26 05:00:00-0500",
        "26.04.2023 12:00",
        "45042.5",
        "45042,5",
    ],
)
def test_an_instant_is_read_in_every_spelling(text: str) -> None:
    told = clock().read(text)
    assert (told.first, told.last) == (utc(2023, 4, 26, 10), utc(2023, 4, 26, 10))


@pytest.mark.parametrize("text", ["2023-04-26", "26.04.2023", "20230426", "45042"])
def test_a_day_is_read_in_every_spelling(text: str) -> None:
    told = clock().read(text)
    assert (told.first, told.last) == (utc(2023, 4, 25, 22), utc(2023, 4, 26, 22))


def test_a_no_on_the_day_of_the_file_counts_from_its_moment() -> None:
    moment = utc(2023, 4, 26, 15)
    assert clock(moment).no(clock().read("2023-04-26")) == moment


def test_an_hour_that_came_twice_is_early_for_a_yes_and_late_for_a_no() -> None:
    told = clock().read("2023-10-29 02:30")
    assert (clock().yes(told), clock().no(told)) == (
        utc(2023, 10, 29, 0, 30),
        utc(2023, 10, 29, 1, 30),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2023-03-26 02:30", "time_skipped"),
        ("31.02.2025", "date_invalid"),
        ("2023-04-26 25:00", "date_invalid"),
        ("0000-00-00 00:00:00", "date_invalid"),
        ("1900-01-01", "date_invalid"),
        ("04/26/2023", "date_invalid"),
        ("wczoraj", "date_invalid"),
    ],
)
def test_a_time_that_never_was_is_an_error(text: str, why: str) -> None:
    with pytest.raises(BadTime) as refused:
        clock().read(text)
    assert refused.value.reason == why


@pytest.mark.parametrize(("minute", "accepted"), [(4, True), (6, False)])
def test_clocks_differ_by_five_minutes_at_most(minute: int, accepted: bool) -> None:
    row = read(SIMPLE, simple(sms="TAK", when=f"2026-11-25T12:0{minute}Z"))
    assert isinstance(row, Row) is accepted


def test_an_act_in_the_future_is_an_error_of_its_cell() -> None:
    row = read(SIMPLE, simple(sms="TAK", when="24.11.2062"))
    assert reason(row) == ("date_in_future", "when", "24.11.2062")


def test_a_pattern_of_its_own_reads_a_column() -> None:
    assert clock().read("26-04-2023 13:09", "%d-%m-%Y %H:%M").first == utc(2023, 4, 26, 11, 9)


def test_real_dates_of_a_spreadsheet_need_no_pattern() -> None:
    assert clock().read("2023-04-26", "%d.%m.%Y", True).day is not None
    with pytest.raises(BadTime):
        clock().read("2023-04-26", "%d.%m.%Y")
