"""What the person did, as statuses of the consent, each with its time, its way and its proof."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from audit.text import iso
from consents.choices import ConsentStatus, EventKind, Giver
from consents.models import ConsentEvent
from consents.receipts.terms import STATUSES, Node, named, said, until
from consents.record import Act, Record
from processors.models import Organisation


def statuses(record: Record, moment: datetime, centre: Organisation) -> Iterator[Node]:
    """One for each act, and one for the end of a consent that ended before ``moment``."""
    confirmed = {act.event.about_id for act in record.acts if act.event.kind == EventKind.CONFIRMED}
    for act in record.acts:
        yield _status(record, act, centre, is_confirmed=act.event.pk in confirmed)
    if record.consent.status_at(moment) == ConsentStatus.EXPIRED:
        yield {
            "@type": "dpv:ConsentExpired",
            "dpv:isIndicatedAtTime": iso(record.consent.valid_until),
        }


def _status(record: Record, act: Act, centre: Organisation, *, is_confirmed: bool) -> Node:
    event = act.event
    return {
        "@id": named(event),
        "@type": _type(event, is_confirmed=is_confirmed),
        "dpv:isIndicatedAtTime": iso(event.occurred_at),
        "dpv:isIndicatedBy": _speaker(record, event),
        "dpv:isImplementedByEntity": named(event.source.vendor or centre),
        "dpv:hasIndicationMethod": said(event.get_method_display),
        "dct:created": iso(event.recorded_at),
        "cc:source": event.source.slug,
        "cc:evidence": {
            "cc:kind": act.evidence.kind if act.evidence else "erased",
            "cc:sha256": event.evidence_sha256,
        },
        **_more(act),
    }


def _type(event: ConsentEvent, *, is_confirmed: bool) -> str | list[str]:
    """A consent that waits for its confirmation was asked for, not yet given."""
    if event.kind == EventKind.GIVEN and event.needs_confirmation and not is_confirmed:
        return "dpv:ConsentRequested"
    status = STATUSES[EventKind(event.kind)]
    return [status, "dpv:ExpressedConsent"] if status == "dpv:ConsentGiven" else status


def _speaker(record: Record, event: ConsentEvent) -> str:
    if event.giver == Giver.THIRD_PARTY:
        return "cc:third-party"
    return named(record.consent.contact_point.subject)


def _more(act: Act) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if act.event.kind == EventKind.GIVEN:
        found["dpv:hasDuration"] = until(act.event.valid_until)
    if act.wording:
        found["cc:wording"] = named(act.wording)
    if act.event.about:
        found["cc:about"] = named(act.event.about)
    return found
