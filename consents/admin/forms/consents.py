"""Consents recorded, withdrawn, refused, confirmed, invalidated."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consents import services
from consents.admin.forms.asking import (
    METHODS,
    AskedForm,
    EventChoice,
    LocalMoment,
    PointChoice,
    WordingChoice,
    restrictive,
    usable,
    words_field,
)
from consents.choices import (
    EventKind,
    Giver,
    Method,
)
from consents.lookup import kind_of
from consents.models import (
    Consent,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    LeadSource,
)
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import Purpose


class RecordForm(AskedForm):
    """A consent somebody gave: whose, to what, in which words, and the proof."""

    at_request = True

    purpose = forms.ModelChoiceField(Purpose.objects.none(), label=_("Purpose"))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    source = forms.ModelChoiceField(LeadSource.objects.none(), label=_("Lead source"))
    wording = WordingChoice(
        ConsentWording.objects.none(),
        label=_("Wording"),
        required=False,
        help_text=_("Empty: the one that the source showed for this channel at that time."),
    )
    method = forms.ChoiceField(label=_("How"), choices=METHODS)
    giver = forms.ChoiceField(label=_("Who spoke"), choices=Giver.choices, initial=Giver.USER)
    occurred_at = LocalMoment(label=_("When"))
    words = words_field(
        _("Evidence"), _("What was said or ticked, and where the recording or form is kept.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer(self.controller())

    def controller(self) -> int | None:
        """Whose purposes and sources are offered; None for those of every controller."""
        return self.record.controller_id if self.record else None

    def _offer(self, controller: int | None) -> None:
        purposes = Purpose.objects.active().order_by("name_pl")
        sources, wordings = LeadSource.objects.all(), ConsentWording.objects.all()
        if controller:
            purposes = purposes.filter(activity__controller=controller)
            sources = sources.filter(controller=controller)
            wordings = wordings.filter(purpose__activity__controller=controller)
        self.fields["purpose"].queryset = purposes
        self.fields["source"].queryset = sources
        self.fields["wording"].queryset = wordings.select_related("purpose")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        wording = data.get("wording")
        if wording and (wording.purpose, wording.channel) != (
            self.chosen_purpose(),
            self.chosen_channel(),
        ):
            self.add_error("wording", _("This wording is about another purpose or channel."))
        return data

    def chosen_purpose(self) -> Any:
        return self.cleaned_data.get("purpose")

    def chosen_channel(self) -> Any:
        return self.cleaned_data.get("channel")

    def point(self) -> ContactPoint:
        raise NotImplementedError

    def perform(self) -> ConsentEvent:
        data = self.cleaned_data
        return services.give(
            self.point(),
            self.chosen_purpose(),
            self.chosen_channel(),
            source=data["source"],
            method=data["method"],
            giver=data["giver"],
            wording=data["wording"],
            occurred_at=data["occurred_at"],
            evidence=data["words"],
        )


class RecordTypedForm(RecordForm):
    """A consent of whoever holds the contact that is typed; somebody new enters the register."""

    contact = forms.CharField(label=_("Phone number or e-mail"), max_length=320)
    field_order = ("contact",)

    def clean_contact(self) -> str:
        return usable(self.cleaned_data["contact"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        channel, typed = data.get("channel"), data.get("contact")
        if channel and typed and KIND_OF_CHANNEL[Channel(channel)] != kind_of(typed):
            self.add_error("channel", _("This contact cannot be reached on this channel."))
        return data

    def point(self) -> ContactPoint:
        data = self.cleaned_data
        controller = data["purpose"].activity.controller
        point = services.contact_point(controller, kind_of(data["contact"]), data["contact"])
        day = timezone.localdate(data["occurred_at"] or timezone.now())
        services.acquire(point, data["source"], obtained_on=day)
        return point


class RecordForPersonForm(RecordForm):
    """A consent of one person through one of their live numbers or addresses."""

    contact_point = PointChoice(ContactPoint.objects.none(), label=_("Number or address"))
    field_order = ("contact_point",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["contact_point"].queryset = self.record.contact_points.live()

    def point(self) -> ContactPoint:
        return self.cleaned_data["contact_point"]


class RecordAgainForm(RecordForm):
    """A consent for the very contact × purpose × channel of a consent's page."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["purpose"], self.fields["channel"]
        wordings = self.fields["wording"]
        wordings.queryset = wordings.queryset.filter(
            purpose=self.record.purpose_id, channel=self.record.channel
        )

    def controller(self) -> int:
        return self.record.contact_point.controller_id

    def chosen_purpose(self) -> Purpose:
        return self.record.purpose

    def chosen_channel(self) -> str:
        return self.record.channel

    def point(self) -> ContactPoint:
        return self.record.contact_point


class NoForm(AskedForm):
    """A withdrawal or a refusal: a no needs no more than the words heard."""

    at_request = True

    kind = EventKind.WITHDRAWN

    occurred_at = LocalMoment(label=_("When"))
    method = forms.ChoiceField(label=_("How"), choices=METHODS, initial=Method.CALL)
    source = forms.ModelChoiceField(LeadSource.objects.none(), label=_("Where it was heard"))
    words = words_field(_("Words heard"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        point = self.record.contact_point
        self.fields["source"].queryset = LeadSource.objects.filter(controller=point.controller_id)
        if self.record.event:
            self.fields["source"].initial = self.record.event.source_id

    def perform(self) -> ConsentEvent:
        data, record = self.cleaned_data, self.record
        tell = services.withdraw if self.kind == EventKind.WITHDRAWN else services.refuse
        return tell(
            record.contact_point,
            record.purpose,
            record.channel,
            source=data["source"],
            method=data["method"],
            occurred_at=restrictive(data["occurred_at"]),
            evidence=data["words"],
        )


class WithdrawForm(NoForm):
    kind = EventKind.WITHDRAWN


class RefuseForm(NoForm):
    kind = EventKind.REFUSED


def standing_events(consent: Consent) -> Any:
    """Events of a consent that nothing has invalidated yet."""
    struck = ConsentEvent.objects.of_consent(consent).filter(kind=EventKind.INVALIDATED)
    events = ConsentEvent.objects.of_consent(consent).exclude(pk__in=struck.values("about"))
    return events.select_related("source")


class ConfirmForm(AskedForm):
    """The person's own confirmation of a consent that waits for one."""

    at_request = True

    event = EventChoice(ConsentEvent.objects.none(), label=_("What is confirmed"))
    occurred_at = LocalMoment(label=_("When"))
    method = forms.ChoiceField(label=_("How"), choices=METHODS, initial=Method.LINK)
    words = words_field(_("Evidence"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = standing_events(self.record).filter(kind=EventKind.GIVEN, needs_confirmation=True)
        self.fields["event"].queryset = waiting

    def perform(self) -> ConsentEvent:
        data = self.cleaned_data
        return services.confirm(
            data["event"],
            method=data["method"],
            occurred_at=data["occurred_at"],
            evidence=data["words"],
        )


class InvalidateForm(AskedForm):
    """That a consent or its confirmation was never valid; a no is never struck out."""

    event = EventChoice(ConsentEvent.objects.none(), label=_("Which event"))
    why = _("Why it was never valid.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["event"].queryset = standing_events(self.record).filter(
            kind__in=(EventKind.GIVEN, EventKind.CONFIRMED)
        )

    def perform(self) -> ConsentEvent:
        event = self.cleaned_data["event"]
        return services.invalidate(event, method=event.method, reason=self.reason())
