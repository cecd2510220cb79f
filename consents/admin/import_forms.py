"""The forms of an import: the file, how it is read, and the reason for recording it."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.forms import CauseField, ReasonText
from audit.reading.encodings import ENCODINGS
from audit.reading.sizes import refuse_large
from consents.admin.forms import LocalMoment
from consents.importing import uploads
from consents.importing.plan import OWN_MAP
from consents.models import ConsentImport, LeadSource, MappingPreset
from processing.models import Purpose

DELIMITER_NAMES = {
    "": gettext_lazy("recognised"),
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, XLSX, or the ZIP of a Mailchimp audience."),
        validators=[refuse_large],
    )
    source = forms.ModelChoiceField(
        LeadSource.objects.select_related("controller"), label=gettext_lazy("Lead source")
    )
    purpose = forms.ModelChoiceField(
        Purpose.objects.active(),
        label=gettext_lazy("Purpose"),
        help_text=gettext_lazy("For consents whose column names no other."),
    )
    as_of = LocalMoment(
        # Translators: "Stan na"
        label=gettext_lazy("True as of"),
        help_text=gettext_lazy("Needed where the file does not say when. Local time."),
    )

    def save(self, user: Any) -> ConsentImport:
        """The upload with its file kept. Raises Refused."""
        data = self.cleaned_data
        file, moment = data["file"], data["as_of"]
        source = data["source"]
        purpose = uploads.purpose_of(data["purpose"].slug, source)
        return uploads.received(
            file,
            source=source,
            purpose=purpose,
            name=file.name,
            owner=user,
            as_of=timezone.localtime(moment).isoformat() if moment else "",
        )


class ConfirmForm(forms.Form):
    sha256 = forms.CharField(widget=forms.HiddenInput)
    change_cause = CauseField()
    change_reason = ReasonText()


class ReadingForm(forms.Form):
    """How the file is read, beside its columns."""

    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"),
        required=False,
        choices=[("", gettext_lazy("UTF-8")), *((name, name) for name in ENCODINGS[1:])],
    )
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Delimiter"), required=False, choices=list(DELIMITER_NAMES.items())
    )
    header = forms.BooleanField(
        label=gettext_lazy("The first row names the columns"), required=False
    )
    as_of = LocalMoment(
        label=gettext_lazy("True as of"), help_text=gettext_lazy("For what has no date of its own.")
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=[(zone, zone) for zone in sorted(available_timezones())],
    )
    save_as = forms.SlugField(
        label=gettext_lazy("Save these columns as a format"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("A short name: the file is then recognised by its header."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)
        known = [(preset.slug, preset.name) for preset in MappingPreset.objects.all()]
        self.fields["format"].choices = [
            ("", _("by its header")),
            (OWN_MAP, _("the columns below")),
            *known,
        ]

    def clean_save_as(self) -> str:
        slug = self.cleaned_data["save_as"]
        if slug and MappingPreset.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("A format of this name exists already."))
        return slug
