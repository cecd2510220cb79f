"""What a check and a list ask for. Purposes are offered by what the user may use."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.dates import DayInput
from consents.admin.forms import LocalMoment
from consents.contacts import Unusable, normalise
from consents.lookup import kind_of
from consents.models import ConsentWording, LeadSource
from processing.choices import KIND_OF_CHANNEL, Campaign, Channel
from processing.models import Purpose
from processors.models import AutomationTool
from screening.export import FORMATS
from screening.narrowing import Narrowing

LANGUAGES = ConsentWording._meta.get_field("language").choices or ()


def usable_by(user: Any) -> QuerySet[Purpose]:
    """Whoever keeps the registers asks about every purpose, a supervisor about the granted ones."""
    purposes = Purpose.objects.select_related("activity__controller").exclude(
        campaign=Campaign.INTERNAL
    )
    if not user.has_perm("processing.view_purpose"):
        purposes = purposes.filter(pk__in=granted_to(user).values("pk"))
    return purposes.order_by("name_pl", "pk")


def granted_to(user: Any) -> QuerySet[Purpose]:
    return (
        Purpose.objects.granted_to(user)
        .select_related("activity__controller")
        .exclude(campaign=Campaign.INTERNAL)
        .order_by("name_pl", "pk")
    )


class PurposeChoice(forms.ModelChoiceField):
    """Purposes by their keys, which say nothing in an address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Purpose.objects.none(), to_field_name="slug", **options)


class ToolChoice(forms.ModelChoiceField):
    """A tool by its key; where no tool has ever been used, there is nothing to choose."""

    def __init__(self, **options: Any) -> None:
        tools = AutomationTool.objects.filter(in_use_from__isnull=False)
        # Translators: Narzędzie
        options |= {"label": _("Tool"), "required": False, "to_field_name": "slug"}
        # Translators: bez wskazania
        super().__init__(tools, empty_label=_("not named"), **options)


def _without_empty_tool(form: forms.Form) -> None:
    if not form.fields["tool"].queryset.exists():
        del form.fields["tool"]


class CheckForm(forms.Form):
    """A contact in any spelling; purpose and channel narrow the answer, a moment moves it."""

    contact = forms.CharField(
        # Translators: Numer lub e-mail
        label=_("Number or e-mail"),
        max_length=320,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    purpose = PurposeChoice(label=_("Purpose"), required=False, empty_label=_("every purpose"))
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("every channel")), *Channel.choices]
    )
    tool = ToolChoice()
    # Translators: Na chwilę
    at = LocalMoment(label=_("As of"), help_text="")
    # Translators: Według wiedzy na
    known_at = LocalMoment(label=_("As known at"), help_text="")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)
        self.fields["purpose"].queryset = usable_by(user)
        _without_empty_tool(self)
        if not user.has_perm("consents.view_consentevent"):
            del self.fields["at"], self.fields["known_at"]

    def clean_contact(self) -> str:
        text = self.cleaned_data["contact"]
        try:
            normalise(kind_of(text), text)
        except Unusable as error:
            raise forms.ValidationError(
                # Translators: To nie jest numer telefonu ani adres e-mail. Sprawdź, czego brakuje.
                _("This is neither a phone number nor an e-mail address. Check what is missing.")
            ) from error
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        channel, text = data.get("channel"), data.get("contact")
        if channel and text and KIND_OF_CHANNEL[Channel(channel)] != kind_of(text):
            self.add_error("channel", _("This contact cannot be reached on this channel."))
        return data


class SourceChoice(forms.ModelChoiceField):
    """A lead source by its key."""

    def __init__(self, **options: Any) -> None:
        # Translators: Źródło danych
        options |= {"label": _("Lead source"), "required": False, "to_field_name": "slug"}
        # Translators: każde źródło
        super().__init__(LeadSource.objects.none(), empty_label=_("every source"), **options)


class ListForm(forms.Form):
    """Which list: one granted purpose on one channel, by a tool if one is named; narrowed."""

    purpose = PurposeChoice(label=_("Purpose"), empty_label=None)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    tool = ToolChoice()
    source = SourceChoice()
    language = forms.ChoiceField(
        # Translators: Język treści zgody
        label=_("Language of the consent"),
        required=False,
        # Translators: każdy język
        choices=[("", _("every language")), *LANGUAGES],
    )
    # Translators: Zgoda od dnia
    since_from = forms.DateField(label=_("Consent since"), required=False, widget=DayInput)
    # Translators: Zgoda do dnia
    since_until = forms.DateField(label=_("Consent until"), required=False, widget=DayInput)

    narrowed = ("source", "language", "since_from", "since_until")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)
        purposes = granted_to(user)
        controllers = purposes.order_by().values("activity__controller")
        self.fields["purpose"].queryset = purposes
        self.fields["source"].queryset = LeadSource.objects.filter(controller__in=controllers)
        _without_empty_tool(self)

    @property
    def whose(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.narrowed]

    @property
    def narrows(self) -> list[forms.BoundField]:
        return [self[name] for name in self.narrowed]

    @property
    def is_narrowed(self) -> bool:
        return self.is_bound and any(self.data.get(name) for name in self.narrowed)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        purpose, source = data.get("purpose"), data.get("source")
        if purpose and source and source.controller_id != purpose.activity.controller_id:
            # Translators: To źródło należy do innego administratora niż cel.
            self.add_error("source", _("This source belongs to another controller's people."))
        first, last = data.get("since_from"), data.get("since_until")
        if first and last and first > last:
            # Translators: Ten dzień jest przed dniem „od”.
            self.add_error("since_until", _("This day is before the first one."))
        return data

    def narrowing(self) -> Narrowing:
        return Narrowing(**{name: self.cleaned_data.get(name) for name in self.narrowed})


class DownloadForm(ListForm):
    """A list that leaves the house says what it is for."""

    reason = forms.CharField(
        # Translators: Po co jest ta lista
        label=_("What this list is for"),
        max_length=200,
        # Translators: Kampania jesień, tydzień 48
        widget=forms.TextInput(
            {"placeholder": _("Autumn campaign, week 48"), "autocomplete": "off"}
        ),
    )
    format = forms.ChoiceField(label=_("File"), choices=[(name, name.upper()) for name in FORMATS])
