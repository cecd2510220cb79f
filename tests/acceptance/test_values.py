"""What may stand in a cell: flags, days and moments, spellings of numbers and addresses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from consents.models import ConsentEvent, ContactPoint
from tests.acceptance.outsider import AS_OF, Outsider, events, known, state, states

MARKS = {
    "columns": {
        "e": {"field": "email"},
        "p": {"field": "phone"},
        "news": {"consent": {"purpose": "newsletter", "channel": "email"}},
        "sms": {"consent": {"purpose": "marketing-own", "channel": "sms"}},
    }
}
DATED = {"columns": {"e": {"field": "email"}, "at": {"field": "given_at"}}}
LEFT = {"columns": {"e": {"field": "email"}, "at": {"field": "withdrawn_at"}}}


# Flags ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *((word, "given") for word in ["true", "1", "yes", "y", "t", "tak", "TAK", "True", " Y "]),
        *((word, "refused") for word in ["false", "0", "no", "n", "f", "nie", "NIE", "False "]),
        *((word, None) for word in ["", " "]),
    ],
)
def test_words_of_flags(house: Outsider, word: str, expected: str | None) -> None:
    outcome = house.run(f"e,p,news,sms\na@ex.example,,{word},\n", mapping=MARKS, as_of=AS_OF)
    assert (outcome.rejected, state("a@ex.example")) == (0, expected)


@pytest.mark.parametrize("word", ["2", "on", "x", "maybe", "prawda", "-", "null", "1.5"])
def test_nothing_of_a_row_with_an_unknown_flag_is_applied(house: Outsider, word: str) -> None:
    body = f"e,p,news,sms\na@ex.example,601602603,tak,{word}\nb@ex.example,,tak,\n"
    outcome = house.run(body, mapping=MARKS, as_of=AS_OF)
    assert outcome.counts == {"rows": 2, "given": 1, "rejected": 1, "applied": 1}
    assert (outcome.lines, outcome.rejects[0]["value"].lstrip("'")) == ([(2, "sms")], word)
    assert not known("a@ex.example")


# Moments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-05-01 10:00:00", "2024-05-01T08:00"),
        ("2024-01-01 10:00", "2024-01-01T09:00"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00"),
        ("2024-05-01T10:00:00+02:00", "2024-05-01T08:00"),
        ("2024-05-01T10:00:00.123-05:00", "2024-05-01T15:00"),
        ("2024-05-01", "2024-04-30T22:00"),
        ("20240501", "2024-04-30T22:00"),
        ("01.05.2024", "2024-04-30T22:00"),
        ("1.5.2024", "2024-04-30T22:00"),
        ("45413", "2024-04-30T22:00"),
        ("45413.5", "2024-05-01T10:00"),
        ("2024-02-29", "2024-02-28T23:00"),
        ("2023-10-29 02:30:00", "2023-10-29T00:30"),
    ],
)
def test_a_moment_in_every_spelling(house: Outsider, text: str, utc: str) -> None:
    outcome = house.run(f"e,at\na@ex.example,{text}\n", mapping=DATED)
    assert outcome.rejects == []
    assert events("a@ex.example") == [("given", utc)]


@pytest.mark.parametrize(
    "text",
    [
        *("2024-02-30", "30.02.2024", "20240230", "2023-02-29", "2024-13-01", "31.04.2024"),
        *("yesterday", "2024", "12", "05/01/2024 10:00", "2024-05-01T25:00:00Z", "0000-00-00"),
        *("2024-03-31 02:30:00", "99999999", "1e9", "2124-05-01"),
    ],
)
def test_an_impossible_moment_is_an_error_of_its_row(house: Outsider, text: str) -> None:
    outcome = house.run(f"e,at\na@ex.example,{text}\nb@ex.example,2024-05-01\n", mapping=DATED)
    assert outcome.counts == {"rows": 2, "given": 1, "rejected": 1, "applied": 1}
    assert (outcome.lines, outcome.rejects[0]["value"]) == ([(2, "at")], text)


@pytest.mark.parametrize(("minutes", "rejected"), [(4, 0), (6, 1)])
def test_an_act_may_be_dated_five_minutes_ahead_and_no_more(
    house: Outsider, minutes: int, rejected: int
) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    body = f"e,at\na@ex.example,{moment:%Y-%m-%dT%H:%M:%SZ}\n"
    assert house.run(body, mapping=DATED).rejected == rejected


def test_a_pattern_of_the_map_reads_what_is_ambiguous(house: Outsider) -> None:
    mapping = {
        "columns": {
            "e": {"field": "email"},
            "at": {"field": "given_at", "format": "%m/%d/%Y %H:%M"},
        }
    }
    outcome = house.run("e,at\na@ex.example,05/01/2024 10:00\nb@ex.example,31/01/2024 1:00\n",
                        mapping=mapping)  # fmt: skip
    assert events("a@ex.example") == [("given", "2024-05-01T08:00")]
    assert outcome.lines == [(3, "at")]


@pytest.mark.parametrize(
    ("tz", "utc"),
    [
        ("America/New_York", "2024-05-01T14:00"),
        ("UTC", "2024-05-01T10:00"),
        ("", "2024-05-01T08:00"),
    ],
)
def test_local_times_are_read_in_the_zone_that_is_named(house: Outsider, tz: str, utc: str) -> None:
    house.run(
        "e,at\na@ex.example,2024-05-01 10:00:00\n", mapping=DATED, **({"tz": tz} if tz else {})
    )
    assert events("a@ex.example") == [("given", utc)]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-05-01", "2024-05-01T22:00"),
        ("01.05.2024", "2024-05-01T22:00"),
        ("45413", "2024-05-01T22:00"),
        ("2024-05-01 10:00:00", "2024-05-01T08:00"),
        ("2023-10-29 02:30:00", "2023-10-29T01:30"),
    ],
)
def test_a_withdrawal_counts_from_the_end_of_its_day_and_the_later_of_two_hours(
    house: Outsider, text: str, utc: str
) -> None:
    house.run(f"e,at\na@ex.example,{text}\n", mapping=LEFT)
    assert events("a@ex.example") == [("withdrawn", utc)]


@pytest.mark.parametrize(
    ("as_of", "utc"),
    [
        ("2024-05-01T15:00:00+02:00", "2024-05-01T13:00"),
        ("2024-05-02T15:00:00+02:00", "2024-05-01T22:00"),
    ],
)
def test_a_day_within_which_the_file_was_true_ends_at_that_moment(
    house: Outsider, as_of: str, utc: str
) -> None:
    house.run("e,at\na@ex.example,2024-05-01\n", mapping=LEFT, as_of=as_of)
    assert events("a@ex.example") == [("withdrawn", utc)]


def test_a_withdrawal_of_today_counts_from_the_first_import_of_the_file(house: Outsider) -> None:
    body = f"e,at\na@ex.example,{timezone.localdate().isoformat()}\n"
    house.run(body, mapping=LEFT, dry_run=True)
    before = timezone.now()
    assert house.run(body, mapping=LEFT).withdrawn == 1
    assert house.run(body, mapping=LEFT).counts == {"rows": 1, "unchanged": 1}
    moment = ConsentEvent.objects.get(contact_point__value="a@ex.example").occurred_at
    assert before <= moment <= timezone.now()


def test_as_of_dates_only_what_a_row_does_not(house: Outsider) -> None:
    columns = {**DATED["columns"], "ok": MARKS["columns"]["news"]}
    body = "e,at,ok\na@ex.example,2024-05-01,tak\nb@ex.example,,tak\n"
    house.run(body, mapping={"columns": columns}, as_of=AS_OF)
    assert events("a@ex.example") == [("given", "2024-04-30T22:00")]
    assert events("b@ex.example") == [("given", "2026-06-01T10:00")]


def test_a_row_without_a_time_is_not_dated_by_the_clock(house: Outsider) -> None:
    columns = {**DATED["columns"], "ok": MARKS["columns"]["news"]}
    body = "e,at,ok\na@ex.example,2024-05-01,tak\nb@ex.example,,tak\n"
    outcome = house.run(body, mapping={"columns": columns})
    assert outcome.counts == {"rows": 2, "given": 1, "rejected": 1, "applied": 1}
    assert state("b@ex.example") is None


@pytest.mark.parametrize(
    "options",
    [
        {"as_of": "tomorrow"},
        {"as_of": "2024-02-30"},
        {"as_of": "2124-01-01T00:00:00Z"},
        {"as_of": AS_OF, "tz": "Europe/Warszawa"},
    ],
)
def test_a_moment_or_zone_that_makes_no_sense_refuses_the_file(
    house: Outsider, options: dict[str, str]
) -> None:
    house.refusal("email,emailSendAgreement\na@ex.example,1\n", **options)


def test_an_unknown_zone_names_the_nearest(house: Outsider) -> None:
    said = house.refusal("e,at\na@ex.example,2024-05-01\n", mapping=DATED, tz="Europe/Warszawa")
    assert "Europe/Warsaw" in said


# Numbers and addresses ----------------------------------------------------------------------------

PHONES = {"columns": {"p": {"field": "phone"}, "sms": MARKS["columns"]["sms"]}}


@pytest.mark.parametrize(
    "text",
    [
        *("601602603", "601 602 603", "601-602-603", "(601) 602 603", "48601602603"),
        *(
            "0048601602603",
            "+48601602603",
            "+48 (601) 602-603",
            "48 601 602 603",
            "00 48 601602603",
        ),
        *("601\N{NO-BREAK SPACE}602\N{NO-BREAK SPACE}603", "６０１６０２６０３", "＋48 601602603"),
        *("601602603.0", " 601602603 ", "48601602603.0", "601\N{NARROW NO-BREAK SPACE}602603"),
    ],
)
def test_a_number_in_every_spelling_is_one_number(house: Outsider, text: str) -> None:
    house.run("p,sms\n+48601602603,tak\n", mapping=PHONES, as_of=AS_OF)
    outcome = house.run(f"p,sms\n{text},tak\n", mapping=PHONES, as_of=AS_OF)
    assert outcome.counts == {"rows": 1, "unchanged": 1}


@pytest.mark.parametrize(
    "text",
    [
        *('"6,01603E+08"', "6.01603E+08", "6.01603e8", "60160260", "6016026031", "abc", "+999123"),
        *("601602603.5", "601602603; 601602604", "48 601602603 12"),
    ],
)
def test_a_number_that_is_none_is_an_error_of_its_row(house: Outsider, text: str) -> None:
    outcome = house.run(f"p,sms\n{text},tak\n601602604,tak\n", mapping=PHONES, as_of=AS_OF)
    assert outcome.counts == {"rows": 2, "given": 1, "rejected": 1, "applied": 1}
    assert outcome.lines == [(2, "p")]
    assert outcome.rejects[0]["value"].lstrip("'") == text.strip('"')


def test_a_destroyed_number_is_told_apart_from_a_wrong_one(house: Outsider) -> None:
    body = 'p,sms\n"6,01603E+08",tak\n12,tak\n'
    outcome = house.run(body, mapping=PHONES, as_of=AS_OF)
    assert len({row["hint"] for row in outcome.rejects}) == 2


def test_a_foreign_number_is_a_number(house: Outsider) -> None:
    house.run("p,sms\n+49 30 901820,tak\n", mapping=PHONES, as_of=AS_OF)
    assert states("+4930901820") == {"marketing-own sms": "given"}


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("Jan.Kowal@Ex.Example", " jan.kowal@ex.example "),
        ("jan@żółw.example", "JAN@xn--w-uga1v8h.example"),
        ("jan@ŻÓŁW.example", "jan@żo\u0301łw.example"),
        ("z\u0301a@ex.example", "ź\u0061@EX.EXAMPLE"),
    ],
)
def test_an_address_in_every_spelling_is_one_address(
    house: Outsider, first: str, other: str
) -> None:
    house.run(f"e,at\n{first},2024-05-01\n", mapping=DATED)
    outcome = house.run(f"e,at\n{other},2024-05-01\n", mapping=DATED)
    assert outcome.counts == {"rows": 1, "unchanged": 1}


def test_an_address_is_kept_as_typed_and_its_domain_in_ascii(house: Outsider) -> None:
    house.run("e,at\nJan.Kowal@Żółw.Example,2024-05-01\n", mapping=DATED)
    assert ContactPoint.objects.filter(value="Jan.Kowal@xn--w-uga1v8h.example").count() == 1
    assert "Jan.Kowal@xn--w-uga1v8h.example" in house.listed()


@pytest.mark.parametrize(
    "text", ["jan@", "@ex.example", "jan", "j an@ex.example", "a@b@ex.example", "a@ex..example"]
)
def test_an_address_that_is_none_is_an_error_of_its_row(house: Outsider, text: str) -> None:
    outcome = house.run(f"e,at\n{text},2024-05-01\nb@ex.example,2024-05-01\n", mapping=DATED)
    assert outcome.counts == {"rows": 2, "given": 1, "rejected": 1, "applied": 1}
    assert outcome.lines == [(2, "e")]


# Who a row is about -------------------------------------------------------------------------------


def test_a_row_without_any_contact_is_an_error(house: Outsider) -> None:
    assert house.run("e,at\n,2024-05-01\n", mapping=DATED).rejected == 1


def test_a_row_may_hold_a_number_and_an_address_of_one_person(house: Outsider) -> None:
    outcome = house.run(
        "e,p,news,sms\na@ex.example,601602603,tak,nie\n", mapping=MARKS, as_of=AS_OF
    )
    assert outcome.counts == {"rows": 1, "given": 1, "refused": 1, "applied": 1}
    people = ContactPoint.objects.filter(value__in=["a@ex.example", "+48601602603"])
    assert len(set(people.values_list("subject", flat=True))) == 1


def test_two_people_may_share_a_phone(house: Outsider) -> None:
    body = "e,p,news,sms\na@ex.example,601602603,tak,tak\nb@ex.example,601602603,tak,tak\n"
    outcome = house.run(body, mapping=MARKS, as_of=AS_OF)
    assert (outcome.rejected, outcome.applied, outcome.given) == (0, 2, 3)
    assert ContactPoint.objects.filter(value="+48601602603").count() == 1
    people = ContactPoint.objects.filter(value__in=["a@ex.example", "b@ex.example"])
    assert len(set(people.values_list("subject", flat=True))) == 2


@pytest.mark.parametrize(("word", "second"), [("nie", "refused"), ("tak", None)])
def test_of_two_numbers_in_a_row_a_no_is_about_both_and_a_yes_about_the_first(
    house: Outsider, word: str, second: str | None
) -> None:
    columns = {"p": {"field": "phone"}, "q": {"field": "phone"}, "sms": MARKS["columns"]["sms"]}
    body = f"p,q,sms\n601602603,601602604,{word}\n"
    house.run(body, mapping={"columns": columns}, as_of=AS_OF)
    assert state("+48601602603", "marketing-own sms") in ("refused", "given")
    assert state("+48601602604", "marketing-own sms") == second


def test_what_was_said_before_a_number_was_retired_stays_with_its_old_holder(
    house: Outsider,
) -> None:
    from consents.services import reassign

    house.run("e,at\na@ex.example,2024-05-01\n", mapping=DATED)
    old = ContactPoint.objects.get(value="a@ex.example")
    reassign(old, retired_for="reassigned", reason="Nowy abonent")
    house.run("e,at\na@ex.example,2024-06-01\n", mapping=DATED)
    assert old.events.count() == 2
    assert state("a@ex.example") is None
    assert "a@ex.example" not in house.listed()
