"""Which format a header is of, and what a mapping may say."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.reading.errors import Refused
from consents.catalogue import create_after_migrate
from consents.importing import presets
from consents.importing.errors import Unrecognised
from consents.importing.mapping import checked
from consents.importing.presets import BUILT_IN, by_slug, recognise
from consents.models import MappingPreset

MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
    "LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)
UNSUBSCRIBED = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
    "LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,UNSUB_TIME,"
    "UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_CAMPAIGN_ID,UNSUB_REASON,"
    "UNSUB_REASON_OTHER,NOTES,TAGS"
)
HEADERS = {
    "mailchimp": ("subscribed_1.csv", MAILCHIMP),
    "mailchimp_unsubscribed": ("unsubscribed_1.csv", UNSUBSCRIBED),
    "mailchimp_cleaned": ("cleaned_1.csv", MAILCHIMP),
    "hubspot": (
        "a.csv",
        "Record ID,First Name,Last Name,Email,Phone Number,Unsubscribed from all email,"
        "Opted out of email: Newsletter,Marketing contact status,"
        "Legal basis for processing contacts data",
    ),
    "civicrm": (
        "a.csv",
        "Contact ID,Contact Type,External Identifier,First Name,Last Name,Email,Phone,Do Not Email,"
        "Do Not Phone,Do Not Mail,Do Not Sms,Do Not Trade,No Bulk Emails (User Opt Out),"
        "Preferred Communication Method,Contact Source",
    ),
    "salesforce_consent": (
        "a.csv",
        "Id,Name,PartyId,ContactPointType,DataUsePurposeId,PrivacyConsentStatus,CaptureDate,"
        "CaptureContactPointType,CaptureSource,DoubleConsentCaptureDate,EffectiveFrom,EffectiveTo,"
        "BusinessBrandId",
    ),
    "salesforce_contact": ("a.csv", "Id,Name,Email,Phone,MobilePhone,HasOptedOutOfEmail,DoNotCall"),
    "mautic": (
        "a.csv",
        "dateAdded,createdByUser,dateModified,modifiedByUser,lastActive,dateIdentified,ip,stage,"
        "doNotEmail,ownerusername,tags,firstname,lastname,email,mobile",
    ),
    "genesys_dnc": ("a.csv", "Last Name, First Name,DNC_Home,DNC_Cell,DNC_Work"),
    "brevo": (
        "a.csv",
        "EMAIL,LASTNAME,FIRSTNAME,SMS,EMAIL_BLACKLISTED,SMS_BLACKLISTED,ADDED_TIME,MODIFIED_TIME",
    ),
    "activecampaign": ("a.csv", "Email,First Name,Last Name,Phone,Tags,Date Created,IP,Status"),
    "kit": ("a.csv", "first_name,email,created_at,status"),
    "quarticon": ("a.csv", "email,emailSendAgreement"),
    "legal_basis": ("a.csv", "email,accepts_dit_email_marketing,modified_at"),
    "ccgdpr": (
        "a.csv",
        "contact_point,channel,purpose,controller,subject_ref,external_id,name,basis,since,"
        "wording_version,source,obligations,as_of,valid_until",
    ),
}


def _recognised(header: list[str], name: str = "a.csv") -> str:
    return recognise(header, name, BUILT_IN).slug


@pytest.mark.parametrize("slug", HEADERS)
def test_each_header_is_of_its_own_format(slug: str) -> None:
    name, header = HEADERS[slug]
    assert _recognised(header.split(","), name) == slug


@pytest.mark.parametrize("slug", HEADERS)
def test_case_padding_a_bom_and_the_order_do_not_matter(slug: str) -> None:
    name, header = HEADERS[slug]
    columns = [f" {column.upper()} " for column in reversed(header.split(","))]
    assert _recognised(["\ufeff" + columns[0], *columns[1:]], name.upper()) == slug


@pytest.mark.parametrize("slug", [slug for slug in HEADERS if slug != "quarticon"])
def test_columns_of_their_own_do_not_matter(slug: str) -> None:
    name, header = HEADERS[slug]
    assert _recognised([*header.split(","), "Ulubiony kolor"], name) == slug


def test_an_unknown_header_names_the_columns_seen() -> None:
    with pytest.raises(Unrecognised, match=r"Imię.*Zgoda"):
        _recognised(["Imię", "Zgoda"])


def test_a_first_row_of_data_is_shown_to_nobody() -> None:
    with pytest.raises(Unrecognised) as refused:
        _recognised(["jan@poczta.example", "Jan"])
    assert "jan" not in str(refused.value)


def test_a_mailchimp_file_that_was_renamed_is_not_guessed() -> None:
    with pytest.raises(Unrecognised):
        _recognised(MAILCHIMP.split(","), "ludzie.csv")


def test_a_mailchimp_file_with_a_status_of_its_own_goes_to_the_picker() -> None:
    with pytest.raises(Unrecognised):
        _recognised([*MAILCHIMP.split(","), "Status"], "subscribed_1.csv")


def test_two_formats_of_one_header_are_ambiguous() -> None:
    twice = [*BUILT_IN, presets.Preset("copy", "Kopia", "Copy", by_slug("kit", BUILT_IN).mapping)]
    with pytest.raises(Unrecognised, match="copy"):
        recognise(HEADERS["kit"][1].split(","), "a.csv", twice)


@pytest.mark.parametrize("name", ["genesys_dnc", "genesys-dnc", "GENESYS_DNC"])
def test_a_preset_is_found_by_its_key(name: str) -> None:
    assert by_slug(name, BUILT_IN).slug == "genesys_dnc"


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(Refused, match="hubspot"):
        by_slug("hubspott", BUILT_IN)


# Mappings ----------------------------------------------------------------------------------------


def test_the_mapping_of_the_design_is_understood() -> None:
    mapping = {
        "header": True,
        "delimiter": ";",
        "encoding": "utf-8",
        "columns": {
            "E-mail": {"field": "email"},
            "Data zgody": {"field": "given_at", "format": "%d.%m.%Y"},
            "Zgoda SMS": {
                "consent": {"purpose": "newsletter", "channel": "sms"},
                "yes": ["TAK"],
                "no": ["NIE"],
            },
            "UNSUB": {"restriction": "objection", "channel": "email"},
        },
    }
    assert checked(mapping, ["newsletter"]) == mapping


@pytest.mark.parametrize("preset", BUILT_IN, ids=lambda preset: preset.slug)
def test_every_preset_is_a_mapping_that_would_be_accepted(preset: presets.Preset) -> None:
    assert checked(preset.mapping, [], preset=True)


def _column(meaning: Any) -> dict[str, Any]:
    return {"columns": {"x": meaning}}


WRONG = [
    ({"columnz": {}}, "columns"),
    ({"columns": {}}, "."),
    ([], "JSON"),
    ({"header": "no", **_column({"field": "email"})}, "header"),
    ({"delimiter": "::", **_column({"field": "email"})}, "."),
    (_column({"field": "e-mail"}), "email"),
    (_column({"field": "stated_at"}), "stated_at"),
    (_column({"feild": "email"}), "field"),
    (_column({"field": "email", "formatt": "%Y"}), "format"),
    (_column({"field": "email", "consent": {"channel": "sms"}}), "x"),
    (_column({"consent": {"channel": "smss"}}), "sms"),
    (_column({"consent": {"purpose": "newsleter", "channel": "sms"}}), "newsletter"),
    (_column({"consent": {"purpose": "newsletter"}}), "."),
    (_column({"consent": {"channel": "sms"}, "yes": "TAK"}), "x"),
    (_column({"restriction": "objektion"}), "objection"),
    (_column({"restriction": "objection", "channel": "mail"}), "email"),
    (_column({"status": {"Active": "okay"}}), "okay"),
    (_column({"suppression": ["fax"]}), "fax"),
    ({"recognise": {}, **_column({"field": "email"})}, "recognise"),
    ({"header": False, **_column({"field": "email"})}, "x"),
    ({"header": False, "columns": {"0": {"field": "email"}}}, "0"),
]


@pytest.mark.parametrize(("mapping", "named"), WRONG)
def test_what_a_mapping_may_not_say_is_refused_by_name(mapping: Any, named: str) -> None:
    with pytest.raises(Refused, match=named):
        checked(mapping, ["newsletter"])


@pytest.mark.django_db
def test_a_saved_format_is_checked_like_a_map() -> None:
    preset = MappingPreset(slug="x", name_pl="x", name_en="x", mapping={"columnz": {}})
    with pytest.raises(ValidationError, match="columns"):
        preset.clean()


@pytest.mark.django_db
def test_an_edited_format_stays_as_it_was_edited() -> None:
    preset = MappingPreset.objects.get(slug="deweloper")
    preset.mapping["columns"]["6+"]["consents"] = {"1": {"channel": "email"}}
    preset.save()
    create_after_migrate()
    preset.refresh_from_db()
    assert preset.mapping["columns"]["6+"]["consents"] == {"1": {"channel": "email"}}
