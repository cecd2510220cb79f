"""All findings on one screen: by severity, register and rule, those lived with, and the trend."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from audit.choices import Severity
from audit.lists import Tab
from audit.rules import Rule
from ccgdpr.findings import (
    PER_RULE,
    Broken,
    broken_rules,
    by_register,
    lived_with,
    may_see_findings,
    seen_rules,
    totals,
)
from ccgdpr.trend import trend

LIVED_WITH = "acknowledged"


class FilterForm(forms.Form):
    """What the screen is narrowed to; an unknown value is no filter at all."""

    severity = forms.ChoiceField(label=gettext_lazy("Severity"), required=False)
    register = forms.ChoiceField(label=gettext_lazy("Register"), required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Rule"), required=False)

    def __init__(self, data: Any, *, seen: list[Rule]) -> None:
        super().__init__(data, label_suffix="", auto_id="findings-%s")
        models = dict.fromkeys(rule.model for rule in seen)
        registers = [
            (m._meta.label_lower, capfirst(str(m._meta.verbose_name_plural))) for m in models
        ]
        said = [(rule.code, capfirst(str(rule.message))) for rule in seen]
        self._choose("severity", _("Any"), Severity.choices)
        self._choose("register", _("All registers"), sorted(registers, key=lambda each: each[1]))
        self._choose("rule", _("All rules"), sorted(said, key=lambda each: each[1]))

    def _choose(self, name: str, nothing: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = [("", nothing), *choices]

    def narrowed(self, seen: list[Rule]) -> list[Rule]:
        self.is_valid()
        asked = self.cleaned_data
        return [rule for rule in seen if _is_asked(rule, asked)]

    @property
    def is_narrow(self) -> bool:
        return any(self.cleaned_data.values())


def _is_asked(rule: Rule, asked: dict[str, str]) -> bool:
    has = {
        "severity": rule.severity.value,
        "register": rule.model._meta.label_lower,
        "rule": rule.code,
    }
    return all(has[name] == value for name, value in asked.items() if value)


def findings_context(request: HttpRequest) -> dict[str, Any]:
    """What ``admin/all_findings.html`` shows. Raises PermissionDenied for who sees no register."""
    user: User = request.user  # type: ignore[assignment]
    if not may_see_findings(user):
        raise PermissionDenied
    seen = seen_rules(user)
    everything = broken_rules(user, seen)
    form = FilterForm(request.GET, seen=seen)
    codes = {rule.code for rule in form.narrowed(seen)}
    acknowledged = lived_with(user)
    is_open = request.GET.get("state") != LIVED_WITH
    shared = {
        "title": _("Findings"),
        "totals": totals(everything),
        "tabs": _tabs(everything, len(acknowledged), is_open),
        "severities": list(Severity),
    }
    if not is_open:
        return shared | {"acknowledged": acknowledged}
    broken = [each for each in everything if each.rule.code in codes]
    return shared | {
        "form": form,
        "registers": by_register(everything),
        "trend": trend(user),
        **_sections(request, form, broken),
    }


def _tabs(broken: list[Broken], acknowledged: int, is_open: bool) -> list[Tab]:
    url = reverse("admin:findings")
    total = sum(each.count for each in broken)
    return [
        Tab(pgettext("findings", "Open"), url, is_open, total),
        Tab(_("Acknowledged"), f"{url}?state={LIVED_WITH}", not is_open, acknowledged),
    ]


def _sections(request: HttpRequest, form: FilterForm, broken: list[Broken]) -> dict[str, Any]:
    """The first records of each rule; of one rule alone, page by page."""
    if form.cleaned_data.get("rule") and len(broken) == 1:
        page = _page(broken[0], request.GET.get("p", ""))
        start = page.start_index() - 1
        return {"sections": [(broken[0], broken[0].findings(start=start))], "page": page}
    return {"sections": [(each, each.findings()) for each in broken], "per_rule": PER_RULE}


def _page(broken: Broken, number: str) -> Page:
    # The count is known: the paginator needs to look at no record.
    return Paginator(range(broken.count), PER_RULE).get_page(number)
