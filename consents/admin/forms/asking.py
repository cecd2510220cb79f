"""What every verb of this room asks alike."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.dates import DayInput, MomentInput
from audit.reasons import Cause
from audit.verbs import ReasonedForm
from consents.admin.shown import contact
from consents.choices import (
    Method,
)
from consents.contacts import Unusable, normalise
from consents.lookup import kind_of
from consents.models import (
    ConsentEvent,
    ConsentWording,
    ContactPoint,
)

# Within a file "import" is how; a clerk never chooses it.
METHODS = [choice for choice in Method.choices if choice[0] != Method.IMPORT]
ALL = ""
# The last question of every form.
WHY = ("cause", "reason_text")


class LocalMoment(forms.DateTimeField):
    """A local moment to the minute; empty is now, to the microsecond."""

    widget = MomentInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("help_text", _("Local time. Empty: now."))
        super().__init__(**options)


class Day(forms.DateField):
    widget = DayInput


def restrictive(moment: datetime | None) -> datetime | None:
    """The end of the minute that was typed, so that a no counts after a give of that minute."""
    if moment is None:
        return None
    end = moment + timedelta(minutes=1, microseconds=-1)
    return min(end, max(moment, timezone.now()))


def words_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, widget=forms.Textarea({"rows": 3}), max_length=4000
    )


class AskedForm(ReasonedForm):
    """A verb whose last question is why; what the person asks for needs no other reason."""

    at_request = False
    why: Any = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields([name for name in self.fields if name not in WHY] + list(WHY))
        self.fields["reason_text"].help_text = self.why
        if self.at_request:
            self.fields["cause"].initial = Cause.REQUEST


class PointChoice(forms.ModelChoiceField):
    def label_from_instance(self, point: ContactPoint) -> str:
        return f"{contact(point)} · {point.get_kind_display()}"


class WordingChoice(forms.ModelChoiceField):
    def label_from_instance(self, wording: ConsentWording) -> str:
        channel = wording.get_channel_display()
        return f"{channel} v{wording.version} · „{wording.title}” · {wording.purpose.name}"


class EventChoice(forms.ModelChoiceField):
    def label_from_instance(self, event: ConsentEvent) -> str:
        moment = timezone.localtime(event.occurred_at)
        return f"{event.get_kind_display()} · {moment:%Y-%m-%d %H:%M} · {event.source}"


def usable(typed: str) -> str:
    """``typed``, if a number or address can be read from it."""
    try:
        normalise(kind_of(typed), typed)
    except Unusable as error:
        raise ValidationError(
            _("This is neither a phone number nor an e-mail address. Check it and type it again.")
        ) from error
    return typed
