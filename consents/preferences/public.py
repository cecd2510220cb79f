"""The pages behind the links: no login, no cookie, no script; looking changes nothing.

GET, HEAD and OPTIONS never write, whoever follows the links of a letter. POST needs no CSRF token:
the link itself is the authority, and all that it can do is to say no, or to have the mailbox asked
(security.md 9, 10). Whatever opens nothing is answered with one and the same page.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from uuid import UUID

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consents.preferences import acts, giving
from consents.preferences.acts import Done
from consents.preferences.links import (
    Mailing,
    Unknown,
    letter_of,
    mailing_of,
    point_of,
    preferences_path,
)
from consents.preferences.sheet import (
    Receipt,
    masked,
    notices_for,
    receipt,
    receipt_of,
    sheet_of,
    spoken,
)
from notices.public import language_of
from notices.writing.draft import LANGUAGES

POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
ONE_CLICK = [("List-Unsubscribe", ["One-Click"])]


class SeeOther(HttpResponseRedirect):
    """After a POST: look at the outcome with GET, so that a reload does nothing again."""

    status_code = 303


def opened_by_link(view: Callable[..., HttpResponse]) -> Any:
    """A page for whoever holds a link: in their language, kept by nobody, told to nobody."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @csp_replace(POLICY)
    @wraps(view)
    def answered(request: HttpRequest, token: str) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            try:
                response = view(request, token)
            except Unknown:
                response = _page(request, "preferences/unknown.html", {}, status=404)
        response["Content-Language"] = language
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return answered


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    language = translation.get_language()
    other = next(code for code in LANGUAGES if code != language)
    kept = {"done": done} if (done := request.GET.get("done")) and context else {}
    around = {
        "language": language,
        "other_language": other,
        "other_url": "?" + urlencode({"lang": other, **kept}),
        "here": "?" + urlencode({"lang": language}),
    }
    return HttpResponse(render_to_string(template, {**around, **context}), status=status)


def _words(button: str) -> str:
    """What is kept as proof: the page and the words on the button."""
    return f"{_('Your consents')}: „{button}”"


# Preferences -----------------------------------------------------------------------------------


@opened_by_link
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """All consents of a person under one controller; each no is one click."""
    point = point_of(token)
    if request.method != "POST":
        sheet = sheet_of(point)
        context = {
            "sheet": sheet,
            "receipt": receipt_of(point, uuid) if (uuid := _asked_for(request)) else None,
            "controller": sheet.controller,
            "notices": sheet.notices,
        }
        return _page(request, "preferences/page.html", context)
    done = _do(point, request.POST)
    kept = {"lang": translation.get_language()}
    kept |= {"done": str(done.uuid)} if done else {}
    return SeeOther(f"{reverse('preferences', args=[token])}?{urlencode(kept)}")


def _asked_for(request: HttpRequest) -> UUID | None:
    return _uuid(request.GET.get("done", ""))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _do(point: Any, posted: Any) -> Done | None:
    """What one button does; what names none, or no consent of the person's, does nothing."""
    if uuid := _uuid(posted.get("withdraw", "")):
        return acts.withdraw(point, uuid, _words(_("Withdraw")))
    if "withdraw_all" in posted:
        return acts.withdraw_all(point, _words(_("Withdraw all consents")))
    if "object" in posted:
        return acts.object_to_marketing(point, _words(_("I want no marketing at all")))
    if uuid := _uuid(posted.get("give", "")):
        return giving.ask_again(point, uuid, _words(_("I agree; send me the letter")))
    return None


# One click -------------------------------------------------------------------------------------


@opened_by_link
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe (RFC 8058): by a mail program's POST of exactly one pair, or by the button.

    Whatever else is posted is answered with the page and its button.
    """
    mailing = mailing_of(token)
    done = None
    if request.method == "POST" and not request.FILES and list(request.POST.lists()) == ONE_CLICK:
        done = receipt(acts.unsubscribe(mailing, _words(_("Unsubscribe me"))), alone=True)
    return _page(request, "preferences/one_click.html", _unsubscribing(mailing, done))


def _unsubscribing(mailing: Mailing, done: Receipt | None) -> dict[str, Any]:
    return {
        "controller": mailing.point.controller,
        "contact": masked(mailing.point),
        "mailing": mailing,
        "channel": spoken(mailing.channel),
        "notices": notices_for(mailing.point.controller, {mailing.purpose.pk}),
        "receipt": done,
    }


# Confirming ------------------------------------------------------------------------------------


@opened_by_link
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Double opt-in: GET shows what was asked, so that scanners confirm nothing; POST confirms."""
    letter = letter_of(token)
    if request.method == "POST":
        # Where it cannot be confirmed any more, the page says how it stands.
        with suppress(ValidationError):
            giving.confirm(letter, request.POST.get("confirm", ""), _words(_("I confirm")))
        here = reverse("preferences_confirm", args=[token])
        return SeeOther(f"{here}?{urlencode({'lang': translation.get_language()})}")
    point = letter.given.contact_point
    asked = [giving.question(each) for each in giving.asked_by(letter)]
    context = {
        "controller": point.controller,
        "contact": masked(point),
        "asked": asked,
        "waits": any(each.waits for each in asked),
        "holds": letter.holds_at(timezone.now()),
        "yours": preferences_path(point),
        "notices": notices_for(point.controller, {each.given.purpose_id for each in asked}),
    }
    return _page(request, "preferences/confirm.html", context)
