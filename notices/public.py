"""What anybody may read without signing in: notices as they are now and as they were before.

No cookie is read or set, nothing is framed, and caches may keep what they got. Other sites may
fetch the fragment and the text, so that a notice stands on their page in its present version.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag, urlencode
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from notices.choices import VersionStatus
from notices.models import Notice, NoticeVersion
from notices.reading import difference, html_of
from notices.writing.draft import LANGUAGES

FRESH_SECONDS = 300
# Its own styles and nothing else: no script, picture, form or frame.
POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}


@dataclass(frozen=True)
class Asked:
    """One version of a notice in one language, and what stands around it on its page."""

    notice: Notice
    version: NoticeVersion
    versions: list[NoticeVersion]
    language: str
    moment: datetime

    @property
    def text(self) -> str:
        return getattr(self.version, f"text_{self.language}")

    @property
    def status(self) -> VersionStatus:
        return self.version.status_at(self.moment)

    @property
    def is_current(self) -> bool:
        return self.status == VersionStatus.IN_FORCE

    @property
    def html(self) -> Any:
        return html_of(self.text)

    def link(self, **changes: Any) -> str:
        """This page with another version or language."""
        now = {"version": None if self.is_current else self.version.number, "lang": self.language}
        kept = {key: value for key, value in {**now, **changes}.items() if value}
        return f"?{urlencode(kept)}"


@require_safe
@csp_replace(POLICY)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The notice as a page, or with ``?fragment=1`` its text alone, for another site's page."""
    asked = _asked(request, slug)
    with translation.override(asked.language):
        if request.GET.get("fragment"):
            body = render_to_string("notices/fragment.html", {"asked": asked})
        else:
            body = render_to_string("notices/page.html", _around(request, asked))
    return _answer(request, asked, body, "text/html", shared="fragment" in request.GET)


@require_safe
@csp_replace(POLICY)
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The exact text (Markdown), as it was approved, published and hashed."""
    asked = _asked(request, slug)
    return _answer(request, asked, asked.text, "text/plain", shared=True)


def _asked(request: HttpRequest, slug: str) -> Asked:
    notice = get_object_or_404(Notice.objects.select_related("controller"), slug=slug)
    versions = list(notice.versions.published().order_by("-number"))
    moment = timezone.now()
    version = _version(request.GET.get("version", ""), versions, moment)
    return Asked(notice, version, versions, language_of(request), moment)


def _version(asked: str, versions: list[NoticeVersion], moment: datetime) -> NoticeVersion:
    """The one asked for; else the one in force, else the one that was last. Raises Http404."""
    if asked:
        found = [each for each in versions if str(each.number) == asked]
    else:
        begun = [v for v in versions if v.status_at(moment) != VersionStatus.SCHEDULED]
        in_force = [v for v in begun if v.status_at(moment) == VersionStatus.IN_FORCE]
        found = in_force or begun
    if not found:
        raise Http404
    return found[0]


def language_of(request: HttpRequest) -> str:
    """By ``?lang=``, else what the reader's browser prefers, else Polish. Cookies are not asked."""
    if (asked := request.GET.get("lang", "")) in LANGUAGES:
        return asked
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code.partition("-")[0] in LANGUAGES:
            return code.partition("-")[0]
    return LANGUAGES[0]


def _around(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    before = _compared(request.GET.get("compare", ""), asked)
    return {
        "asked": asked,
        "before": before,
        "paragraphs": difference(getattr(before, f"text_{asked.language}"), asked.text)
        if before
        else [],
        "languages": [(code, asked.link(lang=code)) for code in LANGUAGES],
        "history": list(_history(asked)),
        "here": asked.link(),
        "current": asked.link(version=None),
    }


def _compared(number: str, asked: Asked) -> NoticeVersion | None:
    found = [each for each in asked.versions if str(each.number) == number]
    if number and not found:
        raise Http404
    return found[0] if found else None


def _history(asked: Asked) -> Any:
    """Each version with links to read it, and to see how it differs from the one before."""
    for each, before in zip(asked.versions, [*asked.versions[1:], None], strict=True):
        compare = {"version": each.number, "compare": before.number} if before else None
        yield {
            "version": each,
            "status": each.status_at(asked.moment),
            "url": asked.link(version=each.number),
            "compare": asked.link(**compare) if compare else "",
        }


def _answer(
    request: HttpRequest, asked: Asked, body: str, kind: str, *, shared: bool
) -> HttpResponse:
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["Content-Language"] = asked.language
    response["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    if shared:
        response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept-Language"])
    return _unless_known(request, response, body)


def _unless_known(request: HttpRequest, response: HttpResponse, body: str) -> HttpResponse:
    """304 where the reader has the same bytes already."""
    response["ETag"] = quote_etag(sha256(body.encode()).hexdigest())
    known = get_conditional_response(request, etag=response["ETag"], response=response)
    return known or response
