"""The way back from a mend: the address carries which finding somebody came to mend.

A token names the rule, the record and the kind of page that showed the finding. It is no address,
so it leads nowhere else, and it says nothing of people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit import naming, rules
from audit.rules import Finding, Rule

PARAMETER = "mends"
# A mend may have a finding of its own in its way: so deep, and the outermost is forgotten.
DEPTH = 3


class Place(StrEnum):
    """Where a finding was shown; before a gate its rule is asked of a candidate."""

    HOME = "home"
    LIST = "list"
    RECORD = "record"
    GATE = "gate"


@dataclass(frozen=True)
class WayBack:
    """The finding that somebody came to mend, and the way to where it was shown."""

    rule: Rule
    record: models.Model
    place: Place
    outer: Sequence[str]

    @cached_property
    def is_open(self) -> bool:
        return self.rule.is_broken_by(self.record, as_candidate=self.place == Place.GATE)

    @property
    def subject(self) -> str:
        return naming.name_of(self.record)

    @property
    def url(self) -> str:
        return carried(self._page(), self.outer)

    @property
    def label(self) -> str:
        if self.is_open:
            return _("Back to the finding")
        if self.place in (Place.RECORD, Place.GATE):
            return _("Back to %(record_title)s") % {"record_title": self.subject}
        return _("Back to the findings")

    def _page(self) -> str:
        if self.place == Place.HOME:
            return reverse("admin:index")
        if self.place == Place.LIST:
            return f"{reverse('admin:findings')}#{self.rule.code}"
        return record_page(self.record) or reverse("admin:findings")


def record_page(record: models.Model) -> str:
    """Where ``record`` is looked at; empty where it has no page."""
    register = record._meta.label_lower.replace(".", "_")
    try:
        return reverse(f"admin:{register}_change", args=[record.pk])
    except NoReverseMatch:
        return ""


def tokens_with(finding: Finding, place: Place, outer: Sequence[str]) -> list[str]:
    """The way to ``finding`` from where ``outer`` leads back to; never twice through one."""
    token = f"{finding.rule.code}.{finding.record.pk}.{place}"
    before = outer[: outer.index(token)] if token in outer else outer
    return [*before, token][-DEPTH:]


def carried(url: str, tokens: Sequence[str]) -> str:
    """``url`` with the way back in its query, unless it has one."""
    page, sign, place = url.partition("#")
    if not page or not tokens or f"{PARAMETER}=" in page:
        return url
    query = urlencode({PARAMETER: tokens}, doseq=True)
    return f"{page}{'&' if '?' in page else '?'}{query}{sign}{place}"


def take_from(request: HttpRequest) -> Sequence[str]:
    """Take the way back out of the query, where it would be a filter or a value, and keep it."""
    asked = request.GET.copy()
    tokens = asked.pop(PARAMETER, [])[-DEPTH:]
    request.GET = asked  # type: ignore[assignment]
    request.way_back = tokens  # type: ignore[attr-defined]
    return tokens


def tokens_of(request: HttpRequest) -> Sequence[str]:
    return getattr(request, "way_back", ())


def carry_on(response: HttpResponse, tokens: Sequence[str]) -> HttpResponse:
    """Let a page of the house that ``response`` leads on to know the way back as well."""
    url = response.headers.get("Location", "")
    if url.startswith(reverse("admin:index")):
        response["Location"] = carried(url, tokens)
    return response


def way_back(request: HttpRequest) -> WayBack | None:
    """Where the signed-in user came from to mend; None for a token that nobody handed them."""
    *outer, token = tokens_of(request) or ("",)
    code, _dot, rest = token.partition(".")
    key, _dot, place = rest.partition(".")
    rule = next((each for each in rules.registered() if each.code == code), None)
    if rule is None or place not in list(Place) or not rule.is_seen_by(request.user):
        return None
    record = rule.model._default_manager.filter(pk=_number(key)).first()
    return WayBack(rule, record, Place(place), outer) if record else None


def _number(key: str) -> int:
    # Longer is no key, and more than the database can compare.
    return int(key) if key.isdecimal() and len(key) < 16 else 0
