"""What the verbs on notices and their versions ask for."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils.translation import gettext_lazy as _

from audit.verbs import ReasonedForm, VerbForm
from notices import services
from notices.choices import Means
from notices.models import ChangeAnnouncement, Notice, NoticeVersion
from processing.models import Purpose


class PurposeChoice(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, purpose: Purpose) -> str:
        return f"{purpose.activity.number}. {purpose.name} · {purpose.get_basis_display()}"


class DraftForm(VerbForm):
    """Which purposes the next version tells about; those of the last one are chosen already."""

    purposes = PurposeChoice(
        queryset=Purpose.objects.none(),
        label=_("Purposes that the notice tells about"),
        error_messages={"required": _("Choose the purposes that the notice tells about.")},
    )

    class Media:
        css = {"all": ("ccgdpr/notices.css",)}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["purposes"]
        field.queryset = purposes_of(self.record)
        field.initial = last_purposes(self.record)

    def perform(self) -> NoticeVersion:
        return services.draft(self.record, self.cleaned_data["purposes"], by=self.user)


def purposes_of(notice: Notice) -> Any:
    mine = Purpose.objects.active().filter(activity__controller=notice.controller_id)
    return mine.select_related("activity").order_by("activity__number", "id")


def last_purposes(notice: Notice) -> list[int]:
    """Keys of what the last version that was not discarded told about."""
    last = notice.versions.standing().order_by("-number").first()
    return list(last.purposes_named.values_list("purpose", flat=True)) if last else []


class SubmitForm(VerbForm):
    def perform(self) -> None:
        self.record.submit()


class ReopenForm(ReasonedForm):
    def perform(self) -> None:
        self.record.reopen()


class ApproveForm(VerbForm):
    def perform(self) -> None:
        self.record.approve(by=self.user)


class DiscardForm(ReasonedForm):
    def perform(self) -> None:
        self.record.discard()


class PublishForm(VerbForm):
    effective_from = forms.DateTimeField(
        label=_("Effective from"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=_(
            "Local time. Empty: now. An earlier one records what people were told before it came "
            "into this register."
        ),
    )

    def perform(self) -> NoticeVersion:
        begins: datetime | None = self.cleaned_data["effective_from"]
        return services.publish(self.record, by=self.user, effective_from=begins)


class ArchiveForm(ReasonedForm):
    def perform(self) -> NoticeVersion:
        return services.archive(self.record)


class AnnounceForm(VerbForm):
    """How people were told; the record says who wrote it down, and when."""

    means = forms.ChoiceField(
        label=_("Told by"),
        choices=[("", "---------"), *Means.choices],
        help_text=_(
            "A text on the website alone is recorded, but reaches nobody who does not look for it."
        ),
    )
    whom = forms.CharField(
        label=_("Who was told"),
        max_length=300,
        help_text=_("A description, such as: everybody with a consent given before 1 March."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    people = forms.IntegerField(
        label=_("How many people"),
        required=False,
        min_value=1,
        help_text=_("Empty where nobody counted, or nobody had to be told."),
    )
    told_on = forms.DateField(
        label=_("Told on"),
        help_text=_("The day on which the last message went out."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        help_text=_("Which message, in which campaign, and where proof of it is kept. No names."),
        widget=AdminTextareaWidget,
    )

    def perform(self) -> ChangeAnnouncement:
        return services.announce(self.record, **self.cleaned_data)
