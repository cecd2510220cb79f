"""Informing people (Art. 14)."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import bulk
from audit.act import acting, new_batch
from consents.admin.forms.asking import (
    AskedForm,
    Day,
)
from consents.models import (
    Acquisition,
    LeadSource,
)


class InformForm(AskedForm):
    """That people were given the information of Art. 14: one, or many at once for one reason."""

    informed_on = Day(label=_("Informed on"))
    informed_how = forms.CharField(
        label=_("How informed"),
        max_length=200,
        help_text=_("By which letter, e-mail or call, and where its text is kept."),
    )

    def clean_informed_on(self) -> date:
        day = self.cleaned_data["informed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet. Correct the date."))
        return day

    def perform(self) -> None:
        data = self.cleaned_data
        self.record.inform(on=data["informed_on"], how=data["informed_how"])


class InformManyForm(InformForm):
    """One entry of the trail for all of ``waiting``, which the page hands over."""

    def __init__(self, *args: Any, waiting: QuerySet[Acquisition], **options: Any) -> None:
        self.waiting = waiting
        super().__init__(*args, **options)

    def perform(self) -> int:
        data = self.cleaned_data
        day = data["informed_on"]
        if self.waiting.filter(obtained_on__gt=day).exists():
            raise ValidationError(
                {"informed_on": _("Nobody is informed before the data were obtained.")}
            )
        with acting(batch=new_batch()):
            return bulk.update(self.waiting, informed_on=day, informed_how=data["informed_how"])


class InformSourceForm(InformManyForm):
    """Everybody who still waits from one source: what a letter to a bought database does."""

    until = Day(label=_("Obtained until"), help_text=_("Inclusive. Empty: all who still wait."))
    field_order = ("until",)

    def __init__(self, *args: Any, record: LeadSource, **options: Any) -> None:
        waiting = Acquisition.objects.filter(source=record, informed_on=None, due_on__isnull=False)
        super().__init__(*args, record=record, waiting=waiting, **options)
        self.fields["until"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("until"):
            self.waiting = self.waiting.filter(obtained_on__lte=data["until"])
        return data
