"""What a row says, by formats.md and verdict.md §1."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from audit.reading.errors import Refused
from audit.reading.tables import RawRow
from consents.importing.columns import check_targets, laid_over
from consents.importing.errors import REASONS, RowError, Unrecognised
from consents.importing.presets import BUILT_IN, by_slug
from consents.importing.rows import Interpreter, Row
from consents.importing.times import BadTime, Clock, Told

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AS_OF = datetime(2026, 1, 31, 11, tzinfo=UTC)
TOLD = Told(AS_OF, AS_OF)
SIMPLE = {
    "columns": {
        "email": {"field": "email"},
        "phone": {"field": "phone"},
        "sms": {"consent": {"channel": "sms"}, "yes": ["TAK"], "no": ["NIE"]},
        "when": {"field": "given_at"},
    }
}
Read = Callable[..., Row | RowError]


def reader(mapping: dict[str, Any], header: list[str], **options: Any) -> Interpreter:
    columns = laid_over(header, mapping)
    check_targets(columns)
    clock = options.pop("clock", Clock("Europe/Warsaw", NOW, options.pop("moment", AS_OF)))
    purposes = frozenset({"newsletter", "marketing-own"})
    return Interpreter(columns, mapping, clock, purpose="newsletter", purposes=purposes, **options)


def read(mapping: dict[str, Any], cells: dict[str, str], **options: Any) -> Row | RowError:
    interpreter = reader(mapping, list(cells), **options)
    return interpreter.read(RawRow(2, list(cells.values())))


def preset(slug: str, cells: dict[str, str], **options: Any) -> Row | RowError:
    return read(by_slug(slug, BUILT_IN).mapping, cells, **options)


def said(row: Row | RowError) -> list[tuple[str, ...]]:
    assert isinstance(row, Row), row
    return [(act.kind, row.contacts[act.contact][1].value, act.channel) for act in row.acts]


def reason(row: Row | RowError) -> tuple[str, str, str]:
    assert isinstance(row, RowError), row
    return row.reason, row.column, row.value


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def simple(**cells: str) -> dict[str, str]:
    return {"email": "", "phone": "601602603", "sms": "", "when": "", **cells}


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


# Times -------------------------------------------------------------------------------------------


def clock(moment: datetime | None = None) -> Clock:
    return Clock("Europe/Warsaw", NOW, moment)


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


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_sentence_and_a_hint(code: str) -> None:
    error = RowError(17, "Data", "31.02.2025", code)
    assert error.sentence
    assert error.hint
