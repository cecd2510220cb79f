"""Masked data in full, once: asked by POST with a reason, and kept in the access log."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit import access
from audit.choices import AccessAction
from audit.verbs import Verb, VerbForm, VerbsAdmin
from consents.admin.forms import RevealForm
from consents.admin.shown import clear_contact
from consents.models import ContactPoint, DataSubject, Evidence
from consents.preferences.links import preferences_url

# A reveal writes to the access log: the auditor, who may write nothing, sees what is masked.
SEE_DATA = "consents.change_datasubject"
REVEAL = Verb(
    "reveal",
    # Translators: "Pokaż dane"
    _("Show data"),
    SEE_DATA,
    RevealForm,
    "",
    icon="eye",
)
LINK = Verb(
    "link",
    # Translators: "Pokaż link tej osoby"
    _("Show the person's link"),
    SEE_DATA,
    RevealForm,
    "",
    says=_(
        "By this link the person sees their consents and withdraws them, without signing in. "
        "Whoever holds it can do so in their name: send it to this number or address alone."
    ),
    icon="link",
    blocked=lambda point: _("Already retired.") if point.retired_at else "",
)
Lines = list[tuple[Any, str]]


class RevealsAdmin(VerbsAdmin):
    """Answers a reveal with the record's page and ``revealed`` on top of it, at no address."""

    def revealed(self, record: Any) -> Lines:
        """What the answer shows, as labels and values."""
        raise NotImplementedError

    def answer(
        self, request: HttpRequest, record: models.Model, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        if verb.form is not RevealForm:
            return super().answer(request, record, verb, form)
        subject = f"{record._meta.label_lower}:{record.uuid}"
        access.looked_at(AccessAction.REVEAL, subject, reason=form.cleaned_data["reason"])
        request.method = "GET"
        extra = {"revealed": self.revealed(record)}
        return self.change_view(request, str(record.pk), extra_context=extra)


def person_lines(subject: DataSubject) -> Lines:
    lines = [(gettext("Name"), subject.full_name), (gettext("External id"), subject.external_id)]
    return [line for line in lines if line[1]]


def contact_lines(points: Iterable[ContactPoint]) -> Lines:
    return [(capfirst(point.get_kind_display()), clear_contact(point)) for point in points]


def link_lines(point: ContactPoint) -> Lines:
    return [(gettext("Link to the person's consents"), preferences_url(point))]


def evidence_lines(evidence: Iterable[Evidence]) -> Lines:
    return [(capfirst(each.get_kind_display()), each.body) for each in evidence]
