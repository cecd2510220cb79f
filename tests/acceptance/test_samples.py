"""The files of the samples folder, counted here by plain csv and there by the house."""

import csv
import io
import re
import zipfile
from collections import Counter
from typing import Any

import pytest

from tests.acceptance.outsider import AS_OF, SAMPLES, Outsider, read_csv, state, stops

Row = dict[str, str]


def rows(name: str, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[Row]:
    with (SAMPLES / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def members(word: str) -> list[Row]:
    with zipfile.ZipFile(SAMPLES / "mailchimp_audience_export.zip") as archive:
        name = next(each for each in archive.namelist() if each.startswith(word))
        text = archive.read(name).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def digits(text: str) -> str:
    """The national nine of a Polish number."""
    return re.sub(r"\D", "", text)[-9:]


def counted(**numbers: int) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number}


# Mailchimp ---------------------------------------------------------------------------------------


def test_mailchimps_archive(house: Outsider) -> None:
    joined, left, bounced = (members(word) for word in ("subscribed", "unsubscribed", "cleaned"))
    everybody = [*joined, *left, *bounced]
    assert len({row["Email Address"].casefold() for row in everybody}) == len(everybody)
    outcome = house.run(SAMPLES / "mailchimp_audience_export.zip")
    assert outcome.counts == counted(
        rows=len(everybody),
        given=sum(row["OPTIN_TIME"] != "" for row in everybody),
        confirmed=sum("" not in (row["OPTIN_TIME"], row["CONFIRM_TIME"]) for row in everybody),
        withdrawn=len(left),
        restricted=len(bounced),
        protected=sum(row["OPTIN_TIME"] <= row["UNSUB_TIME"] for row in left),
        applied=len(everybody),
    )


def test_the_list_holds_exactly_those_who_confirmed_and_stayed(house: Outsider) -> None:
    before = house.listed()
    house.run(SAMPLES / "mailchimp_audience_export.zip")
    confirmed = {
        row["Email Address"]
        for row in members("subscribed")
        if row["OPTIN_TIME"] and row["CONFIRM_TIME"]
    }
    assert house.listed() - before == confirmed
    assert before <= house.listed()


def test_the_list_says_on_what_each_contact_rests(house: Outsider) -> None:
    house.run(SAMPLES / "mailchimp_audience_export.zip")
    first = members("subscribed")[0]
    row = next(r for r in read_csv(house.take()) if r["contact_point"] == first["Email Address"])
    assert (row["source"], row["channel"], row["purpose"]) == ("web-form", "email", "newsletter")
    assert row["name"] == f"{first['First Name']} {first['Last Name']}"
    assert row["wording_version"]
    assert row["basis"]


# Files of one table -------------------------------------------------------------------------------


def test_brevos_file(house: Outsider) -> None:
    found = rows("brevo_contacts.csv", ";")
    flags = Counter(row[name] for row in found for name in ("EMAIL_BLACKLISTED", "SMS_BLACKLISTED"))
    outcome = house.run(SAMPLES / "brevo_contacts.csv")
    assert outcome.counts == counted(
        rows=len(found), restricted=flags["Yes"], applied=len(found)
    )  # fmt: skip


def test_civicrms_file(house: Outsider) -> None:
    found = rows("civicrm_contacts.csv")
    ones = Counter(name for row in found for name, cell in row.items() if cell == "1")
    outcome = house.run(SAMPLES / "civicrm_contacts.csv", as_of=AS_OF)
    assert outcome.counts == counted(
        rows=len(found),
        restricted=ones["Do Not Email"]
        + 2 * ones["Do Not Phone"]
        + ones["Do Not Sms"]
        + ones["No Bulk Emails (User Opt Out)"],
        applied=len(found),
    )


def test_hubspots_file(house: Outsider) -> None:
    found = rows("hubspot_contacts.csv")
    outcome = house.run(SAMPLES / "hubspot_contacts.csv", as_of=AS_OF)
    assert outcome.counts == counted(
        rows=len(found),
        withdrawn=sum(r["Opted out of email: Marketing Information"] == "true" for r in found),
        restricted=sum(r["Unsubscribed from all email"] == "true" for r in found),
        applied=len(found),
    )
    first_out = next(r for r in found if r["Unsubscribed from all email"] == "true")
    assert ("objection", "email") in stops(first_out["Email"])


def test_the_do_not_call_list(house: Outsider) -> None:
    found = rows("genesys_dnc.csv")
    numbers = {digits(r[c]) for r in found for c in ("DNC_Home", "DNC_Cell", "DNC_Work") if r[c]}
    outcome = house.run(SAMPLES / "genesys_dnc.csv")
    assert outcome.counts == counted(
        rows=len(found), suppressed=2 * len(numbers), applied=len(found)
    )  # fmt: skip


IDS = {
    "1": {"purpose": "newsletter", "channel": "email"},
    "2": {"purpose": "newsletter", "channel": "sms"},
    "3": {"purpose": "marketing-own", "channel": "voice"},
}


def test_the_developers_file_without_a_header(house: Outsider) -> None:
    with (SAMPLES / "deweloper_bez_naglowka.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file, delimiter=";"))
    ids = [cell.strip() for row in found for cell in row[5:] if cell.strip()]
    mapping = {"columns": {"6+": {"consents": IDS}}}
    before = house.listed()
    outcome = house.run(SAMPLES / "deweloper_bez_naglowka.csv", preset="deweloper", mapping=mapping)
    assert outcome.counts == counted(rows=len(found), given=len(ids), applied=len(found))
    with_first = {row[0].strip() for row in found if "1" in {c.strip() for c in row[5:]}}
    assert house.listed() - before == with_first


EXCEL: dict[str, Any] = {
    "columns": {
        "Imię": {"field": "first_name"},
        "Nazwisko": {"field": "last_name"},
        "Telefon": {"field": "phone"},
        "E-mail": {"field": "email"},
        "Zgoda SMS": {
            "consent": {"purpose": "newsletter", "channel": "sms"},
            "yes": ["TAK"],
            "no": ["NIE"],
        },
        "Data zgody": {"field": "given_at", "format": "%d.%m.%Y"},
    }
}


def test_the_file_that_excel_saved(house: Outsider) -> None:
    found = rows("excel_cp1250.csv", ";", "cp1250")
    house.refusal(SAMPLES / "excel_cp1250.csv", mapping=EXCEL)
    whole = [row for row in found if "E+" not in row["Telefon"]]
    said = Counter(row["Zgoda SMS"] for row in whole)
    outcome = house.run(SAMPLES / "excel_cp1250.csv", mapping=EXCEL, encoding="cp1250")
    assert outcome.counts == counted(
        rows=len(found),
        given=said["TAK"],
        refused=said["NIE"],
        rejected=len(found) - len(whole),
        applied=len(whole),
    )
    destroyed = [n for n, row in enumerate(found, start=2) if "E+" in row["Telefon"]]
    assert outcome.lines == [(line, "Telefon") for line in destroyed]


# All of them --------------------------------------------------------------------------------------

EVERY: dict[str, dict[str, Any]] = {
    "mailchimp_audience_export.zip": {},
    "brevo_contacts.csv": {},
    "civicrm_contacts.csv": {"as_of": AS_OF},
    "hubspot_contacts.csv": {"as_of": AS_OF},
    "genesys_dnc.csv": {},
    "excel_cp1250.csv": {"mapping": EXCEL, "encoding": "cp1250"},
}


@pytest.mark.parametrize("order", [list(EVERY), list(EVERY)[::-1]], ids=["onwards", "backwards"])
def test_together_and_twice_in_either_order_they_leave_the_same_list(
    house: Outsider, order: list[str]
) -> None:
    before = house.listed()
    for name in order:
        house.run(SAMPLES / name, **EVERY[name])
    for name in order:
        again = house.run(SAMPLES / name, **EVERY[name])
        assert (again.applied, again.unchanged) == (0, again.rows - again.rejected)
    assert house.listed() - before == confirmed_and_free()


def confirmed_and_free() -> set[str]:
    """By plain csv: confirmed at Mailchimp, and neither flagged at Brevo, CiviCRM nor HubSpot."""
    confirmed = {r["Email Address"] for r in members("subscribed") if r["CONFIRM_TIME"]}
    brevo = {r["EMAIL"] for r in rows("brevo_contacts.csv", ";") if r["EMAIL_BLACKLISTED"] == "Yes"}
    civicrm = {
        r["Email"]
        for r in rows("civicrm_contacts.csv")
        if "1" in (r["Do Not Email"], r["No Bulk Emails (User Opt Out)"])
    }
    hubspot = rows("hubspot_contacts.csv")
    all_mail = {r["Email"] for r in hubspot if r["Unsubscribed from all email"] == "true"}
    # A withdrawal as of the file's moment, after which nobody gave again.
    newsletter = {
        r["Email"] for r in hubspot if r["Opted out of email: Marketing Information"] == "true"
    }
    return confirmed - brevo - civicrm - all_mail - newsletter


def test_what_the_register_says_of_one_person_of_each_kind(house: Outsider) -> None:
    house.run(SAMPLES / "mailchimp_audience_export.zip")
    joined = members("subscribed")
    waiting = next(r for r in joined if not r["CONFIRM_TIME"])
    assert state(waiting["Email Address"]) == "unconfirmed"
    assert state(members("unsubscribed")[0]["Email Address"]) == "withdrawn"
    assert ("undeliverable", "email") in stops(members("cleaned")[0]["Email Address"])
