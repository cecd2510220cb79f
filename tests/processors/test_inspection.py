import io
import random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pikepdf import ObjectStreamMode

from processors.documents.inspection import pages_of
from tests.processors import pdfs
from tests.processors.pdfs import pdf

GOOD = pdf()
REFUSED = [
    ("no_pdf", b""),
    ("no_pdf", b"PK\x03\x04 an archive"),
    ("no_pdf", b"<html>" + GOOD),
    ("damaged", b"%PDF-1.7\n"),
    ("damaged", GOOD[:-30]),
    ("damaged", GOOD.replace(b"startxref", b"startyref")),
    ("damaged", b"%PDF-1.7\nnothing at all\n%%EOF\n"),
    ("more_behind", GOOD + b"PK\x03\x04 an archive"),
    ("more_behind", GOOD + b"\n" * 2000),
    ("encrypted", pdfs.secret(user="tajne", owner="tajne")),
    ("encrypted", pdfs.secret(user="", owner="tajne")),
    ("javascript", pdf(pdfs.javascript)),
    ("javascript", pdf(pdfs.named_javascript)),
    ("javascript", pdf(pdfs.javascript, object_stream_mode=ObjectStreamMode.generate)),
    # The same name in another spelling; the text is shortened, so that every offset still holds.
    (
        "javascript",
        pdf(pdfs.javascript)
        .replace(b"/S /JavaScript", b"/S /J#61vaScript")
        .replace(b"app.alert", b"app.ale"),
    ),
    ("javascript", pdf(pdfs.deep)),
    ("launch", pdf(pdfs.launch)),
    ("launch", pdf(pdfs.sends_form)),
    ("embedded", pdf(pdfs.embedded)),
    ("embedded", pdf(pdfs.unnamed_attachment)),
    ("open_action", pdf(pdfs.opens_address)),
    ("xfa", pdf(pdfs.xfa)),
    ("too_large", pdf(pdfs.many_pages)),
]


@pytest.mark.parametrize(("code", "data"), REFUSED)
def test_what_is_no_plain_pdf_is_refused_by_its_reason(code: str, data: bytes) -> None:
    with pytest.raises(ValidationError) as refusal:
        pages_of(io.BytesIO(data))
    assert refusal.value.code == code


@pytest.mark.parametrize("change", [lambda made: None, pdfs.opens_at_its_page])
def test_a_plain_document_tells_its_pages(change: Any) -> None:
    assert pages_of(io.BytesIO(pdf(change))) == 1


def test_a_document_with_packed_objects_is_read(tmp_path: Any) -> None:
    packed = pdf(object_stream_mode=ObjectStreamMode.generate, linearize=True)
    assert pages_of(io.BytesIO(packed)) == 1


def test_a_large_file_is_refused_without_a_look(settings: Any) -> None:
    settings.DOCUMENT_LIMITS = {**settings.DOCUMENT_LIMITS, "bytes": 100}
    with pytest.raises(ValidationError) as refusal:
        pages_of(io.BytesIO(GOOD))
    assert refusal.value.code == "too_large"


def test_a_process_that_outgrows_its_memory_is_a_refusal(settings: Any) -> None:
    settings.DOCUMENT_LIMITS = {**settings.DOCUMENT_LIMITS, "memory_bytes": 30 * 1024 * 1024}
    with pytest.raises(ValidationError) as refusal:
        pages_of(io.BytesIO(GOOD))
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("seed", range(6))
def test_a_file_with_flipped_bytes_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(GOOD)
    for _byte in range(6):
        data[chance.randrange(9, len(data))] = chance.randrange(256)
    assert outcome(bytes(data)) in {"1", "damaged", "more_behind", "encrypted"}


def outcome(data: bytes) -> str:
    try:
        return str(pages_of(io.BytesIO(data)))
    except ValidationError as refusal:
        return str(refusal.code)
