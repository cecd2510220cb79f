"""Verbs on a page of their own: a form by GET, the act by POST, refused without its permission."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from audit import naming, rules
from audit.act import acting
from audit.forms import CauseField, ReasonText
from audit.mending import for_reader
from audit.reasons import Cause, stored
from audit.way_back import Place, carried, tokens_of


def _never(record: Any) -> str:
    return ""


@dataclass(frozen=True)
class Verb:
    """What may be done with a record, to whoever has ``permission`` (``app.codename``).

    ``says`` tells what will happen, ``done`` what has happened. ``blocked`` says of a record why it
    cannot be done, or nothing; so do the rules that guard the verb called ``guarded_as``.
    ``offered`` hides it from records that it has nothing to do with. ``whose`` says whose verb it
    is: who keeps the register without being permitted it sees it disabled.
    """

    name: str
    label: Any
    permission: str
    form: type["VerbForm"]
    done: Any
    says: Any = ""
    tone: str = ""
    icon: str = ""
    blocked: Callable[[Any], Any] = _never
    guarded_as: str = ""
    offered: Callable[[Any], bool] = bool
    whose: Any = ""

    def obstacle(self, record: models.Model) -> str:
        """Why it cannot be done with ``record`` now; empty where it can."""
        if said := self.blocked(record):
            return str(said)
        if not self.guarded_as:
            return ""
        return " ".join(str(rule.message) for rule in rules.unmet(record, self.guarded_as))


@dataclass(frozen=True)
class Gate:
    """What a verb waits for, as ``admin/conditions.html`` shows it."""

    verb: Verb
    said: str
    conditions: rules.Conditions

    @property
    def is_open(self) -> bool:
        return not self.said and not self.conditions.unmet

    def read_by(self, user: Any, outer: Sequence[str] = ()) -> "Gate":
        """The same gate with the mends that ``user`` may do; no risk accepted opens a gate."""
        told = for_reader(self.conditions.unmet, user, Place.GATE, outer)
        unmet = [replace(each, acknowledge_url="") for each in told]
        return replace(self, conditions=replace(self.conditions, unmet=unmet))


def gate_before(verb: Verb, record: models.Model) -> Gate:
    """Where ``record`` stands before ``verb``; one query for each rule that guards it."""
    guarded = verb.guarded_as
    conditions = rules.conditions(record, guarded) if guarded else rules.Conditions([], [])
    return Gate(verb, str(verb.blocked(record)), conditions)


@dataclass(frozen=True)
class Link:
    """A verb on a record's page, as ``admin/verbs.html`` shows it."""

    label: Any
    url: str
    icon: str = ""
    tone: str = ""
    is_post: bool = False
    blocked: Any = ""


class VerbForm(forms.Form):
    """What a verb asks for; ``perform`` does it in the words of the act that the page set up."""

    def __init__(self, *args: Any, record: Any = None, user: Any = None, **options: Any) -> None:
        self.record, self.user = record, user
        super().__init__(*args, label_suffix="", **options)

    def perform(self) -> Any:
        """Do it. Raises ValidationError with a sentence for the clerk where it cannot be."""
        raise NotImplementedError

    def reason(self) -> str:
        return self.cleaned_data.get("reason", "")

    def act(self) -> bool:
        """Perform in one transaction with the reason given; a refusal becomes the form's errors."""
        try:
            with transaction.atomic(), acting(reason=self.reason()):
                self.result = self.perform()
        except ValidationError as refusal:
            self._refused(refusal)
            return False
        return True

    def _refused(self, refusal: ValidationError) -> None:
        if not hasattr(refusal, "error_dict"):
            return self.add_error(None, refusal)
        for name, errors in refusal.error_dict.items():
            known = name != NON_FIELD_ERRORS and name in self.fields
            self.add_error(name if known else None, errors)


class ReasonedForm(VerbForm):
    """A verb that asks for nothing but the reason of the change."""

    cause = CauseField(required=True)
    reason_text = ReasonText()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("cause") == Cause.OTHER and not cleaned.get("reason_text", "").strip():
            self.add_error("reason_text", ReasonText.say_it)
        return cleaned

    def reason(self) -> str:
        return stored(self.cleaned_data["cause"], self.cleaned_data["reason_text"])


class VerbsAdmin(admin.ModelAdmin):
    """Offers ``verbs`` on a record's page, each at ``<key>/<name>/``."""

    verbs: Sequence[Verb] = ()

    def get_urls(self) -> list[URLPattern]:
        return [*(self._verb_url(verb) for verb in self.verbs), *super().get_urls()]

    def _verb_url(self, verb: Verb) -> URLPattern:
        view = self.admin_site.admin_view(partial(self.verb_view, verb=verb))
        return path(f"<int:pk>/{verb.name}/", view, name=self._verb_url_name(verb))

    def _verb_url_name(self, verb: Verb) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{verb.name}"

    def links(self, request: HttpRequest, record: models.Model) -> list[Link]:
        """The verbs that the signed-in user may do, dangerous ones last.

        Among them, disabled, those of somebody else that this one prepares.
        """
        offered = [v for v in self.verbs if v.offered(record) and self._shows(request, record, v)]
        offered.sort(key=lambda verb: verb.tone == "danger")
        links = [self._link(verb, record, self._is_open(request, verb)) for verb in offered]
        return [replace(link, url=carried(link.url, tokens_of(request))) for link in links]

    def _shows(self, request: HttpRequest, record: models.Model, verb: Verb) -> bool:
        prepares = bool(verb.whose) and self.has_change_permission(request, record)
        return prepares or self._is_open(request, verb)

    def _is_open(self, request: HttpRequest, verb: Verb) -> bool:
        return request.user.has_perm(verb.permission)

    def _link(self, verb: Verb, record: models.Model, is_theirs: bool) -> Link:
        url = reverse(f"admin:{self._verb_url_name(verb)}", args=[record.pk])
        blocked = verb.obstacle(record) if is_theirs else verb.whose
        return Link(verb.label, url, verb.icon, verb.tone, blocked=blocked)

    def gates(self, record: models.Model) -> list[Gate]:
        """What the guarded verbs wait for, whoever looks: mending is everybody's."""
        guarded = [verb for verb in self.verbs if verb.guarded_as and verb.offered(record)]
        return [gate_before(verb, record) for verb in guarded]

    def verb_view(self, request: HttpRequest, pk: int, *, verb: Verb) -> HttpResponse:
        if not self._is_open(request, verb):
            raise PermissionDenied
        record = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        gate = gate_before(verb, record)
        if not gate.is_open:
            return self._refused(request, record, gate)
        # A verb that asks for nothing is posted with nothing.
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = verb.form(*posted, record=record, user=request.user)
        if request.method == "POST" and form.is_valid() and form.act():
            return self.answer(request, record, verb, form)
        return self._asked(request, record, verb, form)

    def _refused(self, request: HttpRequest, record: models.Model, gate: Gate) -> TemplateResponse:
        """Says what stands in the way and what mends it; a conflict (409) where it was tried."""
        status = 409 if request.method == "POST" else 200
        told = gate.read_by(request.user, tokens_of(request))
        context = {**self._page(request, record, gate.verb), "gate": told}
        return TemplateResponse(request, "admin/verb_refused.html", context, status=status)

    def answer(
        self, request: HttpRequest, record: models.Model, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        messages.success(request, verb.done)
        return HttpResponseRedirect(self._record_url(record))

    def _record_url(self, record: models.Model) -> str:
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk]
        )

    def record_title(self, record: models.Model) -> Any:
        """What a record is called on screen; never a contact value or a name."""
        return naming.name_of(record)

    def _asked(
        self, request: HttpRequest, record: models.Model, verb: Verb, form: VerbForm
    ) -> TemplateResponse:
        context = {**self._page(request, record, verb), "form": form}
        return TemplateResponse(request, "admin/verb.html", context)

    def _page(self, request: HttpRequest, record: models.Model, verb: Verb) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "verb": verb,
            "record_url": carried(self._record_url(record), tokens_of(request)),
            "record_title": self.record_title(record),
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "list_title": self.opts.verbose_name_plural,
        }
