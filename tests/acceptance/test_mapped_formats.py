"""Formats that a map explains: ids instead of a header, a second file, own spreadsheets."""

import datetime
import io
from typing import Any

import pytest

from tests.acceptance.outsider import (
    Outsider,
    events,
    state,
    states,
)

# DEWELOPER: no header, ids that a map explains ---------------------------------------------------

DEWELOPER = (
    "jan.kowalski@poczta.example; Jan; Kowalski; 601602603; 20191231; 1; 2; 3\n"
    "ewa@poczta.example; Ewa; Lis; 601602604; 20200101; 2\n"
    "ala@poczta.example; Ala; Kos; 601602605; 20200230; 2\n"
)
IDS = {
    "1": {"purpose": "newsletter", "channel": "email"},
    "2": {"purpose": "marketing-own", "channel": "sms"},
    "3": {"purpose": "marketing-own", "channel": "voice"},
}


def test_deweloper_is_not_recognised_without_its_preset(house: Outsider) -> None:
    house.refusal(DEWELOPER)


def test_deweloper_ids_are_consents_that_the_map_names(house: Outsider) -> None:
    mapping = {"columns": {"6+": {"consents": IDS}}}
    outcome = house.run(DEWELOPER, preset="deweloper", mapping=mapping)
    assert outcome.counts == {"rows": 3, "given": 4, "rejected": 1, "applied": 2}
    assert outcome.lines == [(3, "5")]
    assert states("jan.kowalski@poczta.example") == {"newsletter email": "given"}
    assert states("+48601602603") == {"marketing-own sms": "given", "marketing-own voice": "given"}
    assert states("+48601602604") == {"marketing-own sms": "given"}


def test_a_consent_by_day_alone_counts_from_its_midnight(house: Outsider) -> None:
    house.run(DEWELOPER, preset="deweloper", mapping={"columns": {"6+": {"consents": IDS}}})
    assert events("+48601602604") == [("given", "2019-12-31T23:00")]


def test_an_id_that_the_map_does_not_know_is_a_row_error(house: Outsider) -> None:
    mapping = {"columns": {"6+": {"consents": {"2": IDS["2"]}}}}
    outcome = house.run(DEWELOPER, preset="deweloper", mapping=mapping)
    assert outcome.counts == {"rows": 3, "given": 1, "rejected": 2, "applied": 1}


# Salesforce consents with their contacts ---------------------------------------------------------

CONSENTS = (
    "Id,Name,PartyId,ContactPointType,DataUsePurposeId,PrivacyConsentStatus,CaptureDate,"
    "CaptureContactPointType,CaptureSource,DoubleConsentCaptureDate,EffectiveFrom,EffectiveTo,"
    "BusinessBrandId\n"
    "1,C1,P1,Email,,OptIn,2024-05-01T10:00:00Z,Web,Form,2024-05-01T10:05:00Z,,,\n"
    "2,C2,P2,Email,,OptIn,2024-05-01T10:00:00Z,Web,Form,,,,\n"
    "3,C3,P3,Email,,OptOut,2024-05-02T10:00:00+02:00,Web,Form,,,,\n"
    "4,C4,P4,Email,,Seen,2024-05-02T10:00:00Z,Web,Form,,,,\n"
    "5,C5,P4,Email,,NotSeen,2024-05-02T10:00:00Z,Web,Form,,,,\n"
    "6,C6,P9,Email,,OptIn,2024-05-02T10:00:00Z,Web,Form,,,,\n"
)
CONTACTS = (
    "Id,IndividualId,FirstName,LastName,Email,Phone\n"
    "003A,P1,A,A,one@ex.example,601602701\n003B,P2,A,B,two@ex.example,\n"
    "003C,P3,A,C,three@ex.example,\n003D,P4,A,D,four@ex.example,\n"
)


@pytest.fixture(params=["--contacts", "archive"])
def salesforce(request: pytest.FixtureRequest, house: Outsider) -> Any:
    if request.param == "--contacts":
        contacts = str(house.file(CONTACTS, "contacts.csv"))
        return house.run(CONSENTS, "ContactPointTypeConsent.csv", contacts=contacts)
    return house.run(
        house.archive({"ContactPointTypeConsent.csv": CONSENTS, "Contact.csv": CONTACTS})
    )


def test_salesforce_consents_find_their_contacts(salesforce: Any) -> None:
    assert salesforce.said["format"] == "salesforce_consent"
    assert [
        salesforce.said[name] for name in ("rows", "given", "confirmed", "withdrawn", "rejected")
    ] == [6, 2, 1, 1, 1]
    assert salesforce.lines[0][0] == 7
    found = [state(f"{who}@ex.example") for who in ("one", "two", "three", "four")]
    assert found == ["given", "unconfirmed", "withdrawn", None]


def test_salesforce_consents_without_contacts_are_row_errors(house: Outsider) -> None:
    outcome = house.run(CONSENTS, "ContactPointTypeConsent.csv")
    assert outcome.counts == {"rows": 6, "rejected": 6}
    assert [line for line, _ in outcome.lines] == [2, 3, 4, 5, 6, 7]


def test_a_salesforce_purpose_id_that_nobody_mapped_means_the_purpose_of_the_import(
    house: Outsider,
) -> None:
    contacts = str(house.file(CONTACTS, "contacts.csv"))
    body = CONSENTS.replace("Email,,", "Email,0ZW000000000001,")
    outcome = house.run(body, "ContactPointTypeConsent.csv", contacts=contacts)
    assert (outcome.given, state("one@ex.example")) == (2, "given")


def test_salesforce_purpose_ids_of_two_purposes_are_not_thrown_together(house: Outsider) -> None:
    contacts = str(house.file(CONTACTS, "contacts.csv"))
    body = CONSENTS.replace("1,C1,P1,Email,,", "1,C1,P1,Email,0ZW1,")
    body = body.replace("2,C2,P2,Email,,", "2,C2,P2,Email,0ZW2,")
    house.refusal(body, "ContactPointTypeConsent.csv", contacts=contacts)


def test_a_spreadsheets_own_days_and_numbers_are_read(house: Outsider) -> None:
    import openpyxl

    columns = {
        "p": {"field": "phone"},
        "v": {"consent": {"purpose": "newsletter", "channel": "voice"}},
        "at": {"field": "given_at"},
    }
    book = openpyxl.Workbook()
    book.active.append(["p", "v", "at"])
    book.active.append([601602701, True, datetime.date(2024, 5, 1)])
    book.active.append([48601602702.0, 1, datetime.datetime(2024, 5, 1, 10, 30)])
    book.active.append(["601 602 703", "tak", "01.05.2024"])
    book.save(body := io.BytesIO())
    outcome = house.run(body.getvalue(), "x.xlsx", mapping={"columns": columns})
    assert outcome.counts == {"rows": 3, "given": 3, "applied": 3}
    assert events("+48601602701") == events("+48601602703") == [("given", "2024-04-30T22:00")]
    assert events("+48601602702") == [("given", "2024-05-01T08:30")]
