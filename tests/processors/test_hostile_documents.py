"""Signed documents as enemies craft them: refused by the right word, at a small cost, or kept."""

import hashlib
import io
import itertools
import random
import resource
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pikepdf import ObjectStreamMode

from audit import pdf as drawing
from processors.documents import pdf_child, storing
from processors.documents.inspection import pages_of
from processors.models import AgreementDocument
from tests.factories import AgreementFactory, UserFactory
from tests.processors.corpus import CRAFTED, HARMLESS, SCRIPT, signed
from tests.processors.raw_pdfs import CATALOG, packed, raw, stream, updated

ACTIONS = {
    "javascript": SCRIPT,
    "launch": b"<</S/Launch/F(calc.exe)>>",
    "embedded": b"<</S/GoToE/T<</R/C/N(x)>>>>",
    "other_file": b"<</S/GoToR/F(x.pdf)/D[0/Fit]>>",
    "xfa": b"<</XFA[(template)(x)]>>",
}
LINK = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A %s>>]"
WIDGET = b"/Annots[<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/MK<<>>/PA %s>>]"
PLACES: dict[str, Any] = {
    "the catalog": lambda act: raw(b"/X " + act),
    "the page": lambda act: raw(b"", b"/X " + act),
    "an annotation": lambda act: raw(b"", LINK % act),
    "a field": lambda act: raw(b"", WIDGET % act),
    "a name tree": lambda act: raw(b"/Names<</Dests<</Kids[<</Names[(a)%s]>>]>>>>" % act),
    "an outline": lambda act: raw(b"/Outlines<</First 4 0 R>>", b"", b"<</Title(x)/A %s>>" % act),
    "the next action": lambda act: raw(b"/X<</S/GoTo/Next<</S/GoTo/Next[%s]>>>>" % act),
    "an object of its own": lambda act: raw(b"/X 4 0 R", b"", act),
    "the trailer": lambda act: raw(trailer=b"/X " + act),
    "an object nobody names": lambda act: raw(b"", b"", act),
    "the dictionary of a stream": lambda act: raw(b"", b"", stream(b"", b"/X " + act)),
    "an array in an array": lambda act: raw(b"/X[[[[%s]]]]" % act),
    "a packed stream": packed,
    "a later version": lambda act: updated(raw(), 1, CATALOG % (b"/X " + act)),
    "an earlier version": lambda act: updated(raw(b"/X " + act), 1, CATALOG % b""),
}
ANYWHERE = list(itertools.product(ACTIONS, PLACES))
SPELLED = [b"/JavaScript", b"/JS", b"/Launch", b"/GoToE", b"/GoToR", b"/XFA"]


def look(data: bytes, folder: Path) -> str:
    """What the child would say, without its process: for files by the hundred."""
    (path := folder / "x.pdf").write_bytes(data)
    try:
        return str(pdf_child.look(str(path), 2000))
    except ValueError as refusal:
        return str(refusal)


def outcome(data: bytes) -> str:
    try:
        return str(pages_of(io.BytesIO(data)))
    except ValidationError as refusal:
        return str(refusal.code)


# Crafted by hand ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_file_is_refused_by_its_reason_and_memory_stays_flat(name: str) -> None:
    code, made = CRAFTED[name]
    data = made()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(data) == code
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= 20 * 1024  # KiB


def test_a_file_that_takes_too_long_is_refused(settings: Any) -> None:
    settings.DOCUMENT_LIMITS = {**settings.DOCUMENT_LIMITS, "cpu_seconds": 1}
    assert outcome(raw(b"", b"", *[b"<</A[<<>>]>>"] * 300_000)) == "too_large"


@pytest.mark.django_db
@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_file_is_kept_and_handed_out_byte_for_byte(client: Client, name: str) -> None:
    data = HARMLESS[name]()
    document = storing.attach(AgreementFactory(), io.BytesIO(data), title="Umowa")
    client.force_login(UserFactory())
    url = reverse("admin:processors_agreementdocument_file", args=[document.pk])
    received = b"".join(client.get(url).streaming_content)
    assert hashlib.sha256(received).hexdigest() == hashlib.sha256(data).hexdigest()


@pytest.mark.skipif(bool(drawing.missing()), reason="needs Pango")
def test_a_document_that_the_house_draws_is_one_that_it_keeps() -> None:
    drawn = drawing.render("pdf/base.html", {"title": "Umowa"}, language="pl")
    assert outcome(drawn) == "1"


@pytest.mark.django_db
def test_no_crafted_file_leaves_a_document() -> None:
    agreement = AgreementFactory()
    for name in ("a script that was taken out again", "an archive around", "AES with 256 bits"):
        with pytest.raises(ValidationError):
            storing.attach(agreement, io.BytesIO(CRAFTED[name][1]()), title="Umowa")
    assert not AgreementDocument.objects.exists()


# By the hundred -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "place"), ANYWHERE)
def test_an_action_is_found_wherever_it_stands(code: str, place: str, tmp_path: Path) -> None:
    assert look(PLACES[place](ACTIONS[code]), tmp_path) == code


@pytest.mark.parametrize("code", ACTIONS)
@pytest.mark.parametrize("mode", [ObjectStreamMode.generate, ObjectStreamMode.disable])
@pytest.mark.parametrize("linear", [True, False])
def test_an_action_is_found_however_the_file_is_saved(
    code: str, mode: ObjectStreamMode, linear: bool, tmp_path: Path
) -> None:
    made = pikepdf.open(io.BytesIO(raw(b"/X 4 0 R", b"", ACTIONS[code])))
    made.save(out := io.BytesIO(), object_stream_mode=mode, linearize=linear)
    assert look(out.getvalue(), tmp_path) == code


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", SPELLED)
def test_an_action_is_found_however_its_name_is_spelled(
    name: bytes, seed: int, tmp_path: Path
) -> None:
    letters = [
        b"#%02x" % each if chosen else bytes([each]) for each, chosen in spelling(name, seed)
    ]
    key = b"/" + b"".join(letters)
    act = key + b"(1)" if name in (b"/JS", b"/XFA") else b"/S" + key
    assert look(raw(b"/X<<" + act + b">>"), tmp_path) in ACTIONS


def spelling(name: bytes, seed: int) -> list[tuple[int, bool]]:
    """Each letter of ``name``, and whether it is written as a number; one at least is."""
    chance = random.Random(seed)
    chosen = [chance.random() < 0.5 for _letter in name[1:]]
    chosen[seed % len(chosen)] = True
    return list(zip(name[1:], chosen, strict=True))


def test_a_file_that_was_cut_short_is_refused_at_every_length(tmp_path: Path) -> None:
    whole = raw(b"/X<</A[1 2 3]>>", b"", stream(b"text"))
    kept = [n for n in range(len(whole) - 1) if look(whole[:n], tmp_path) == "1"]
    assert kept == []


def test_a_signed_file_that_was_cut_short_is_one_of_its_versions_or_refused(tmp_path: Path) -> None:
    whole = signed()
    ends = {n for n in range(len(whole)) if whole[:n].endswith((b"%%EOF", b"%%EOF\n"))}
    kept = {n for n in range(0, len(whole), 7) if look(whole[:n], tmp_path) == "1"}
    assert kept <= ends


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bytes_crash_nothing(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(chance.choice([raw(), signed(), packed(b"<<>>")]))
    for _byte in range(chance.randrange(1, 30)):
        data[chance.randrange(9, len(data))] ^= 1 << chance.randrange(8)
    refusals = {"damaged", "more_behind", "encrypted", "other_type", "no_pdf"}
    assert outcome(bytes(data)) in {"1"} | refusals


@pytest.mark.parametrize("seed", range(20))
def test_noise_behind_a_header_crashes_nothing(seed: int) -> None:
    noise = random.Random(seed).randbytes(4000)
    assert outcome(b"%PDF-1.7\n" + noise + b"\nstartxref\n9\n%%EOF\n") == "damaged"
