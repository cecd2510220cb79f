"""Eight processors and the client, with agreements in every status and where data go from them."""

import io
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from audit import bulk
from ccgdpr.demo.making import content, make
from ccgdpr.demo.registers import OWN
from processors.documents import storing
from processors.models import (
    AgreementClause,
    ClauseItem,
    Organisation,
    ProcessingAgreement,
    SubProcessor,
    Transfer,
)

# Days from today, by the name of the date that they give.
COUNTED = {
    "signed_in": "signed_on",
    "starts_in": "in_force_from",
    "ends_in": "in_force_until",
    "since_in": "since",
    "authorised_in": "authorised_on",
}
PAGE = b"BT /F1 14 Tf 72 760 Td (%s) Tj 0 -24 Td /F1 10 Tf (Dokument pokazowy) Tj ET"


def create() -> None:
    told = content("agreements")
    for facts in told["organisation"]:
        make(Organisation, {"slug": facts.pop("slug")}, **facts)
    for facts in told["agreement"]:
        _agreement(**facts)
    for facts in told["sub_processor"]:
        _sub_processor(**facts)
    for facts in told["transfer"]:
        _transfer(**facts)


def _agreement(
    reference: str,
    processor: str,
    controller: str = OWN,
    missing: tuple[str, ...] = (),
    document: str = "",
    **facts: Any,
) -> None:
    agreement, is_new = make(
        ProcessingAgreement,
        {"reference": reference},
        controller=_organisation(controller),
        processor=_organisation(processor),
        **_dated(facts),
    )
    if is_new:
        bulk.create(_clauses(agreement, set(missing)))
    if document and not agreement.documents.exists():
        file = io.BytesIO(_pdf(reference))
        storing.check(storing.attach(agreement, file, title=document))


def _clauses(agreement: ProcessingAgreement, missing: set[str]) -> list[AgreementClause]:
    return [
        AgreementClause(
            agreement=agreement,
            item=item,
            found_at="" if item.slug in missing else f"§ {item.position + 2}",
            is_missing=item.slug in missing,
        )
        for item in ClauseItem.objects.filter(active=True)
    ]


def _sub_processor(agreement: str, organisation: str, **facts: Any) -> None:
    key = {"agreement": _named(agreement), "organisation": _organisation(organisation)}
    make(SubProcessor, key, **_dated(facts))


def _transfer(agreement: str, organisation: str, country: str, **facts: Any) -> None:
    key = {"organisation": _organisation(organisation), "country": country}
    make(Transfer, key, agreement=_named(agreement), **_dated(facts))


def _named(reference: str) -> ProcessingAgreement:
    return ProcessingAgreement.objects.get(reference=reference)


def _organisation(slug: str) -> Organisation:
    return Organisation.objects.get(slug=slug)


def _dated(facts: dict[str, Any]) -> dict[str, Any]:
    """``facts`` with every count of days as the date that it means today."""
    counted = {name: facts.pop(name) for name in COUNTED if name in facts}
    return facts | {COUNTED[name]: _day(days) for name, days in counted.items()}


def _day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def _pdf(reference: str) -> bytes:
    """A page that names the agreement, in a font that every reader has."""
    text = PAGE % reference.encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return body + head + table + tail % (len(objects) + 1, len(body))
