"""The guided form: a page for each part of a draft, saved on the way, without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from audit.way_back import carried, tokens_of
from legitimate_interest import shown
from legitimate_interest.admin.step_forms import Step
from legitimate_interest.choices import Part
from legitimate_interest.gaps import Gap, cautions, gaps
from legitimate_interest.models import BalanceTest
from legitimate_interest.sheet import sheet

PARTS = list(Part)
# Where the picture of the impacts helps to fill the step in.
DRAWN = (Part.IMPACT, Part.SAFEGUARDS, Part.DECISION)
CAUTIONED = (Part.PURPOSE, Part.DECISION)


@dataclass(frozen=True)
class Mark:
    """One part in the row of steps, as the form and the test's page show it."""

    part: Part
    url: str
    missing: int
    is_now: bool = False

    @property
    def label(self) -> Any:
        return self.part.label


def step_url(test: BalanceTest, part: Part) -> str:
    return reverse(f"admin:legitimate_interest_balancetest_{part}", args=[test.pk])


def marks(
    test: BalanceTest, found: list[Gap], way: Sequence[str], now: Part | None = None
) -> list[Mark]:
    """The row of parts, each with what it lacks; their links know the ``way`` back to a finding."""
    return [
        Mark(part, carried(step_url(test, part), way), _gaps_of(part, found), part == now)
        for part in PARTS
    ]


def _gaps_of(part: Part, found: list[Gap]) -> int:
    return sum(gap.part == part for gap in found)


class StepsAdmin(admin.ModelAdmin):
    """Adds the pages of the form, each at ``<key>/<part>/``."""

    def get_urls(self) -> list[URLPattern]:
        return [*(self._step(part) for part in PARTS), *super().get_urls()]

    def _step(self, part: Part) -> URLPattern:
        view = self.admin_site.admin_view(partial(self.step_view, part=part))
        name = f"{self.opts.app_label}_{self.opts.model_name}_{part}"
        return path(f"<int:pk>/{part}/", view, name=name)

    @transaction.atomic
    def step_view(self, request: HttpRequest, pk: int, *, part: Part) -> HttpResponse:
        if not request.user.has_perm("legitimate_interest.change_balancetest"):
            raise PermissionDenied
        test = get_object_or_404(self.get_queryset(request), pk=pk)
        if not test.is_draft:
            messages.warning(request, _("This test has been submitted and stays as it is."))
            return HttpResponseRedirect(self._record_url(test))
        step = Step(test, part, request.POST if request.method == "POST" else None)
        if request.method == "POST" and step.is_valid():
            if step.save():
                messages.success(request, _("Saved."))
            return HttpResponseRedirect(self._next(request, test, part))
        return self._page_of(request, test, step)

    def _next(self, request: HttpRequest, test: BalanceTest, part: Part) -> str:
        place = PARTS.index(part)
        if "_stay" in request.POST:
            return step_url(test, part)
        if "_back" in request.POST and place:
            return step_url(test, PARTS[place - 1])
        if "_back" in request.POST or part == PARTS[-1]:
            return self._record_url(test)
        return step_url(test, PARTS[place + 1])

    def _page_of(self, request: HttpRequest, test: BalanceTest, step: Step) -> TemplateResponse:
        # As stored: what was typed may be half of it.
        stored = self.get_queryset(request).get(pk=test.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": step.part.label,
            "test": stored,
            "test_title": shown.title(stored),
            "badge": shown.status(stored),
            "record_url": carried(self._record_url(stored), tokens_of(request)),
            "step": step,
            "number": PARTS.index(step.part) + 1,
            "steps": marks(stored, gaps(stored), tokens_of(request), step.part),
            "sheet": sheet(stored) if step.part in DRAWN else None,
            "cautions": cautions(stored) if step.part in CAUTIONED else (),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/legitimate_interest/step.html", context)
