"""Documents on paper: a template becomes a PDF that needs no network and reads no file but ours.

WeasyPrint draws it with Pango, a library of the system. Where that is missing, ``missing`` says
what to install, and so does ``manage.py check``.
"""

from ctypes import CDLL
from functools import cache
from importlib import import_module
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

# Debian's packages of what WeasyPrint loads, and of letters that hold the Polish ones.
LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core"
STYLES = "ccgdpr/print.css"
STATIC = "static:"


class PdfUnavailable(RuntimeError):
    """This machine cannot draw documents; the message says what to install."""


def render(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """``template``, which extends ``pdf/base.html``, as an A4 PDF in ``language`` (a code).

    The context brings ``title``; ``controller`` and ``landscape`` where they matter. Times are
    local. Raises PdfUnavailable where the machine lacks Pango.
    """
    if said := missing():
        raise PdfUnavailable(said)
    with translation.override(language):
        html = render_to_string(template, {"printed_at": timezone.now(), **context})
    return _drawn(html)


def missing() -> str:
    """What has to be installed before a PDF can be made; empty where nothing has."""
    if all(is_library(name) for name in LIBRARIES):
        return ""
    return _("PDF documents need Pango. Install: %(packages)s") % {"packages": PACKAGES}


def is_library(name: str) -> bool:
    try:
        return bool(CDLL(name))
    except OSError:
        return False


def _drawn(html: str) -> bytes:
    # At the first document: half a second, and Pango, that no other page and command needs.
    weasyprint = import_module("weasyprint")
    fetcher = _own_files_alone()
    styles = weasyprint.CSS(url=f"{STATIC}{STYLES}", url_fetcher=fetcher)
    document = weasyprint.HTML(string=html, base_url=STATIC, url_fetcher=fetcher)
    return document.write_pdf(stylesheets=[styles], pdf_tags=True)


@cache
def _own_files_alone() -> Any:
    """A fetcher of static files and of nothing else: no network, no other file, no data URL."""
    urls = import_module("weasyprint.urls")

    class OwnFiles(urls.URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            path = finders.find(url.removeprefix(STATIC)) if url.startswith(STATIC) else None
            if path is None:
                raise ValueError(f"A document may hold our static files alone, not {url[:60]}")
            with open(path, "rb") as file:
                return urls.URLFetcherResponse(url, file.read())

    return OwnFiles()
