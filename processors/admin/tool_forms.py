"""What the verbs of a tool ask for."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect, AdminTextareaWidget
from django.utils.translation import gettext_lazy as _

from audit.verbs import ReasonedForm, VerbForm

NEEDED = (("yes", _("Yes, the vendor processes personal data for us")), ("no", _("No")))


class AnswerForm(VerbForm):
    """Whether the vendor is a processor; the words become the reason in history."""

    needed = forms.ChoiceField(
        label=_("Is an agreement needed?"),
        choices=NEEDED,
        widget=AdminRadioSelect(attrs={"class": "radiolist"}),
    )
    why = forms.CharField(
        label=_("Why"),
        widget=AdminTextareaWidget,
        max_length=2000,
        help_text=_("What the vendor can see or keep, and on whose instructions."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        tool = self.record
        # An answer about another vendor is no start for one about this.
        if tool.agreement_needed is not None and tool.answered_for_id == tool.vendor_id:
            self.fields["needed"].initial = "yes" if tool.agreement_needed else "no"
            self.fields["why"].initial = tool.agreement_reason

    def reason(self) -> str:
        return self.cleaned_data["why"]

    def perform(self) -> None:
        needed = self.cleaned_data["needed"] == "yes"
        self.record.decide_agreement(by=self.user, needed=needed, reason=self.cleaned_data["why"])


class VerifyForm(VerbForm):
    note = forms.CharField(
        label=_("What was verified"),
        widget=AdminTextareaWidget,
        max_length=2000,
        help_text=_(
            "Where the data are, who gets at them, what the tool decides, how it was tried."
        ),
    )

    def perform(self) -> None:
        self.record.verify(by=self.user, note=self.cleaned_data["note"])


class PutInUseForm(VerbForm):
    def perform(self) -> None:
        self.record.put_in_use(by=self.user)


class RetireForm(ReasonedForm):
    """The data may still be on their way back: then the tool's finding asks for them."""

    data_returned = forms.CharField(
        label=_("What became of the data"),
        widget=AdminTextareaWidget,
        max_length=2000,
        required=False,
        help_text=_("Returned or deleted, when, and by which proof. You can say it later."),
    )

    field_order = ("data_returned", "cause", "reason_text")

    def perform(self) -> None:
        self.record.retire(by=self.user, data_returned=self.cleaned_data["data_returned"])
