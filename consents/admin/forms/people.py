"""People and contacts: reassigned, revealed, corrected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.verbs import VerbForm
from consents import services
from consents.admin.forms.asking import (
    AskedForm,
    Day,
)
from consents.choices import (
    RetiredFor,
    SubjectKind,
)
from consents.models import (
    DataSubject,
)


class ReassignForm(AskedForm):
    retired_for = forms.ChoiceField(label=_("Why"), choices=RetiredFor.choices)
    why = _("How it is known.")

    def perform(self) -> None:
        data = self.cleaned_data
        services.reassign(self.record, retired_for=data["retired_for"], reason=self.reason())


class RevealForm(VerbForm):
    reason = forms.CharField(
        label=_("Why do you need it"),
        max_length=500,
        help_text=_("The access log keeps who looked, when and why."),
    )

    def perform(self) -> None:
        """Nothing changes; the answer shows the person once and the access log says so."""


class CorrectForm(AskedForm):
    """Rectification (Art. 16). What is masked stays so: an empty field keeps what is there."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SubjectKind.choices)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    company_name = forms.CharField(label=_("Company"), max_length=200, required=False)
    external_id = forms.CharField(label=_("External id"), max_length=100, required=False)
    minor_since = Day(
        label=_("Apparent minor since"),
        required=False,
        help_text=_("Closes commercial contact."),
    )

    MASKED = ("first_name", "last_name", "company_name", "external_id")

    def __init__(self, *args: Any, record: DataSubject, **options: Any) -> None:
        initial = {"kind": record.kind, "minor_since": record.minor_since}
        super().__init__(*args, record=record, initial=initial, **options)
        for name in self.MASKED:
            if known := getattr(record, name):
                shown = display.WORD if name == "external_id" else display.masked_name(known)
                self.fields[name].help_text = _("Now: %(shown)s. Empty: stays as it is.") % {
                    "shown": shown
                }

    def perform(self) -> None:
        data = self.cleaned_data
        self.record.kind, self.record.minor_since = data["kind"], data["minor_since"]
        for name in self.MASKED:
            if data[name]:
                setattr(self.record, name, data[name])
        self.record.full_clean()
        self.record.save()
