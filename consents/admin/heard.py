"""Two screens beside the registers: a no that an agent heard, a consent of somebody typed in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminRadioSelect
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb, VerbForm
from consents.admin.forms import (
    ALL,
    LocalMoment,
    RecordTypedForm,
    restrictive,
    usable,
    words_field,
)
from consents.admin.lists import asked
from consents.hearing import Heard, Hearing, hear
from consents.lookup import kind_of
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import Purpose
from processors.models import Organisation


class HeardForm(VerbForm):
    """Restrictive alone. What the person said is kept as evidence."""

    contact = forms.CharField(label=_("Phone number or e-mail"), max_length=320)
    what = forms.ChoiceField(
        label=_("The person"),
        choices=Heard.choices,
        widget=AdminRadioSelect(attrs={"class": "radiolist"}),
        initial=Heard.WITHDRAWAL,
    )
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(),
        label=_("Which consent"),
        required=False,
        empty_label=_("all of them"),
        help_text=_("Only for a withdrawal."),
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[(ALL, _("every channel")), *Channel.choices],
        help_text=_("Only where the person named one."),
    )
    controller = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("On whose behalf"), required=False
    )
    heard_at = LocalMoment(label=_("When it was heard"))
    words = words_field(_("Words heard"), _("As close to what was said as you can."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["purpose"].queryset = purposes = purposes_of(self.user)
        self.controllers = list(
            Organisation.objects.filter(
                Q(is_own=True) | Q(activities__purposes__in=purposes)
            ).distinct()
        )
        if len(self.controllers) < 2:
            del self.fields["controller"]
        else:
            keys = [each.pk for each in self.controllers]
            self.fields["controller"].queryset = Organisation.objects.filter(pk__in=keys)

    def clean_contact(self) -> str:
        return usable(self.cleaned_data["contact"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        channel, typed = data.get("channel"), data.get("contact")
        if channel and typed and KIND_OF_CHANNEL[Channel(channel)] != kind_of(typed):
            self.add_error("channel", _("This contact cannot be reached on this channel."))
        if data.get("purpose") and data.get("what") != Heard.WITHDRAWAL:
            self.add_error("purpose", _("An objection reaches every purpose: choose none."))
        if not self.errors and self._controller() is None:
            self.add_error("controller", _("Say on whose behalf the person was contacted."))
        return data

    def _controller(self) -> Organisation | None:
        data = self.cleaned_data
        if data.get("purpose"):
            return data["purpose"].activity.controller
        if "controller" in self.fields:
            return data.get("controller")
        return next(iter(self.controllers), None)

    def perform(self) -> Any:
        data = self.cleaned_data
        return hear(
            Hearing(
                controller=self._controller(),
                text=data["contact"],
                what=data["what"],
                words=data["words"],
                moment=restrictive(data["heard_at"]) or timezone.now(),
                purpose=data["purpose"],
                channel=data["channel"] or None,
            )
        )


def purposes_of(user: Any) -> QuerySet[Purpose]:
    """Whoever keeps the registers sees all purposes, a supervisor the granted ones alone."""
    purposes = Purpose.objects.select_related("activity__controller").order_by("name_pl")
    if user.has_perm("processing.view_purpose"):
        return purposes
    return purposes.filter(pk__in=Purpose.objects.granted_to(user).values("pk"))


HEARD = Verb(
    "heard",
    # Translators: "Odnotuj wycofanie lub sprzeciw"
    _("Record a withdrawal or objection"),
    "consents.record_no",
    HeardForm,
    "",
    says=_(
        "It holds at once. If the register does not know this number or address, it goes on the "
        "suppression list, so the person is not contacted either way."
    ),
)
RECORD = Verb(
    "record",
    _("Record consent"),
    "consents.record_consent",
    RecordTypedForm,
    _("The consent is recorded."),
    says=_("Somebody the register does not know yet enters it with this consent."),
)


def heard_view(request: HttpRequest) -> HttpResponse:
    """A withdrawal or objection of whoever holds the typed contact, known or not."""
    form = _form(request, HEARD)
    if request.method == "POST" and form.is_valid() and form.act():
        messages.success(request, _answer(form.result))
        return HttpResponseRedirect(reverse("admin:consents_heard"))
    return asked(request, HEARD, form)


def _answer(reference: Any) -> str:
    # The same sentence whoever it was: it must not tell who is in the register.
    return gettext("Recorded under the reference %(reference)s, %(moment)s.") % {
        "reference": str(reference)[-8:],  # a batch begins with its moment
        "moment": date_format(timezone.localtime(), "DATETIME_FORMAT"),
    }


def record_view(request: HttpRequest) -> HttpResponse:
    """A consent of whoever holds the typed contact."""
    form = _form(request, RECORD)
    if request.method == "POST" and form.is_valid() and form.act():
        messages.success(request, RECORD.done)
        point = form.result.contact_point_id
        return HttpResponseRedirect(reverse("admin:consents_contactpoint_change", args=[point]))
    return asked(request, RECORD, form)


def _form(request: HttpRequest, verb: Verb) -> VerbForm:
    if not request.user.has_perm(verb.permission):
        raise PermissionDenied
    if request.POST.keys() <= {"csrfmiddlewaretoken", "contact"}:
        # Handed over by the check: the contact is known, nothing has been said about it yet.
        return verb.form(None, user=request.user, initial={"contact": request.POST.get("contact")})
    return verb.form(request.POST, user=request.user)
