"""Objections, restrictions and suppressions: made and lifted."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consents import services
from consents.admin.forms.asking import (
    ALL,
    AskedForm,
    Day,
    LocalMoment,
    PointChoice,
    usable,
    words_field,
)
from consents.choices import (
    RestrictionKind,
    SuppressionOrigin,
    SuppressionScope,
)
from consents.lookup import kind_of
from consents.models import (
    ContactPoint,
)
from processing.choices import Channel, channels_of
from processing.models import Purpose
from processors.models import Organisation


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
