"""Every format of formats.md by a file of a few lines: recognised, and read as it says there."""

import io
import zipfile

import pytest

from tests.acceptance.outsider import (
    AS_OF,
    Outsider,
    events,
    known,
    state,
    states,
    stops,
    suppressions,
)

HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,"
    "Opted out of email: Newsletter,Marketing contact status,Legal basis for processing contact{}s"
    " data\n"
    "1,Ola,A,all@ex.example,601602701,true,false,Marketing contact,Freely given consent\n"
    "2,Ola,B,type@ex.example,,false,true,Marketing contact,\n"
    "3,Ola,C,free@ex.example,,false,false,Marketing contact,Freely given consent from contact\n"
    "4,Ola,D,empty@ex.example,,,,,\n"
)
CIVICRM = (
    "Contact ID,Contact Type,External Identifier,First Name,Last Name,Email,Phone,Do Not Email,"
    "Do Not Phone,Do Not Mail,Do Not Sms,Do Not Trade,No Bulk Emails (User Opt Out),"
    "Preferred Communication Method,Contact Source\n"
    "1,Individual,X1,Ala,A,free@ex.example,601602701,0,0,0,0,1,0,,WWW\n"
    "2,Individual,X2,Ala,B,mail@ex.example,601602702,1,0,0,0,0,0,,WWW\n"
    "3,Individual,X3,Ala,C,phone@ex.example,601602703,0,1,0,0,0,0,,WWW\n"
    "4,Individual,X4,Ala,D,sms@ex.example,601602704,0,0,0,1,0,0,,WWW\n"
    "5,Individual,X5,Ala,E,bulk@ex.example,601602705,0,0,0,0,0,1,,WWW\n"
)
LEAD = (
    "Id,LastName,FirstName,Company,Email,Phone,MobilePhone,HasOptedOutOfEmail,DoNotCall\n"
    "00Q1,A,Ewa,Firma,free@ex.example,601602701,,0,0\n"
    "00Q2,B,Ewa,Firma,out@ex.example,601602702,,1,0\n"
    "00Q3,C,Ewa,Firma,nocall@ex.example,,601602703,0,1\n"
)
MAUTIC = (
    "dateAdded,createdByUser,dateModified,modifiedByUser,lastActive,dateIdentified,ip,stage,"
    "doNotEmail,ownerusername,tags,email,firstname,lastname,mobile\n"
    "2024-01-01 10:00:00,a,2024-02-01 10:00:00,a,,2024-01-01 10:00:00,,,0,,,free@ex.example,A,B,\n"
    "2024-01-01 10:00:00,a,2024-02-01 10:00:00,a,,2024-01-01 10:00:00,,,1,,,out@ex.example,A,B,\n"
)
GENESYS = (
    "Last Name, First Name,DNC_Home,DNC_Cell,DNC_Work\n"
    "Nowak,Jan,221234567,601602701,\n"
    "Lis,Ewa,,601-602-702,\n"
)
BREVO = (
    "EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME\n"
    "free@ex.example;A;B;48601602701;No;No;01-02-2024 08:00;02-02-2024 09:00\n"
    "out@ex.example;A;B;48601602702;Yes;No;01-02-2024 08:00;02-07-2024 09:00\n"
    "sms@ex.example;A;B;48601602703;No;Yes;01-02-2024 08:00;\n"
)
ACTIVE = (
    "Email,First Name,Last Name,Phone,Tags,Date Created,IP,Status\n"
    'active@ex.example,A,B,,"x,y",2024-01-01 10:00:00,192.0.2.1,Active\n'
    "left@ex.example,A,B,,,2024-01-01 10:00:00,192.0.2.1,Unsubscribed\n"
    "bounced@ex.example,A,B,,,2024-01-01 10:00:00,192.0.2.1,Bounced\n"
    "waiting@ex.example,A,B,,,2024-01-01 10:00:00,192.0.2.1,Unconfirmed\n"
)
KIT = (
    "first_name,email,created_at,status\n"
    "A,active@ex.example,2024-01-01 10:00:00,active\n"
    "A,left@ex.example,2024-01-01 10:00:00,cancelled\n"
    "A,complained@ex.example,2024-01-01 10:00:00,complained\n"
    "A,bounced@ex.example,2024-01-01 10:00:00,bounced\n"
    "A,inactive@ex.example,2024-01-01 10:00:00,inactive\n"
)
QUARTICON = (
    "email,emailSendAgreement\n"
    "yes@ex.example,true\none@ex.example,1\nno@ex.example,false\nzero@ex.example,0\n"
    "empty@ex.example,\n"
)
LEGAL = (
    "email,accepts_dit_email_marketing,modified_at\n"
    "yes@ex.example,true,2024-05-01T10:00:00Z\nno@ex.example,false,2024-05-02T10:00:00+02:00\n"
)
PROMOSMS = (
    "601602701;p1@ex.example;Jan;Nowak;Firma;5260250274;Ulica 1;Łódź;opis;1;2;3;4;5\n"
    "601602702;;Ewa;Lis;;;;;;;;;;\n"
)


@pytest.mark.parametrize(
    ("name", "body", "options", "counted"),
    [
        (
            "hubspot",
            HUBSPOT.format("'"),
            {"as_of": AS_OF},
            {"rows": 4, "withdrawn": 1, "restricted": 1, "applied": 4},
        ),
        ("civicrm", CIVICRM, {"as_of": AS_OF}, {"rows": 5, "restricted": 5, "applied": 5}),
        ("mautic", MAUTIC, {"as_of": AS_OF}, {"rows": 2, "restricted": 1, "applied": 2}),
        ("genesys_dnc", GENESYS, {}, {"rows": 2, "suppressed": 6, "applied": 2}),
        ("brevo", BREVO, {}, {"rows": 3, "restricted": 2, "applied": 3}),
        (
            "activecampaign",
            ACTIVE,
            {"as_of": AS_OF},
            {"rows": 4, "withdrawn": 1, "restricted": 1, "applied": 4},
        ),
        (
            "kit",
            KIT,
            {"as_of": AS_OF},
            {"rows": 5, "withdrawn": 2, "restricted": 1, "applied": 5},
        ),
        (
            "quarticon",
            QUARTICON,
            {"as_of": AS_OF},
            {"rows": 5, "given": 2, "refused": 2, "applied": 5},
        ),
        ("legal_basis", LEGAL, {}, {"rows": 2, "given": 1, "withdrawn": 1, "applied": 2}),
        ("promosms", PROMOSMS, {"preset": "promosms"}, {"rows": 2, "applied": 2}),
    ],
)
def test_the_format_is_known_and_counted(
    house: Outsider, name: str, body: str, options: dict[str, str], counted: dict[str, int]
) -> None:
    outcome = house.run(body, **options)
    assert (outcome.said["format"], outcome.counts) == (name, counted)
    again = house.run(body, **options)
    assert again.counts == {"rows": counted["rows"], "unchanged": counted["rows"]}


@pytest.mark.parametrize(
    "body",
    [HUBSPOT.format("'"), CIVICRM, LEAD, MAUTIC, ACTIVE, KIT, QUARTICON],
    ids=["hubspot", "civicrm", "salesforce", "mautic", "activecampaign", "kit", "quarticon"],
)
def test_a_file_without_times_is_never_dated_by_the_clock(house: Outsider, body: str) -> None:
    house.refusal(body)


def test_hubspots_header_may_lack_its_apostrophe(house: Outsider) -> None:
    assert house.run(HUBSPOT.format(""), as_of=AS_OF).said["format"] == "hubspot"


def test_hubspots_flags_object_or_withdraw_and_its_legal_basis_says_nothing(
    house: Outsider,
) -> None:
    house.run(HUBSPOT.format("'"), as_of=AS_OF)
    assert stops("all@ex.example") == {("objection", "email")}
    assert stops("+48601602701") == set()
    assert states("type@ex.example") == {"newsletter email": "withdrawn"}
    assert states("free@ex.example") == states("empty@ex.example") == {}


def test_a_hubspot_type_withdraws_the_purpose_that_the_map_names(house: Outsider) -> None:
    column = {"withdrawal": {"purpose": "marketing-own", "channel": "email"}}
    house.run(
        HUBSPOT.format("'"),
        as_of=AS_OF,
        preset="hubspot",
        mapping={"columns": {"Opted out of email: Newsletter": column}},
    )
    assert states("type@ex.example") == {"marketing-own email": "withdrawn"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("free@ex.example", set()),
        ("+48601602701", set()),
        ("mail@ex.example", {("do_not_contact", "email")}),
        ("+48601602702", set()),
        ("+48601602703", {("do_not_contact", "voice"), ("do_not_contact", "automated_call")}),
        ("phone@ex.example", set()),
        ("+48601602704", {("do_not_contact", "sms")}),
        ("bulk@ex.example", {("objection", "email")}),
    ],
)
def test_civicrms_flags_are_negative(
    house: Outsider, value: str, expected: set[tuple[str, str]]
) -> None:
    house.run(CIVICRM, as_of=AS_OF)
    assert stops(value) == expected
    assert states(value) == {}


def test_salesforce_leads_bring_negative_flags_only(house: Outsider) -> None:
    outcome = house.run(LEAD, as_of=AS_OF)
    assert (outcome.rows, outcome.given, outcome.applied, outcome.rejected) == (3, 0, 3, 0)
    assert stops("out@ex.example") == {("objection", "email")}
    assert stops("+48601602703") == {("objection", "voice"), ("objection", "automated_call")}
    assert stops("free@ex.example") == stops("+48601602701") == stops("nocall@ex.example") == set()


def test_do_not_call_is_about_every_number_of_a_salesforce_lead(house: Outsider) -> None:
    header, *_rows = LEAD.splitlines()
    house.run(f"{header}\n00Q4,D,Ewa,F,e@ex.example,601602711,601602712,0,1\n", as_of=AS_OF)
    assert stops("+48601602711") == stops("+48601602712") != set()


def test_a_do_not_call_list_suppresses_strangers_and_makes_no_contact(house: Outsider) -> None:
    before = len(suppressions())
    house.run(GENESYS)
    made = suppressions()[before:]
    assert sorted(s.channel for s in made) == ["automated_call"] * 3 + ["voice"] * 3
    assert {(s.scope, s.until) for s in made} == {("all", None)}
    assert not known("+48601602701")


@pytest.mark.parametrize(
    ("expiry", "until"),
    [("2027-03-01T12:30Z", "2027-03-01 12:30"), ("soon", None), ("", None)],
)
def test_a_do_not_call_entry_ends_when_its_column_says_and_never_if_unreadable(
    house: Outsider, expiry: str, until: str | None
) -> None:
    before = len(suppressions())
    body = f"Last Name, First Name,DNC_Home,DNC_Cell,DNC_Work,Until\nLis,Ewa,,601602703,,{expiry}\n"
    mapping = {"columns": {"Until": {"field": "expires_at"}}}
    outcome = house.run(body, preset="genesys_dnc", mapping=mapping)
    found = {s.until and f"{s.until:%Y-%m-%d %H:%M}" for s in suppressions()[before:]}
    assert (outcome.suppressed, outcome.rejected, found) == (2, 0, {until})


def test_brevos_flags_count_from_the_change_else_from_the_beginning(house: Outsider) -> None:
    from consents.models import Restriction

    house.run(BREVO)
    found = Restriction.objects.filter(
        contact_point__value__in=["out@ex.example", "+48601602703"]
    ).values_list("kind", "channel", "effective_at")
    assert {(kind, channel, f"{at:%Y-%m-%dT%H:%M}") for kind, channel, at in found} == {
        ("objection", "email", "2024-07-02T07:00"), ("objection", "sms", "2024-02-01T07:00")
    }  # fmt: skip


@pytest.mark.parametrize("body", [ACTIVE, KIT], ids=["activecampaign", "kit"])
def test_an_active_member_is_a_contact_without_consent(house: Outsider, body: str) -> None:
    house.run(body, as_of=AS_OF)
    assert known("active@ex.example")
    assert states("active@ex.example") == {}
    assert states("left@ex.example") == {"newsletter email": "withdrawn"}
    assert {kind for kind, _ in stops("bounced@ex.example")} == {"undeliverable"}


def test_quarticons_agreement_is_given_refused_or_nothing(house: Outsider) -> None:
    house.run(QUARTICON, as_of=AS_OF)
    found = [state(f"{who}@ex.example") for who in ("yes", "one", "no", "zero", "empty")]
    assert found == ["given", "given", "refused", "refused", None]


def test_a_missing_column_of_quarticon_is_not_consent(house: Outsider) -> None:
    assert "email" in house.refusal("email\nyes@ex.example\n", as_of=AS_OF)


def test_a_legal_basis_is_given_or_withdrawn_at_its_time(house: Outsider) -> None:
    house.run(LEGAL)
    assert events("yes@ex.example") == [("given", "2024-05-01T10:00")]
    assert events("no@ex.example") == [("withdrawn", "2024-05-02T08:00")]


def test_promosms_brings_contacts_and_no_consent(house: Outsider) -> None:
    house.run(PROMOSMS, preset="promosms")
    assert known("+48601602701")
    assert known("p1@ex.example")
    assert states("+48601602701") == states("p1@ex.example") == {}


def test_a_spreadsheet_is_read_like_a_csv(house: Outsider) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in [line.split(",") for line in QUARTICON.splitlines()]:
        book.active.append(row)
    book.save(body := io.BytesIO())
    outcome = house.run(body.getvalue(), "quarticon.xlsx", as_of=AS_OF)
    assert outcome.counts == {"rows": 5, "given": 2, "refused": 2, "applied": 5}


def test_a_day_is_enough_to_say_as_of_when_a_file_was_true(house: Outsider) -> None:
    outcome = house.run(QUARTICON, as_of="2026-06-01")
    assert outcome.counts == {"rows": 5, "given": 2, "refused": 2, "applied": 5}
    assert events("no@ex.example")[0][1] >= "2026-06-01T21:59"


def test_an_archive_of_something_else_is_refused(house: Outsider) -> None:
    with zipfile.ZipFile(house.folder / "x.zip", "w") as archive:
        archive.writestr("photo.png", b"\x89PNG")
    house.refusal(house.folder / "x.zip")
