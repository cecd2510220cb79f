"""Mailchimp: an archive of its files, or one of them, and what they say of each member."""

from typing import Any

import pytest

from tests.acceptance.outsider import (
    AS_OF,
    Outsider,
    events,
    known,
    state,
    stops,
)

MAILCHIMP = (
    "Email Address,First Name,Last Name,Phone Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,"
    "CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,"
    "LEID,EUID,{unsub}NOTES,TAGS\n"
)
SUBSCRIBED = MAILCHIMP.format(unsub="")
UNSUBSCRIBED = MAILCHIMP.format(
    unsub="UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_CAMPAIGN_ID,"
    "UNSUB_REASON,UNSUB_REASON_OTHER,"
)


def member(email: str, given: str = "", confirmed: str = "", unsub: str | None = None) -> str:
    left = "" if unsub is None else f'{unsub},"Jesień, promocja",c1,NORMAL,c2,OTHER,za dużo,'
    return (
        f"{email},Jan,Kowal,,2,{given},192.0.2.1,{confirmed},192.0.2.1,,,-5,-4,America/New_York,US,"
        f'NY,2026-05-05 05:05:05,1,ab,{left},"""VIP"",""Blog"""\n'
    )


DAY, LATER, END = "2024-03-01 10:00:00", "2024-03-01 10:05:00", "2024-07-01 09:30:00"
MEMBERS = (
    SUBSCRIBED
    + member("both@ex.example", DAY, LATER)
    + member("optin@ex.example", DAY)
    + member("staff@ex.example", "", LATER)
    + member("neither@ex.example")
)
LEFT = UNSUBSCRIBED + member("left@ex.example", DAY, LATER, END)
BOUNCED = SUBSCRIBED + member("bounced@ex.example", DAY, LATER)


def mailchimp(house: Outsider, **members: str) -> Any:
    return house.archive({f"{name}_members_export_1.csv": body for name, body in members.items()})


def test_a_mailchimp_archive_says_the_status_by_the_file(house: Outsider) -> None:
    outcome = house.run(mailchimp(house, subscribed=MEMBERS, unsubscribed=LEFT, cleaned=BOUNCED))
    assert outcome.counts == {
        "rows": 6, "given": 4, "confirmed": 3, "withdrawn": 1, "restricted": 1, "protected": 1,
        "applied": 6,
    }  # fmt: skip
    assert outcome.said["format"] == "mailchimp"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("both@ex.example", "given"),
        ("optin@ex.example", "unconfirmed"),
        ("staff@ex.example", None),
        ("neither@ex.example", None),
        ("left@ex.example", "withdrawn"),
        ("bounced@ex.example", "given"),
    ],
)
def test_what_mailchimp_says_of_each_member(
    house: Outsider, address: str, expected: str | None
) -> None:
    house.run(mailchimp(house, subscribed=MEMBERS, unsubscribed=LEFT, cleaned=BOUNCED))
    assert known(address)
    assert state(address) == expected


def test_mailchimps_bounced_members_are_undeliverable(house: Outsider) -> None:
    house.run(mailchimp(house, subscribed=MEMBERS, cleaned=BOUNCED))
    assert {kind for kind, _ in stops("bounced@ex.example")} == {"undeliverable"}
    assert house.listed() & {"both@ex.example", "bounced@ex.example"} == {"both@ex.example"}


def test_mailchimps_times_are_those_of_the_tz_and_no_column_shifts_them(house: Outsider) -> None:
    house.run(MEMBERS, "subscribed_1.csv")
    assert events("both@ex.example") == [
        ("given", "2024-03-01T09:00"), ("confirmed", "2024-03-01T09:05")
    ]  # fmt: skip


def test_mailchimps_doubled_columns_shift_nothing(house: Outsider) -> None:
    house.run(LEFT, "unsubscribed_1.csv")
    assert events("left@ex.example")[-1] == ("withdrawn", "2024-07-01T07:30")


def test_an_unsubscription_without_a_time_counts_from_the_moment_of_the_file(
    house: Outsider,
) -> None:
    body = UNSUBSCRIBED + member("left@ex.example", DAY, LATER, "")
    outcome = house.run(body, "unsubscribed_1.csv", as_of=AS_OF)
    assert (outcome.withdrawn, events("left@ex.example")[-1]) == (
        1, ("withdrawn", "2026-06-01T10:00")
    )  # fmt: skip


def test_a_cleaned_file_alone_needs_its_moment(house: Outsider) -> None:
    body = SUBSCRIBED + member("bounced@ex.example")
    house.refusal(body, "cleaned_1.csv")
    assert house.run(body, "cleaned_1.csv", as_of=AS_OF).restricted == 1


@pytest.mark.parametrize("names", [["subscribed"], ["subscribed", "unsubscribed"]])
def test_a_mailchimp_archive_may_hold_one_file_or_two(house: Outsider, names: list[str]) -> None:
    bodies = {"subscribed": MEMBERS, "unsubscribed": LEFT}
    outcome = house.run(mailchimp(house, **{name: bodies[name] for name in names}))
    assert outcome.rows == {1: 4, 2: 5}[len(names)]


@pytest.mark.parametrize("name", ["subscribed_members_export_9.csv", "SUBSCRIBED_copy.CSV"])
def test_a_lone_mailchimp_file_is_taken_by_the_beginning_of_its_name(
    house: Outsider, name: str
) -> None:
    assert house.run(MEMBERS, name).given == 2


def test_a_lone_mailchimp_file_of_another_name_is_refused(house: Outsider) -> None:
    assert "OPTIN_TIME" in house.refusal(MEMBERS, "members.csv")


@pytest.mark.parametrize(
    ("preset", "body", "counted"),
    [
        ("mailchimp", MEMBERS, {"rows": 4, "given": 2, "confirmed": 1, "applied": 4}),
        (
            "mailchimp_unsubscribed",
            LEFT,
            {"rows": 1, "given": 1, "confirmed": 1, "withdrawn": 1, "protected": 1, "applied": 1},
        ),
        (
            "mailchimp_cleaned",
            BOUNCED,
            {"rows": 1, "given": 1, "confirmed": 1, "restricted": 1, "applied": 1},
        ),
    ],
)
def test_the_preset_says_which_mailchimp_file_it_is(
    house: Outsider, preset: str, body: str, counted: dict[str, int]
) -> None:
    assert house.run(body, "members.csv", preset=preset, as_of=AS_OF).counts == counted


def test_a_mailchimp_file_saved_again_with_a_status_of_its_own_is_not_guessed(
    house: Outsider,
) -> None:
    lines = MEMBERS.splitlines()
    body = "\n".join([lines[0] + ",Status", *(line + ",Subscribed" for line in lines[1:])])
    assert "Status" in house.refusal(body, "subscribed_1.csv")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_our_own_list_comes_back_and_changes_nothing(house: Outsider, format: str) -> None:
    house.run(MEMBERS, "subscribed_1.csv")
    path = house.take(format=format)
    before, listed = house.listed(), len(house.listed())
    outcome = house.run(path)
    assert outcome.counts == {"rows": listed, "unchanged": listed}
    assert house.listed() == before


def test_an_archive_of_bounced_members_alone_needs_its_moment(house: Outsider) -> None:
    path = mailchimp(house, cleaned=SUBSCRIBED + member("bounced@ex.example"))
    house.refusal(path)
    assert house.run(path, as_of=AS_OF).restricted == 1


def test_a_mark_at_the_head_of_a_file_in_an_archive_is_no_part_of_it(house: Outsider) -> None:
    path = mailchimp(house, subscribed="\ufeff" + MEMBERS)
    assert house.run(path).given == 2
