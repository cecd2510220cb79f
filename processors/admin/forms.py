"""What the verbs of an agreement ask for."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.act import acting
from audit.verbs import ReasonedForm, VerbForm
from processors.choices import DataReturn
from processors.documents.storing import attach

NOT_YET = ("", _("not known yet"))


class ReturnField(forms.ChoiceField):
    def __init__(self, *, required: bool) -> None:
        first = [] if required else [NOT_YET]
        super().__init__(
            label=_("What became of the data"),
            choices=[*first, *DataReturn.choices],
            required=required,
        )


class ProofField(forms.CharField):
    def __init__(self, *, required: bool) -> None:
        super().__init__(
            label=_("Proof of return or deletion"),
            help_text=_("Which protocol or certificate, of which day, and where it is kept."),
            widget=AdminTextareaWidget,
            max_length=2000,
            required=required,
        )


class TerminateForm(ReasonedForm):
    on = forms.DateField(
        label=_("Ends on"),
        help_text=_("The first day without it."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    returned = ReturnField(required=False)
    proof = ProofField(required=False)

    field_order = ("on", "returned", "proof", "cause", "reason_text")

    def perform(self) -> None:
        data = self.cleaned_data
        self.record.terminate(on=data["on"], returned=data["returned"], proof=data["proof"])


class ProveReturnForm(ReasonedForm):
    returned = ReturnField(required=True)
    proof = ProofField(required=True)

    field_order = ("returned", "proof", "cause", "reason_text")

    def perform(self) -> None:
        data = self.cleaned_data
        self.record.prove_return(returned=data["returned"], proof=data["proof"])


class AttachForm(VerbForm):
    file = forms.FileField(
        label=_("PDF file"),
        help_text=_("Up to 20 MB. It is kept byte for byte, so that its signatures stay valid."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    title = forms.CharField(
        label=_("What it is"),
        initial=_("Signed agreement"),
        max_length=120,
        help_text=_("Such as: signed agreement, annex 2."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def act(self) -> bool:
        """In the transaction of ``attach`` alone: bytes and row stand or fall together."""
        data = self.cleaned_data
        try:
            with acting(reason=self.reason()):
                self.result = attach(self.record, data["file"], title=data["title"])
        except ValidationError as refusal:
            self.add_error("file", refusal.messages)
            return False
        return True
