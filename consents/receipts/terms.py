"""The vocabularies of a receipt, and how the house's words read in them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import override, pgettext

from accounts.choices import Language
from audit.text import iso
from consents.choices import EventKind
from processing.choices import Campaign, ContactKind

Node = dict[str, Any]

# Beside the types of terms that name things: without them a program would read names for texts.
REFERENCES = (
    "dct:conformsTo",
    "dpv:hasApplicableLaw",
    "dpv:hasDataController",
    "dpv:hasDataProcessor",
    "dpv:hasDataSource",
    "dpv:hasDataSubject",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasLocation",
    "dpv:hasNecessity",
    "dpv:hasProcessing",
    "dpv:hasRecipient",
    "dpv:isExercisedAt",
    "dpv:isImplementedByEntity",
    "dpv:isIndicatedBy",
    "schema:url",
    "skos:broader",
    "cc:about",
    "cc:wording",
)
CONTEXT: Node = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    # What neither the standard nor DPV has words for: channels, digests, who spoke.
    "cc": "urn:ccgdpr:ns#",
    "dct:created": {"@type": "xsd:dateTime"},
    "dct:modified": {"@type": "xsd:dateTime"},
    "dct:issued": {"@type": "xsd:dateTime"},
    "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    **{term: {"@type": "@id"} for term in REFERENCES},
}
RECEIPT_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr"
RECORD_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
GDPR = "https://w3id.org/dpv/legal/eu#law-GDPR"
AUTHORITY = "https://uodo.gov.pl"

CONTACTS = {
    ContactKind.EMAIL: "pd:EmailAddress",
    ContactKind.PHONE: "pd:TelephoneNumber",
    ContactKind.POSTAL: "pd:PhysicalAddress",
    ContactKind.DEVICE: "pd:DeviceBased",
    # There is no term for a name on a messenger.
    ContactKind.HANDLE: "pd:Contact",
}
SERVICES = {
    Campaign.MATTER: "dpv:CommunicationForCustomerCare",
    Campaign.INTERNAL: "dpv:ServiceProvision",
}
STATUSES = {
    EventKind.GIVEN: "dpv:ConsentGiven",
    EventKind.CONFIRMED: "dpv:ConsentGiven",
    EventKind.REFUSED: "dpv:ConsentRefused",
    EventKind.WITHDRAWN: "dpv:ConsentWithdrawn",
    EventKind.INVALIDATED: "dpv:ConsentInvalidated",
}


def named(record: Any) -> str:
    """A record of the house as a name that the whole world can tell from others."""
    return f"urn:uuid:{record.uuid}"


def texts(record: Any, field: str) -> list[Node]:
    """A text of the registers in the languages in which it stands."""
    found = {code: getattr(record, f"{field}_{code}") for code in Language.values}
    return [{"@language": code, "@value": text} for code, text in found.items() if text]


def said(label: Callable[[], str]) -> list[Node]:
    """What the house itself says, in both languages."""
    spoken = []
    for code in Language.values:
        with override(code):
            spoken.append({"@language": code, "@value": str(label())})
    return spoken


def until(moment: datetime | None) -> Node:
    """How long a consent lasts: until an instant, else until it is withdrawn."""
    if moment is None:
        ends = said(lambda: pgettext("end of a consent", "withdrawal of consent"))
        return {"@type": "dpv:UntilEventDuration", "rdf:value": ends}
    return {"@type": "dpv:UntilTimeDuration", "rdf:value": iso(moment)}
