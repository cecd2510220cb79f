"""A validator of receipts: the terms of DPV 2.3 that there are, and what ISO/IEC TS 27560 asks.

The standard comes without shapes, and its guide uses terms that its vocabulary does not have: the
terms below were taken from the vocabulary itself.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

TERMS = {
    "dpv": {
        *("Collect", "CommunicationForCustomerCare", "ConsentExpired", "ConsentGiven"),
        *("ConsentInvalidated", "ConsentNotice", "ConsentReceipt", "ConsentRecord"),
        *("ConsentRefused", "ConsentRequested", "ConsentWithdrawn", "DataController"),
        *("DataProcessor", "DataSubjectDataSource", "DataSubjectRight", "DirectMarketing"),
        *("ExpressedConsent", "Organisation", "PersonalData", "PrivacyNotice", "Process"),
        *("Purpose", "Recipient", "Required", "ServiceProvision", "StorageDuration"),
        *("StorageLocation", "Store", "ThirdParty", "ThirdPartyDataSource"),
        *("UntilEventDuration", "UntilTimeDuration", "Use", "WithdrawConsent"),
        *("hasApplicableLaw", "hasConsentControl", "hasConsentStatus", "hasDataController"),
        *("hasDataProcessor", "hasDataSource", "hasDataSubject", "hasDuration", "hasEntity"),
        *("hasIdentifier", "hasIndicationMethod", "hasJurisdiction", "hasLegalBasis"),
        *("hasLocation", "hasName", "hasNecessity", "hasNotice", "hasPersonalData"),
        *("hasProcess", "hasProcessing", "hasPurpose", "hasRecipient", "hasRecordOfActivity"),
        *("hasRight", "hasStorageCondition", "isExercisedAt", "isImplementedByEntity"),
        *("isIndicatedAtTime", "isIndicatedBy"),
    },
    "pd": {"Contact", "DeviceBased", "EmailAddress", "PhysicalAddress", "TelephoneNumber"},
    "loc": {"PL", "US"},
    "eu-gdpr": {
        *("A6-1-a", "A6-1-b", "A6-1-c", "A6-1-d", "A6-1-e", "A6-1-f", "A9-2-a"),
        *("A7-3", "A13", "A14", "A15", "A16", "A17", "A18", "A20", "A21", "A77"),
    },
    "dct": {
        *("conformsTo", "created", "description", "identifier", "issued", "language"),
        *("modified", "title"),
    },
    "skos": {"broader"},
    "rdf": {"value"},
    "schema": {
        *("ContactPoint", "PostalAddress", "address", "addressCountry", "contactPoint", "email"),
        *("streetAddress", "telephone", "url"),
    },
    "xsd": {"dateTime"},
}
RECORD_FIELDS = {
    "schema_version": "dct:conformsTo",
    "record_id": "dct:identifier",
    "pii_principal_id": "dpv:hasDataSubject",
    "privacy_notice": "dpv:hasNotice",
    "pii_controllers": "dpv:hasDataController",
    "jurisdiction": "dpv:hasJurisdiction",
    "lawful_basis": "dpv:hasLegalBasis",
    "withdrawal_method": "dpv:hasConsentControl",
    "processing": "dpv:hasProcess",
    "events": "dpv:hasConsentStatus",
    "parties": "dpv:hasEntity",
}
PROCESS_FIELDS = {
    "purpose": "dpv:hasPurpose",
    "pii_information": "dpv:hasPersonalData",
    "collection_method": "dpv:hasDataSource",
    "storage_locations and retention_period": "dpv:hasStorageCondition",
    "recipient_third_parties": "dpv:hasRecipient",
}
EVENT_FIELDS = {
    "event_time": "dpv:isIndicatedAtTime",
    "event_state": "@type",
    "entity_id": "dpv:isIndicatedBy",
}


def unknown_terms(receipt: Any) -> set[str]:
    """Terms of the known vocabularies that they do not have."""
    return {term for term in _terms(receipt) if not _exists(term)}


def _terms(node: Any) -> Iterator[str]:
    """Every name with a known prefix: keys, types, and values that name a term."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _terms(key)
            # A context says what prefixes mean; its keys are names all the same.
            yield from _terms(value)
    elif isinstance(node, list):
        for each in node:
            yield from _terms(each)
    elif isinstance(node, str) and node.partition(":")[0] in TERMS and " " not in node:
        yield node


def _exists(term: str) -> bool:
    prefix, colon, name = term.partition(":")
    return not colon or name in TERMS[prefix]


def missing_fields(receipt: dict[str, Any]) -> list[str]:
    """Fields that the standard or the GDPR makes mandatory and the receipt lacks."""
    record = receipt["dpv:hasRecordOfActivity"]
    missing = [name for name, key in RECORD_FIELDS.items() if not record.get(key)]
    for process in record["dpv:hasProcess"]:
        missing += [name for name, key in PROCESS_FIELDS.items() if not process.get(key)]
    for event in record["dpv:hasConsentStatus"]:
        missing += [name for name, key in EVENT_FIELDS.items() if not event.get(key)]
    return missing + list(_missing_of_parties(record)) + list(_unreadable(receipt))


def _missing_of_parties(record: dict[str, Any]) -> Iterator[str]:
    for party in record["dpv:hasEntity"]:
        yield from (f"party {key}" for key in ("@id", "@type", "dpv:hasName") if not party.get(key))
    known = {party["@id"] for party in record["dpv:hasEntity"]}
    process = record["dpv:hasProcess"][0]
    for name in (record["dpv:hasDataController"], *process["dpv:hasRecipient"]):
        if name not in known:
            yield f"party of {name}"


def _unreadable(receipt: dict[str, Any]) -> Iterator[str]:
    for number in (receipt["dct:identifier"], receipt["dpv:hasRecordOfActivity"]["dct:identifier"]):
        UUID(number)
    for event in receipt["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"]:
        moment = datetime.fromisoformat(event["dpv:isIndicatedAtTime"])
        if moment.utcoffset() is None:
            yield "zone of event_time"


def states(receipt: dict[str, Any]) -> list[str]:
    """The statuses in the order of their times, the first type of each."""
    told = receipt["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"]
    told = sorted(told, key=lambda each: datetime.fromisoformat(each["dpv:isIndicatedAtTime"]))
    types = [each["@type"] for each in told]
    return [kind if isinstance(kind, str) else kind[0] for kind in types]
