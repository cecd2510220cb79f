"""Periods of parts as people enter them: by days, of which a record keeps the first instant."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.days import midnight
from audit.forms import VersionForm


class InstantDay(forms.DateField):
    """A local day; in the record its first instant, for today this very moment."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def prepare_value(self, value: Any) -> Any:
        return timezone.localdate(value) if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:
        day = super().clean(value)
        if day is None:
            return None
        if day == timezone.localdate():
            return timezone.now()
        return midnight(day)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class PartForm(VersionForm):
    """A part of an activity: a day that nobody touched keeps its exact instant."""

    since = InstantDay(label=_("Since"), required=False, initial=timezone.localdate)
    until = InstantDay(label=_("First day without it"), required=False)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in ("since", "until"):
            if self.instance.pk and name not in self.changed_data:
                self.cleaned_data[name] = getattr(self.instance, name)
        if self.cleaned_data.get("since") is None:
            self.cleaned_data["since"] = self.instance.since or timezone.now()
        return cleaned
