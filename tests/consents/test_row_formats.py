"""What a row of each known format says, by formats.md and verdict.md §1."""

from datetime import datetime

import pytest

from audit.reading.errors import Refused
from audit.reading.tables import RawRow
from consents.importing.presets import BUILT_IN, by_slug
from tests.consents.readers import AS_OF, TOLD, preset, read, reader, reason, said, utc

# Formats -----------------------------------------------------------------------------------------


def mailchimp(**times: str) -> dict[str, str]:
    plain = {"MEMBER_RATING": "2", "LEID": "1", "EUID": "2"}
    dates = {"OPTIN_TIME": "", "CONFIRM_TIME": "", **times}
    return {"Email Address": "a@b.pl", **plain, **dates}


def test_mailchimp_given_and_confirmed() -> None:
    times = {"OPTIN_TIME": "2023-04-26 13:09:03", "CONFIRM_TIME": "2023-04-26 13:16:03"}
    (act,) = preset("mailchimp", mailchimp(**times)).acts
    assert (act.at, act.confirmed_at) == (utc(2023, 4, 26, 11, 9, 3), utc(2023, 4, 26, 11, 16, 3))


def test_mailchimp_given_and_not_confirmed() -> None:
    (act,) = preset("mailchimp", mailchimp(OPTIN_TIME="2023-04-26 13:09:03")).acts
    assert (act.kind, act.needs_confirmation, act.confirmed_at) == ("given", True, None)


@pytest.mark.parametrize("confirmed", ["", "2023-04-26 13:16:03"])
def test_mailchimp_added_by_staff_is_a_contact_and_no_consent(confirmed: str) -> None:
    row = preset("mailchimp", mailchimp(CONFIRM_TIME=confirmed))
    assert (said(row), len(row.contacts)) == ([], 1)


def test_mailchimp_unsubscribed() -> None:
    cells = mailchimp(OPTIN_TIME="2021-01-09 21:35:49", UNSUB_TIME="2021-07-28 21:35:49")
    row = preset("mailchimp_unsubscribed", cells)
    assert said(row) == [("given", "a@b.pl", "email"), ("withdrawn", "a@b.pl", "email")]


def test_mailchimp_unsubscribed_without_a_time_is_as_of_the_file() -> None:
    row = preset("mailchimp_unsubscribed", mailchimp(UNSUB_TIME=""), as_of=TOLD)
    assert [(a.kind, a.at, a.own_time) for a in row.acts] == [("withdrawn", AS_OF, False)]


def test_mailchimp_cleaned_is_undeliverable() -> None:
    row = preset("mailchimp_cleaned", mailchimp(), fallback=AS_OF)
    assert said(row) == [("undeliverable", "a@b.pl", "email")]


def hubspot(**flags: str) -> dict[str, str]:
    plain = {"Record ID": "1", "Email": "a@b.pl", "Phone Number": "601602603"}
    out = {"Unsubscribed from all email": "false", "Opted out of email: News": "false"}
    return {**plain, **out, "Legal basis for processing contact's data": "Freely given", **flags}


def test_hubspot_flags_and_no_consent_of_a_legal_basis() -> None:
    flags = {"Unsubscribed from all email": "true", "Opted out of email: News": "true"}
    assert said(preset("hubspot", hubspot(**flags), as_of=TOLD)) == [
        ("withdrawn", "a@b.pl", "email"),
        ("objection", "a@b.pl", "email"),
    ]
    assert said(preset("hubspot", hubspot(), as_of=TOLD)) == []


def civicrm(**flags: str) -> dict[str, str]:
    plain = {"Contact ID": "1", "Contact Type": "Individual", "Email": "a@b.pl"}
    names = ["Do Not Email", "Do Not Phone", "Do Not Mail", "Do Not Sms", "Do Not Trade"]
    none = dict.fromkeys([*names, "No Bulk Emails (User Opt Out)"], "0")
    return {**plain, "Phone": "601602603", **none, **flags}


def test_civicrm_zero_is_no_consent() -> None:
    assert said(preset("civicrm", civicrm(), as_of=TOLD)) == []


@pytest.mark.parametrize(
    ("flag", "acts"),
    [
        ("Do Not Email", [("do_not_contact", "a@b.pl", "email")]),
        (
            "Do Not Phone",
            [
                ("do_not_contact", "+48601602603", "voice"),
                ("do_not_contact", "+48601602603", "automated_call"),
            ],
        ),
        ("Do Not Sms", [("do_not_contact", "+48601602603", "sms")]),
        ("Do Not Trade", []),
        ("Do Not Mail", []),
        ("No Bulk Emails (User Opt Out)", [("objection", "a@b.pl", "email")]),
    ],
)
def test_civicrm_flags_are_negative(flag: str, acts: list[tuple[str, ...]]) -> None:
    assert said(preset("civicrm", civicrm(**{flag: "1"}), as_of=TOLD)) == acts


def salesforce(**cells: str) -> dict[str, str]:
    plain = {"PartyId": "P1", "ContactPointType": "Email", "PrivacyConsentStatus": "OptIn"}
    dates = {"CaptureDate": "2023-04-26T10:00:00.000Z", "DoubleConsentCaptureDate": ""}
    return {**plain, **dates, "DataUsePurposeId": "0ZW1", "EffectiveTo": "", **cells}


PARTIES = {"P1": {"email": "a@b.pl", "phone": "601602603", "first_name": "Anna"}}


@pytest.mark.parametrize(
    ("cells", "acts"),
    [
        ({}, [("given", "a@b.pl", "email")]),
        ({"PrivacyConsentStatus": "OptOut"}, [("withdrawn", "a@b.pl", "email")]),
        ({"PrivacyConsentStatus": "Seen"}, []),
        ({"PrivacyConsentStatus": "NotSeen"}, []),
        ({"ContactPointType": "Phone"}, [("given", "+48601602603", "voice")]),
        ({"ContactPointType": "SMS"}, [("given", "+48601602603", "sms")]),
    ],
)
def test_salesforce_statuses(cells: dict[str, str], acts: list[tuple[str, ...]]) -> None:
    assert said(preset("salesforce_consent", salesforce(**cells), parties=PARTIES)) == acts


def test_salesforce_opt_out_of_the_phone_stops_machines_too() -> None:
    cells = salesforce(ContactPointType="Phone", PrivacyConsentStatus="OptOut")
    channels = [act.channel for act in preset("salesforce_consent", cells, parties=PARTIES).acts]
    assert channels == ["voice", "automated_call"]


def test_salesforce_without_the_contacts_is_a_row_error() -> None:
    assert reason(preset("salesforce_consent", salesforce())) == (
        "contact_not_found",
        "PartyId",
        "P1",
    )


def test_salesforce_purposes_are_noticed() -> None:
    header = salesforce()
    mapping = by_slug("salesforce_consent", BUILT_IN).mapping
    interpreter = reader(mapping, list(header), parties=PARTIES)
    for purpose in ("0ZW1", "0ZW2"):
        cells = salesforce(DataUsePurposeId=purpose)
        interpreter.read(RawRow(2, list(cells.values())))
    assert interpreter.purpose_ids == {"0ZW1", "0ZW2"}


def test_genesys_numbers_are_suppressed_and_make_no_contact() -> None:
    cells = {"Last Name": "X", " First Name": "Y", "DNC_Home": "", "DNC_Cell": "601602603"}
    row = preset("genesys_dnc", cells)
    assert [(ban.key, ban.channel, ban.until) for ban in row.bans] == [
        ("+48601602603", "voice", None),
        ("+48601602603", "automated_call", None),
    ]
    assert row.contacts == []


@pytest.mark.parametrize(
    ("text", "until"), [("2026-12-31T10:00Z", utc(2026, 12, 31, 10)), ("kiedyś", None), ("", None)]
)
def test_genesys_expiry_that_cannot_be_read_is_never(text: str, until: datetime | None) -> None:
    mapping = {
        "columns": {"n": {"suppression": ["voice"]}, "e": {"field": "expires_at"}},
    }
    assert read(mapping, {"n": "601602603", "e": text}).bans[0].until == until


def brevo(**cells: str) -> dict[str, str]:
    flags = {"EMAIL_BLACKLISTED": "No", "SMS_BLACKLISTED": "No"}
    times = {"ADDED_TIME": "26-04-2023 13:09", "MODIFIED_TIME": "05-05-2023 13:09"}
    return {"EMAIL": "a@b.pl", "SMS": "48601602603", **flags, **times, **cells}


def test_brevo_flags_count_from_the_last_change() -> None:
    row = preset("brevo", brevo(SMS_BLACKLISTED="Yes"))
    assert [(a.kind, a.channel, a.at) for a in row.acts] == [
        ("objection", "sms", utc(2023, 5, 5, 11, 9))
    ]


def test_brevo_flags_count_from_the_beginning_without_one() -> None:
    row = preset("brevo", brevo(SMS_BLACKLISTED="Yes", MODIFIED_TIME=""))
    assert row.acts[0].at == utc(2023, 4, 26, 11, 9)


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("Active", []),
        ("Unconfirmed", []),
        ("Unsubscribed", [("withdrawn", "a@b.pl", "email")]),
        ("Bounced", [("undeliverable", "a@b.pl", "email")]),
    ],
)
def test_activecampaign_statuses(status: str, acts: list[tuple[str, ...]]) -> None:
    cells = {"Email": "a@b.pl", "Tags": "", "Date Created": "2023-01-01", "Status": status}
    row = preset("activecampaign", cells, as_of=TOLD)
    assert said(row) == acts
    assert all(act.at == AS_OF for act in row.acts)


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("active", []),
        ("inactive", []),
        ("cancelled", [("withdrawn", "a@b.pl", "email")]),
        ("complained", [("withdrawn", "a@b.pl", "email")]),
        ("bounced", [("undeliverable", "a@b.pl", "email")]),
    ],
)
def test_kit_statuses(status: str, acts: list[tuple[str, ...]]) -> None:
    cells = {"first_name": "A", "email": "a@b.pl", "created_at": "2023-01-01", "status": status}
    assert said(preset("kit", cells, as_of=TOLD)) == acts


def test_an_unknown_status_is_an_error() -> None:
    cells = {"first_name": "A", "email": "a@b.pl", "created_at": "", "status": "paused"}
    assert reason(preset("kit", cells, as_of=TOLD)) == ("status_unknown", "status", "paused")


def test_a_missing_consent_column_is_no_consent() -> None:
    with pytest.raises(Refused):
        reader({"columns": by_slug("quarticon", BUILT_IN).mapping["columns"]}, ["email"])


@pytest.mark.parametrize(("word", "kind"), [("true", "given"), ("false", "withdrawn")])
def test_legal_basis_is_given_or_withdrawn_when_modified(word: str, kind: str) -> None:
    cells = {"email": "a@b.pl", "accepts_dit_email_marketing": word, "modified_at": "2023-04-26"}
    assert said(preset("legal_basis", cells)) == [(kind, "a@b.pl", "email")]


DEWELOPER = {
    "header": False,
    "columns": {
        "1": {"field": "email"},
        "4": {"field": "phone"},
        "5": {"field": "given_at", "format": "%Y%m%d"},
        "6+": {"consents": {"1": {"channel": "email"}, "2": {"channel": "sms"}}},
    },
}


@pytest.mark.parametrize(
    ("ids", "channels"), [([], []), ([" 2"], ["sms"]), ([" 1", " 2", ""], ["email", "sms"])]
)
def test_ids_of_consents_stand_in_as_many_cells_as_there_are(
    ids: list[str], channels: list[str]
) -> None:
    first = ["a@b.pl", " Jan", " Kowalski", " 601602603", " 20191231"]
    row = reader(DEWELOPER, [*first, " 1"]).read(RawRow(1, [*first, *ids]))
    assert [act.channel for act in row.acts] == channels


def test_an_unmapped_id_is_an_error() -> None:
    first = ["a@b.pl", " Jan", " Kowalski", " 601602603", " 20191231", " 7"]
    assert reader(DEWELOPER, first).read(RawRow(1, first)).reason == "consent_id_unknown"


def test_the_built_in_format_asks_for_its_ids() -> None:
    with pytest.raises(Refused):
        reader(by_slug("deweloper", BUILT_IN).mapping, ["a@b.pl"] * 6)


def test_our_own_export_says_again_what_it_said() -> None:
    cells = {
        "contact_point": "+48601602603",
        "channel": "sms",
        "purpose": "marketing-own",
        "subject_ref": "x",
        "basis": "6-1-a",
        "since": "2023-04-26T10:00:00.123456+00:00",
        "name": "'=Jan Maria Kowalski",
    }
    row = preset("ccgdpr", cells)
    assert [(a.kind, a.channel, a.purpose, a.at) for a in row.acts] == [
        ("given", "sms", "marketing-own", utc(2023, 4, 26, 10, 0, 0, 123456))
    ]
    assert row.names == {"first_name": "=Jan Maria", "last_name": "Kowalski"}


def test_a_restriction_without_a_channel_is_on_every_contact() -> None:
    mapping = {
        "columns": {
            "email": {"field": "email"},
            "phone": {"field": "phone"},
            "stop": {"restriction": "do_not_contact"},
        }
    }
    row = read(mapping, {"email": "a@b.pl", "phone": "601602603", "stop": "1"}, as_of=TOLD)
    assert said(row) == [
        ("do_not_contact", "a@b.pl", ""),
        ("do_not_contact", "+48601602603", ""),
    ]
