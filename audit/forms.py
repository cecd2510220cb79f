"""The question "why?" on forms: the reason of a change, and the token of a concurrent one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.changes import Reader
from audit.reasons import Cause, stored

ASKED = ("change_cause", "change_reason", "seen_version")


class CauseField(forms.ChoiceField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        # Translators: "Powód zmiany"
        options.setdefault("label", gettext_lazy("Reason for change"))
        super().__init__(choices=[("", "---------"), *Cause.choices], **options)


class ReasonText(forms.CharField):
    say_it = gettext_lazy("Say in a few words why.")

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("max_length", 500)
        options.setdefault("label", gettext_lazy("In your words"))
        options.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "class": "vTextField",
                    "aria-label": gettext_lazy("Reason for change in your words"),
                    "placeholder": gettext_lazy("in your words"),
                }
            ),
        )
        super().__init__(**options)


class VersionForm(forms.ModelForm):
    """Refuses to overwrite what somebody else saved while the form was open."""

    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["seen_version"] = _token(self.instance.updated_at)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk:
            self._refuse_if_overtaken()
        return cleaned

    def _refuse_if_overtaken(self) -> None:
        stored_at = (
            type(self.instance)
            ._base_manager.select_for_update()
            .values_list("updated_at", flat=True)
            .get(pk=self.instance.pk)
        )
        seen = self.data.get(self.add_prefix("seen_version"), "")
        if seen != _token(stored_at):
            raise ValidationError(told_meanwhile(self.instance, seen), code="overtaken")


class ChangeForm(VersionForm):
    """A register's form with the reason of the change beside the save button."""

    requires_reason: Callable[[Any], bool] = staticmethod(lambda record: False)
    change_cause = CauseField()
    change_reason = ReasonText()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        cause = self.cleaned_data.get("change_cause", "")
        text = self.cleaned_data.get("change_reason", "").strip()
        if not cause and self.is_changed and self.requires_reason(self.instance):
            self.add_error("change_cause", _("This record is in force: say why you change it."))
        if cause == Cause.OTHER and not text:
            self.add_error("change_reason", ReasonText.say_it)
        return cleaned

    @property
    def is_changed(self) -> bool:
        return bool(set(self.changed_data) - set(ASKED))


def choices_of(
    records: models.QuerySet, label: Callable[[Any], str] = str
) -> list[tuple[Any, str]]:
    """Read once for all rows of a page: a field of each row would ask for them again."""
    return [("", "---------"), *((record.pk, label(record)) for record in records)]


def reason_of(data: Any) -> str:
    """The reason in posted ``data``, as history keeps it; forms refuse what does not belong."""
    cause = data.get("change_cause", "")
    return stored(cause if cause in Cause.values else "", data.get("change_reason", "")[:500])


def _token(moment: datetime) -> str:
    return moment.isoformat()


def told_meanwhile(record: models.Model, seen: str) -> str:
    """One sentence per change since ``seen``: who, when, and what it is now."""
    latest = record.history.order_by("-history_id").first()
    before = record.history.filter(updated_at=_moment(seen)).order_by("history_id").last()
    changes = Reader([before, latest]).changes(before, latest) if before else []
    what = "; ".join(f"{c.label}: „{c.before or '–'}” → „{c.after or '–'}”" for c in changes)
    return _(
        "%(who)s changed this record at %(when)s while you had it open. Nothing was overwritten. "
        "Meanwhile: %(what)s. Copy what you need and open the record again."
    ) % {
        "who": str(latest.history_user) if latest.history_user else _("The system"),
        "when": formats.date_format(timezone.localtime(latest.history_date), "DATETIME_FORMAT"),
        "what": what or _("fields that are not shown here"),
    }


def _moment(token: str) -> datetime | None:
    try:
        return datetime.fromisoformat(token)
    except ValueError:
        return None
