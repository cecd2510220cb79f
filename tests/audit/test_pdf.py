"""Documents on paper: what they hold, what they may reach for, and who took them away."""

import re
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from django.core import checks
from django.http import HttpResponse
from django.test import RequestFactory

from audit import pdf
from audit.admin import as_pdf
from audit.models import AccessEvent

pytestmark = pytest.mark.skipif(
    not all(pdf.is_library(name) for name in pdf.LIBRARIES), reason="Pango is not installed"
)


@pytest.fixture
def no_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIBRARIES", ("libpango-of-nobody.so.0",))


def drawn(**context: Any) -> bytes:
    return pdf.render("pdf/base.html", {"title": "Rejestr", **context}, language="pl")


def unpacked(document: bytes) -> bytes:
    """The document with its compressed streams open."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    return document + b"".join(_inflated(streams))


def _inflated(streams: list[bytes]) -> Iterator[bytes]:
    for stream in streams:
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            yield stream


def answer(query: str = "") -> HttpResponse:
    request = RequestFactory().get(f"/{query}")
    context = {"title": "Rejestr"}
    return as_pdf(request, "pdf/base.html", context, subject="register", name="rejestr ą", rows=3)


def test_a_document_is_an_a4_page_upright_or_lying() -> None:
    box = rb"/MediaBox ?\[ ?0 0 (\d+)"
    widths = [re.findall(box, unpacked(drawn(landscape=lies))) for lies in (False, True)]
    assert widths == [[b"595"], [b"841"]]


def test_polish_letters_have_a_shape_of_their_own() -> None:
    plain, polish = drawn(subtitle="zazolc gesla jazn"), drawn(subtitle="zażółć gęślą jaźń")
    letters = {f"<{ord(letter):04x}>".encode() for letter in "żółćęśąźń"}
    assert letters <= set(re.findall(rb"<[0-9a-f]{4}>", unpacked(polish)))
    assert not letters <= set(re.findall(rb"<[0-9a-f]{4}>", unpacked(plain)))


def test_a_document_reaches_for_nothing_but_our_static_files(tmp_path: Any) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("")
    fetch = pdf._own_files_alone().fetch
    assert fetch("static:ccgdpr/print.css")
    for url in (secret.as_uri(), "https://example.com/a.css", "data:text/css,", "static:nothing"):
        with pytest.raises(ValueError, match="static files alone"):
            fetch(url)


def test_a_path_out_of_the_static_folder_is_refused() -> None:
    with pytest.raises(Exception, match=r"static|outside"):
        pdf._own_files_alone().fetch("static:../../manage.py")


@pytest.mark.django_db
def test_taking_a_document_away_is_logged_with_its_hash() -> None:
    body = b"".join(answer("?q=Kowalski&state=now").streaming_content)
    closing = AccessEvent.objects.get(closes__isnull=False)
    assert (closing.rows, closing.sha256) == (3, sha256(body).hexdigest())
    filters = closing.closes.filters
    assert (filters["q"], filters["state"], filters["format"]) == ("***", "now", "pdf")


@pytest.mark.django_db
def test_a_document_is_an_attachment_with_a_plain_name() -> None:
    response = answer()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="rejestr-a.pdf"'


@pytest.mark.django_db
@pytest.mark.usefixtures("no_pango")
def test_a_machine_without_pango_says_what_to_install() -> None:
    response = answer().render()
    assert response.status_code == 503
    assert "libpango-1.0-0" in response.text
    assert not AccessEvent.objects.exists()


@pytest.mark.usefixtures("no_pango")
def test_the_check_says_what_to_install() -> None:
    assert [m.id for m in checks.run_checks() if m.id == "audit.I001"] == ["audit.I001"]
