"""What the verbs on people, consents and restrictions ask for."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import bulk, display
from audit.act import acting, new_batch
from audit.dates import DayInput, MomentInput
from audit.reasons import Cause
from audit.verbs import ReasonedForm, VerbForm
from consents import services
from consents.admin.shown import contact
from consents.choices import (
    EventKind,
    Giver,
    Method,
    RestrictionKind,
    RetiredFor,
    SubjectKind,
    SuppressionOrigin,
    SuppressionScope,
)
from consents.contacts import Unusable, normalise
from consents.lookup import kind_of
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    WordingReview,
)
from processing.choices import KIND_OF_CHANNEL, Channel, channels_of
from processing.models import Purpose
from processors.models import Organisation

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


# Consents ----------------------------------------------------------------------------------------


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


# Objections and restrictions ---------------------------------------------------------------------


class ObjectForm(AskedForm):
    """An objection, do-not-contact or another restriction, through one number or address."""

    at_request = True

    kind = forms.ChoiceField(label=_("What"), choices=RestrictionKind.choices)
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(),
        label=_("Purpose"),
        required=False,
        empty_label=_("every purpose"),
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        help_text=_("Only where the person named one; empty reaches every contact of the person."),
    )
    effective_at = LocalMoment(label=_("When"))
    words = words_field(_("Words heard"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        controllers = {point.controller_id for point in self.points()}
        purposes = Purpose.objects.filter(activity__controller__in=controllers)
        self.fields["purpose"].queryset = purposes
        channels = {c for point in self.points() for c in channels_of(point.kind)}
        named = [(code, name) for code, name in Channel.choices if code in channels]
        self.fields["channel"].choices = [(ALL, _("every channel")), *named]

    def points(self) -> list[ContactPoint]:
        """The contact points that the person may have been heard through."""
        return [self.record.contact_point]

    def point(self) -> ContactPoint:
        return self.points()[0]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") == RestrictionKind.OBJECTION_PURPOSE and not data.get("purpose"):
            self.add_error("purpose", _("Name the purpose that the person objects to."))
        if data.get("kind") == RestrictionKind.OBJECTION and data.get("purpose"):
            self.add_error("purpose", _("An objection to marketing reaches every purpose."))
        return data

    def perform(self) -> Any:
        data = self.cleaned_data
        return services.restrict(
            self.point(),
            data["kind"],
            purpose=data["purpose"],
            channel=data["channel"],
            effective_at=data["effective_at"],
            words=data["words"],
        )


class ObjectThroughForm(ObjectForm):
    """The same on the page of the number or address itself."""

    def points(self) -> list[ContactPoint]:
        return [self.record]


class ObjectForPersonForm(ObjectForm):
    contact_point = PointChoice(ContactPoint.objects.none(), label=_("Heard through"))
    field_order = ("contact_point",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["contact_point"].queryset = self.record.contact_points.live()

    def points(self) -> list[ContactPoint]:
        if not hasattr(self, "_points"):
            self._points = list(self.record.contact_points.live())
        return self._points

    def point(self) -> ContactPoint:
        return self.cleaned_data["contact_point"]


class LiftForm(AskedForm):
    why = _("Why the person may be contacted again, and who says so.")

    def perform(self) -> Any:
        return services.lift(self.record, reason=self.reason())


class LiftSuppressionForm(AskedForm):
    why = _("Why it comes off the list, and who says so.")

    def perform(self) -> Any:
        return services.lift_suppression(self.record, reason=self.reason())


class SuppressForm(AskedForm):
    """A contact that is turned into a keyed digest at once; what was typed is kept nowhere."""

    controller = forms.ModelChoiceField(Organisation.objects.none(), label=_("Controller"))
    contact = forms.CharField(
        label=_("Phone number or e-mail"),
        max_length=320,
        help_text=_("Kept as a keyed digest alone: the list cannot be read back."),
    )
    scope = forms.ChoiceField(label=_("Scope"), choices=SuppressionScope.choices)
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[(ALL, _("every channel")), *Channel.choices],
    )
    origin = forms.ChoiceField(
        label=_("Origin"),
        # An erasure writes its own entry.
        choices=[c for c in SuppressionOrigin.choices if c[0] != SuppressionOrigin.ERASURE],
    )
    listed_on = Day(label=_("List dated"), required=False)
    until = LocalMoment(label=_("Until"), help_text=_("Empty: for good."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        controllers = Organisation.objects.filter(
            Q(activities__isnull=False) | Q(is_own=True)
        ).distinct()
        self.fields["controller"].queryset = controllers
        if len(controllers) == 1:
            self.fields["controller"].initial = controllers[0]
            self.fields["controller"].widget = forms.HiddenInput()

    def clean_contact(self) -> str:
        return usable(self.cleaned_data["contact"])

    def perform(self) -> Any:
        data = self.cleaned_data
        return services.suppress(
            data["controller"],
            kind_of(data["contact"]),
            data["contact"],
            origin=data["origin"],
            scope=data["scope"],
            channel=data["channel"],
            until=data["until"],
            listed_on=data["listed_on"],
        )


# People and contacts -----------------------------------------------------------------------------


class ReassignForm(AskedForm):
    retired_for = forms.ChoiceField(label=_("Why"), choices=RetiredFor.choices)
    why = _("How it is known.")

    def perform(self) -> None:
        data = self.cleaned_data
        services.reassign(self.record, retired_for=data["retired_for"], reason=self.reason())


class RevealForm(VerbForm):
    reason = forms.CharField(
        label=_("Why do you need it"),
        max_length=500,
        help_text=_("The access log keeps who looked, when and why."),
    )

    def perform(self) -> None:
        """Nothing changes; the answer shows the person once and the access log says so."""


class CorrectForm(AskedForm):
    """Rectification (Art. 16). What is masked stays so: an empty field keeps what is there."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SubjectKind.choices)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    company_name = forms.CharField(label=_("Company"), max_length=200, required=False)
    external_id = forms.CharField(label=_("External id"), max_length=100, required=False)
    minor_since = Day(
        label=_("Apparent minor since"),
        required=False,
        help_text=_("Closes commercial contact."),
    )

    MASKED = ("first_name", "last_name", "company_name", "external_id")

    def __init__(self, *args: Any, record: DataSubject, **options: Any) -> None:
        initial = {"kind": record.kind, "minor_since": record.minor_since}
        super().__init__(*args, record=record, initial=initial, **options)
        for name in self.MASKED:
            if known := getattr(record, name):
                shown = display.WORD if name == "external_id" else display.masked_name(known)
                self.fields[name].help_text = _("Now: %(shown)s. Empty: stays as it is.") % {
                    "shown": shown
                }

    def perform(self) -> None:
        data = self.cleaned_data
        self.record.kind, self.record.minor_since = data["kind"], data["minor_since"]
        for name in self.MASKED:
            if data[name]:
                setattr(self.record, name, data[name])
        self.record.full_clean()
        self.record.save()


# Informing (Art. 14) and wordings ----------------------------------------------------------------


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


class NewVersionForm(AskedForm):
    why = _("What the new version is for: a change of law, of channel, of words.")

    def perform(self) -> ConsentWording:
        return services.new_version(self.record)


class ReviewForm(AskedForm, forms.ModelForm):
    """The checklist of a review; without objections only where nothing is missing."""

    effective_from = LocalMoment(label=_("Effective from"))

    class Meta:
        model = WordingReview
        fields = (
            "regime",
            "distinguishable",
            "not_conditional",
            "no_preticked_box",
            "told_of_withdrawal",
            "channels_apart",
            "controller_named",
            "meets_recital_171",
            "outcome",
            "effective_from",
            "note",
        )
        widgets = {"note": forms.Textarea({"rows": 3})}

    def clean_effective_from(self) -> datetime:
        return self.cleaned_data["effective_from"] or timezone.now()

    def _post_clean(self) -> None:
        self.instance.wording = self.record
        super()._post_clean()

    def perform(self) -> WordingReview:
        self.instance.reason = self.reason()
        return self.save()


def usable(typed: str) -> str:
    """``typed``, if a number or address can be read from it."""
    try:
        normalise(kind_of(typed), typed)
    except Unusable as error:
        raise ValidationError(
            _("This is neither a phone number nor an e-mail address. Check it and type it again.")
        ) from error
    return typed
