"""What the screening of a dial list asks for: the file, then how it is meant."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.reading.encodings import ENCODINGS
from audit.reading.sizes import refuse_large
from processing.choices import KIND_OF_CHANNEL, Channel, ContactKind
from screening.dialling import columns
from screening.dialling.tables import Table
from screening.forms import PurposeChoice, ToolChoice, usable_by
from screening.question import Unanswerable, ask


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        # Translators: "CSV lub XLSX o dowolnych kolumnach, byle jedna była kontaktem."
        help_text=_("CSV or XLSX with any columns, one of which is the contact."),
        validators=[refuse_large],
    )


class EncodingForm(forms.Form):
    encoding = forms.ChoiceField(
        label=_("Encoding"), choices=[(name, name) for name in ENCODINGS[1:]]
    )


class ScreenForm(forms.Form):
    """Which column of ``table`` is the contact, and what it is to be contacted for."""

    # Translators: "Kolumna z kontaktem"
    column = forms.TypedChoiceField(label=_("Column with the contact"), coerce=int)
    has_header = forms.BooleanField(label=_("The first row names the columns"), required=False)
    purpose = PurposeChoice(label=_("Purpose"))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    tool = ToolChoice()
    reason = forms.CharField(
        label=_("What this list is for"),
        max_length=200,
        widget=forms.TextInput(
            {"placeholder": _("Autumn campaign, week 48"), "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, user: Any, table: Table, **options: Any) -> None:
        self.table = table
        place, channel = guess(table)
        initial = {"column": place, "channel": channel, "has_header": table.has_header}
        options["initial"] = initial | options.get("initial", {})
        super().__init__(*args, label_suffix="", **options)
        self.fields["column"].choices = [("", "---------"), *enumerate(table.names)]
        self.fields["purpose"].queryset = usable_by(user)
        if not self.fields["tool"].queryset.exists():
            del self.fields["tool"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        column, channel = data.get("column"), data.get("channel")
        if column is None or not channel or not data.get("purpose"):
            return data
        try:
            ask(data["purpose"], channel, tool=data.get("tool"))
        except Unanswerable as gap:
            self.add_error("channel", str(gap))
        kind = KIND_OF_CHANNEL[Channel(channel)]
        if self.table.sample and not columns.share(self.table, column, kind):
            # Translators: "W pierwszych wierszach tej kolumny nie ma niczego, czego można użyć
            # na tym kanale."
            text = _("Nothing in the first rows of this column can be used on this channel.")
            self.add_error("column", text)
        return data


def guess(table: Table) -> tuple[int | None, str]:
    """The column to propose and a channel that it suits; numbers before addresses."""
    for kind, channel in ((ContactKind.PHONE, Channel.VOICE), (ContactKind.EMAIL, Channel.EMAIL)):
        place = columns.looks(table, kind).only
        if place is not None:
            return place, channel
    return None, Channel.VOICE
