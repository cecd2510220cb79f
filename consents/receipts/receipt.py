"""A receipt around the record of a consent, as JSON-LD.

Statuses of a consent are a set there: their times, not their places, tell their order.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid5

from audit.text import iso
from consents.choices import ConsentStatus
from consents.preferences.links import preferences_url
from consents.receipts.acts import statuses
from consents.receipts.parties import Parties, once
from consents.receipts.terms import (
    AUTHORITY,
    CONTACTS,
    CONTEXT,
    GDPR,
    RECEIPT_SCHEMA,
    RECORD_SCHEMA,
    SERVICES,
    Node,
    named,
    texts,
)
from consents.record import Record, notices_about
from notices.addresses import public_url
from processing.choices import Basis, Campaign, ContactKind, Nature

RIGHTS = ("A13", "A14", "A15", "A16", "A17", "A18", "A21")
PORTABLE = (Basis.CONSENT, Basis.CONTRACT)


def receipt_of(record: Record, moment: datetime) -> Node:
    """What ``record`` comes to at ``moment``; the same bytes until something of it changes."""
    settled = _settled_at(record, moment)
    number = uuid5(record.consent.uuid, iso(settled))
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{number}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": str(number),
        "dct:conformsTo": RECEIPT_SCHEMA,
        "dct:created": iso(settled),
        "dpv:hasRecordOfActivity": _record(record, moment, Parties(record, moment)),
    }


def _settled_at(record: Record, moment: datetime) -> datetime:
    """When the record came to say what it says."""
    consent = record.consent
    if consent.status_at(moment) == ConsentStatus.EXPIRED:
        return max(consent.valid_until, consent.last_recorded_at)
    return consent.last_recorded_at


def _record(record: Record, moment: datetime, parties: Parties) -> Node:
    consent = record.consent
    subject = consent.contact_point.subject
    return {
        "@id": named(consent),
        "@type": "dpv:ConsentRecord",
        "dct:identifier": str(consent.uuid),
        "dct:conformsTo": RECORD_SCHEMA,
        "dct:created": iso(min(act.event.recorded_at for act in record.acts)),
        "dct:modified": iso(consent.last_recorded_at),
        "dpv:hasDataSubject": named(subject),
        "dpv:hasDataController": named(parties.controller),
        "dpv:hasDataProcessor": [named(each) for each in parties.processors],
        "dpv:hasJurisdiction": f"loc:{parties.controller.country}",
        "dpv:hasApplicableLaw": GDPR,
        "dpv:hasLegalBasis": list(_bases(record)),
        "dpv:hasNotice": list(_notices(record, moment)),
        "dpv:hasProcess": [_process(record, parties)],
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dpv:isExercisedAt": _withdrawn_at(record, parties),
        },
        "dpv:hasRight": list(_rights(record, parties)),
        "dpv:hasConsentStatus": list(statuses(record, moment, parties.centre)),
        "dpv:hasEntity": once(parties.nodes()),
    }


def _bases(record: Record) -> Iterator[str]:
    purpose = record.consent.purpose
    yield f"eu-gdpr:A{purpose.basis}"
    if purpose.special_condition:
        yield f"eu-gdpr:A{purpose.special_condition}"


def _notices(record: Record, moment: datetime) -> Iterator[Node]:
    """The texts that people consented to, and what they were told by at the time."""
    wordings = {act.wording.pk: act.wording for act in record.acts if act.wording}
    for wording in wordings.values():
        yield {
            "@id": named(wording),
            "@type": "dpv:ConsentNotice",
            "dct:title": wording.title,
            "dct:language": wording.language,
            "dct:description": {"@language": wording.language, "@value": wording.text},
            "cc:version": wording.version,
            "cc:sha256": wording.sha256,
            "cc:regime": wording.regime,
        }
    for version in notices_about(record.consent.purpose, record.consent.since or moment):
        yield {
            "@id": named(version),
            "@type": "dpv:PrivacyNotice",
            "dct:title": texts(version.notice, "name"),
            "dct:language": ["pl", "en"],
            "dct:issued": iso(version.effective_from),
            "schema:url": public_url(version.notice),
            "cc:version": version.number,
            "cc:sha256": version.sha256,
        }


def _process(record: Record, parties: Parties) -> Node:
    consent, purpose = record.consent, record.consent.purpose
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@id": named(purpose),
            "@type": "dpv:Purpose",
            "dct:identifier": purpose.slug,
            "dct:title": texts(purpose, "name"),
            "dct:description": texts(purpose, "description"),
            "skos:broader": _kind_of_purpose(record),
        },
        "dpv:hasPersonalData": {
            "@type": "dpv:PersonalData",
            "skos:broader": CONTACTS[ContactKind(consent.contact_point.kind)],
            "dct:identifier": str(consent.contact_point.uuid),
            "dpv:hasNecessity": "dpv:Required",
        },
        "dpv:hasProcessing": ["dpv:Collect", "dpv:Store", "dpv:Use"],
        "dpv:hasDataSource": sorted({_origin(act.event.source) for act in record.acts}),
        "dpv:hasRecipient": parties.receiving,
        "dpv:hasStorageCondition": [
            {
                "@type": "dpv:StorageLocation",
                "dpv:hasLocation": [f"loc:{country}" for country in parties.countries],
            },
            {
                "@type": "dpv:StorageDuration",
                "dpv:hasDuration": {
                    "@type": "dpv:UntilEventDuration",
                    "rdf:value": texts(purpose.activity, "retention"),
                },
            },
        ],
        "cc:channel": consent.channel,
    }


def _kind_of_purpose(record: Record) -> str:
    purpose = record.consent.purpose
    if purpose.nature == Nature.COMMERCIAL:
        return "dpv:DirectMarketing"
    return SERVICES.get(Campaign(purpose.campaign), SERVICES[Campaign.MATTER])


def _origin(source: object) -> str:
    return "dpv:ThirdPartyDataSource" if source.is_from_others else "dpv:DataSubjectDataSource"


def _withdrawn_at(record: Record, parties: Parties) -> str:
    """The person's own link; of a retired contact nobody has one."""
    point = record.consent.contact_point
    return _officer(parties) if point.retired_at else preferences_url(point)


def _officer(parties: Parties) -> str:
    """Whom the person writes to; a controller without any address has its name alone."""
    email = parties.controller.dpo_email or parties.controller.email
    return f"mailto:{email}" if email else named(parties.controller)


def _rights(record: Record, parties: Parties) -> Iterator[Node]:
    """Art. 21(2) holds on any basis, which the rights of DPV's own mapping leave out."""
    portable = ("A20",) if record.consent.purpose.basis in PORTABLE else ()
    yield _right("A7-3", _withdrawn_at(record, parties))
    for article in (*RIGHTS, *portable):
        yield _right(article, _officer(parties))
    yield _right("A77", AUTHORITY)


def _right(article: str, place: str) -> Node:
    return {
        "@type": ["dpv:DataSubjectRight", f"eu-gdpr:{article}"],
        "dpv:isExercisedAt": place,
    }
