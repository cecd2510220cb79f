"""The files of formats.md as data, and how a header is recognised.

Created as MappingPreset rows after migrate, where they can be edited; a saved mapping joins them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.reading.errors import Refused, nearest
from consents.contacts import Unusable, normalise
from consents.importing.errors import Unrecognised

EMAIL = {"channel": "email"}
CALLS = ["voice", "automated_call"]


@dataclass(frozen=True)
class Preset:
    """A file format by its key, as MappingPreset keeps it."""

    slug: str
    name_pl: str
    name_en: str
    mapping: dict[str, Any]
    confirmed: bool = True


def _field(name: str, **options: Any) -> dict[str, Any]:
    return {"field": name, **options}


def _stop(kind: str, *channels: str) -> dict[str, Any]:
    return {"restriction": kind, "channel": list(channels)}


_NAMES = {"First Name": _field("first_name"), "Last Name": _field("last_name")}

_MAILCHIMP = {
    "Email Address": _field("email"),
    **_NAMES,
    "Phone Number": _field("phone"),
    "OPTIN_TIME": _field("given_at"),
    "OPTIN_IP": _field("ip"),
    "CONFIRM_TIME": _field("confirmed_at"),
}
_MAILCHIMP_HEADER = ["Email Address", "MEMBER_RATING", "OPTIN_TIME", "CONFIRM_TIME", "LEID", "EUID"]


def _mailchimp(word: str, columns: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    seen = [*_MAILCHIMP_HEADER, *(columns or {})]
    return {
        "recognise": {"columns": seen, "file": word, "without": ["Status"]},
        "lone_confirmation": "ignore",
        "columns": {**_MAILCHIMP, **(columns or {})},
        **more,
    }


BUILT_IN = (
    Preset(
        "mailchimp",
        "Mailchimp",
        "Mailchimp",
        _mailchimp("subscribed_"),
    ),
    Preset(
        "mailchimp_unsubscribed",
        "Mailchimp: wypisani",
        "Mailchimp: unsubscribed",
        _mailchimp(
            "unsubscribed_",
            {"UNSUB_TIME": _field("withdrawn_at")},
            every_row={"withdrawn": EMAIL},
        ),
    ),
    Preset(
        "mailchimp_cleaned",
        "Mailchimp: odrzucone adresy",
        "Mailchimp: cleaned",
        _mailchimp("cleaned_", every_row={"undeliverable": EMAIL}, as_of="file"),
    ),
    Preset(
        "hubspot",
        "HubSpot: kontakty",
        "HubSpot contacts",
        {
            "recognise": {
                "columns": ["Record ID", "Email"],
                "any": [
                    "Unsubscribed from all email",
                    "Opted out of email: *",
                    "Legal basis for processing contact's data",
                    "Marketing contact status",
                ],
            },
            "columns": {
                "Record ID": _field("external_id"),
                **_NAMES,
                "Email": _field("email"),
                "Phone Number": _field("phone"),
                "Unsubscribed from all email": _stop("objection", "email"),
                "Opted out of email: *": {"withdrawal": EMAIL},
            },
        },
    ),
    Preset(
        "civicrm",
        "CiviCRM: kontakty",
        "CiviCRM contacts",
        {
            "recognise": {"columns": ["Contact ID", "Contact Type", "Do Not Email"]},
            "columns": {
                "External Identifier": _field("external_id"),
                **_NAMES,
                "Email": _field("email"),
                "Phone": _field("phone"),
                "Do Not Email": _stop("do_not_contact", "email"),
                "Do Not Phone": _stop("do_not_contact", *CALLS),
                "Do Not Mail": _stop("do_not_contact", "post"),
                "Do Not Sms": _stop("do_not_contact", "sms"),
                "No Bulk Emails (User Opt Out)": _stop("objection", "email"),
            },
        },
    ),
    Preset(
        "salesforce_consent",
        "Salesforce: zgody (ContactPointTypeConsent)",
        "Salesforce ContactPointTypeConsent",
        {
            "recognise": {"columns": ["PartyId", "ContactPointType", "PrivacyConsentStatus"]},
            "columns": {
                "PartyId": _field("party"),
                "ContactPointType": _field(
                    "channel",
                    values={
                        "Email": ["email"],
                        "Phone": ["voice", "automated_call"],
                        "SMS": ["sms"],
                        "MailingAddress": ["post"],
                        "Mailing Address": ["post"],
                        "Social": ["messenger"],
                    },
                ),
                "DataUsePurposeId": _field("purpose", values={}),
                "PrivacyConsentStatus": {
                    "status": {
                        "OptIn": "given",
                        "OptOut": "withdrawn",
                        "Seen": "contact",
                        "NotSeen": "contact",
                    }
                },
                "CaptureDate": _field("given_at"),
                "DoubleConsentCaptureDate": _field("confirmed_at"),
                "EffectiveTo": _field("expires_at"),
            },
            "lone_confirmation": "ignore",
        },
    ),
    Preset(
        "salesforce_contact",
        "Salesforce: kontakty i leady",
        "Salesforce Lead/Contact",
        {
            "recognise": {
                "columns": ["Email"],
                "any": ["HasOptedOutOfEmail", "DoNotCall"],
            },
            "columns": {
                "Id": _field("external_id"),
                "FirstName": _field("first_name"),
                "LastName": _field("last_name"),
                "Email": _field("email"),
                "MobilePhone": _field("phone"),
                "Phone": _field("phone"),
                "HasOptedOutOfEmail": _stop("objection", "email"),
                "DoNotCall": _stop("objection", *CALLS),
            },
        },
        confirmed=False,
    ),
    Preset(
        "mautic",
        "Mautic: kontakty",
        "Mautic contacts",
        {
            "recognise": {"columns": ["dateAdded", "dateIdentified", "doNotEmail", "email"]},
            "columns": {
                "firstname": _field("first_name"),
                "lastname": _field("last_name"),
                "company": _field("company"),
                "email": _field("email"),
                "mobile": _field("phone"),
                "phone": _field("phone"),
                "doNotEmail": _stop("do_not_contact", "email"),
            },
        },
    ),
    Preset(
        "genesys_dnc",
        "Genesys Cloud: lista DNC",
        "Genesys Cloud DNC list",
        {
            "recognise": {"any": ["DNC_Home", "DNC_Cell", "DNC_Work"], "columns": []},
            "columns": {
                "DNC_Home": {"suppression": CALLS},
                "DNC_Cell": {"suppression": CALLS},
                "DNC_Work": {"suppression": CALLS},
            },
        },
    ),
    Preset(
        "brevo",
        "Brevo: kontakty",
        "Brevo contacts",
        {
            "recognise": {"columns": ["EMAIL", "EMAIL_BLACKLISTED", "SMS_BLACKLISTED"]},
            "columns": {
                "EMAIL": _field("email"),
                "LASTNAME": _field("last_name"),
                "FIRSTNAME": _field("first_name"),
                "SMS": _field("phone"),
                "EMAIL_BLACKLISTED": _stop("objection", "email"),
                "SMS_BLACKLISTED": _stop("objection", "sms"),
                "MODIFIED_TIME": _field("stated_at", format="%d-%m-%Y %H:%M"),
                "ADDED_TIME": _field("added_at", format="%d-%m-%Y %H:%M"),
            },
        },
    ),
    Preset(
        "activecampaign",
        "ActiveCampaign: kontakty",
        "ActiveCampaign contacts",
        {
            "recognise": {"columns": ["Email", "Date Created", "Status", "Tags"]},
            "columns": {
                **_NAMES,
                "Email": _field("email"),
                "Phone": _field("phone"),
                "Status": {
                    "status": {
                        "Active": "contact",
                        "Unconfirmed": "contact",
                        "Unsubscribed": "withdrawn",
                        "Bounced": "undeliverable",
                    },
                    "channel": "email",
                },
            },
        },
    ),
    Preset(
        "kit",
        "Kit: subskrybenci",
        "Kit subscribers",
        {
            "recognise": {"columns": ["first_name", "email", "created_at", "status"]},
            "columns": {
                "first_name": _field("first_name"),
                "email": _field("email"),
                "status": {
                    "status": {
                        "active": "contact",
                        "inactive": "contact",
                        "cancelled": "withdrawn",
                        "complained": "withdrawn",
                        "bounced": "undeliverable",
                    },
                    "channel": "email",
                },
            },
        },
    ),
    Preset(
        "quarticon",
        "QuarticOn",
        "QuarticOn",
        {
            "recognise": {"columns": ["email", "emailSendAgreement"]},
            "columns": {"email": _field("email"), "emailSendAgreement": {"consent": EMAIL}},
        },
    ),
    Preset(
        "legal_basis",
        "Zgoda na marketing e-mail (legal basis)",
        "Legal-basis CSV",
        {
            "recognise": {"columns": ["email", "accepts_dit_email_marketing", "modified_at"]},
            "columns": {
                "email": _field("email"),
                "accepts_dit_email_marketing": {"consent": EMAIL, "no_means": "withdrawn"},
                "modified_at": _field("given_at"),
            },
        },
    ),
    Preset(
        "deweloper",
        "DEWELOPER System (bez nagłówka)",
        "DEWELOPER System (no header)",
        {
            "header": False,
            "delimiter": ";",
            "columns": {
                "1": _field("email"),
                "2": _field("first_name"),
                "3": _field("last_name"),
                "4": _field("phone"),
                "5": _field("given_at", format="%Y%m%d"),
                # The ids are each installation's own: they are mapped when the preset is edited.
                "6+": {"consents": {}},
            },
        },
    ),
    Preset(
        "promosms",
        "PromoSMS (bez nagłówka)",
        "PromoSMS (no header)",
        {
            "header": False,
            "delimiter": ";",
            "columns": {
                "1": _field("phone"),
                "2": _field("email"),
                "3": _field("first_name"),
                "4": _field("last_name"),
                "5": _field("company"),
            },
        },
    ),
    Preset(
        "ccgdpr",
        "Lista zgód z tego rejestru",
        "Consent list of this register",
        {
            "recognise": {
                "columns": ["contact_point", "channel", "purpose", "subject_ref", "since", "basis"]
            },
            "own_export": True,
            "guarded": True,
            "columns": {
                "contact_point": _field("contact"),
                "channel": _field("channel"),
                "purpose": _field("purpose"),
                "external_id": _field("external_id"),
                "name": _field("full_name"),
                "since": _field("given_at"),
            },
        },
    ),
)


def folded(column: str) -> str:
    """A column name as it is compared: without case, padding, BOM, quotes and apostrophes."""
    plain = column.replace("\ufeff", "").replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(re.sub("['’`\"]", "", plain).split()).casefold()


def recognise(header: list[str], name: str, presets: Iterable[Any]) -> Any:
    """The one preset whose header this is; Unrecognised where none is, or more than one.

    A preset that knows more of the columns wins over one that knows fewer.
    """
    seen = {folded(column) for column in header} - {""}
    found = [preset for preset in presets if _matches(preset.mapping, seen, name)]
    ranked = sorted(found, key=lambda preset: _weight(preset.mapping), reverse=True)
    if not ranked:
        raise _not_recognised(header, name, presets, seen)
    if len(ranked) > 1 and _weight(ranked[0].mapping) == _weight(ranked[1].mapping):
        names = ", ".join(preset.slug for preset in ranked)
        raise Unrecognised(
            header, _("Several formats have this header: {names}.").format(names=names)
        )
    return ranked[0]


def by_slug(slug: str, presets: Iterable[Any]) -> Any:
    """The preset of this key; hyphens and underscores are the same. Refused names the nearest."""
    known = {preset.slug: preset for preset in presets}
    wanted = slug.strip().casefold()
    for spelling in (wanted, wanted.replace("-", "_"), wanted.replace("_", "-")):
        if spelling in known:
            return known[spelling]
    raise Refused(_("Unknown preset {name}.").format(name=nearest(slug, list(known))))


def looks_like_data(cells: list[str]) -> bool:
    """A first row with a number or address in it is no header, and is shown to nobody."""
    return any(_is_contact(cell) for cell in cells)


def _is_contact(cell: str) -> bool:
    for kind in ("email", "phone"):
        try:
            normalise(kind, cell)
        except Unusable:
            continue
        return True
    return False


def _matches(mapping: dict[str, Any], seen: set[str], name: str, *, any_name: bool = False) -> bool:
    wanted = mapping.get("recognise")
    if not wanted:
        return False
    columns = {folded(column) for column in wanted.get("columns", [])}
    without = {folded(column) for column in wanted.get("without", [])}
    if not columns <= seen or without & seen:
        return False
    if (some := wanted.get("any")) and not any(_is_seen(column, seen) for column in some):
        return False
    return any_name or name.casefold().startswith(wanted.get("file", ""))


def _is_seen(column: str, seen: set[str]) -> bool:
    if column.endswith("*"):
        return any(each.startswith(folded(column[:-1])) for each in seen)
    return folded(column) in seen


def _weight(mapping: dict[str, Any]) -> int:
    wanted = mapping["recognise"]
    return len(wanted.get("columns", [])) * 10 + len(wanted.get("any", []))


def _not_recognised(
    header: list[str], name: str, presets: Iterable[Any], seen: set[str]
) -> Unrecognised:
    if looks_like_data(header):
        return Unrecognised([], _("The file has no header: name a preset or a mapping."))
    if any(_matches(preset.mapping, seen, name, any_name=True) for preset in presets):
        return Unrecognised(
            header, _("What this file says stands in its name, which was changed: name the preset.")
        )
    return Unrecognised(header)
