"""People and their numbers and addresses: masked, pseudonymous, never merged across controllers."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display
from audit.admin import ReadOnlyAdmin
from audit.admin.history import HistoryAdmin
from audit.verbs import Verb
from consents.admin import filters, shown, timeline
from consents.admin.forms import (
    CorrectForm,
    ObjectForPersonForm,
    ObjectThroughForm,
    ReassignForm,
    RecordForPersonForm,
)
from consents.admin.lists import RoomList
from consents.admin.reveal import (
    LINK,
    REVEAL,
    SEE_DATA,
    Lines,
    RevealsAdmin,
    contact_lines,
    link_lines,
    person_lines,
)
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ConsentImport,
    ContactPoint,
    DataSubject,
)


def _no_live_contact(subject: DataSubject) -> Any:
    live = subject.contact_points.live().exists()
    return "" if live else _("This person has no live number or address.")


OBJECT_SAYS = _("An objection to marketing is absolute: nothing is weighed (Art. 21(2), 21(3)).")


@admin.register(DataSubject)
class DataSubjectAdmin(RoomList, RevealsAdmin, HistoryAdmin, ReadOnlyAdmin):
    search_label = _("Phone number, e-mail or id of a person")
    list_display = ("name", "reference", "kind", "contacts", "minor", "added")
    as_of_display = ("kind", "controller", "minor_since")
    controller_column = "controller"
    list_filter = (
        filters.SubjectContactFilter,
        filters.OwnPersonFilter,
        filters.SubjectKindFilter,
        filters.MinorFilter,
        filters.ControllerFilter,
    )
    list_select_related = ("controller",)
    fields = ()
    why_read_only = _("Data of a person change by verbs alone, each with its reason.")
    verbs = (
        REVEAL,
        Verb(
            "record",
            _("Record consent"),
            "consents.record_consent",
            RecordForPersonForm,
            _("The consent is recorded."),
            blocked=_no_live_contact,
        ),
        Verb(
            "object",
            _("Record objection"),
            "consents.record_no",
            ObjectForPersonForm,
            _("The objection is recorded and holds from now on."),
            says=OBJECT_SAYS,
            blocked=_no_live_contact,
        ),
        Verb(
            "correct",
            # Translators: "Popraw dane"
            _("Correct data"),
            SEE_DATA,
            CorrectForm,
            _("The data are corrected. History says that they changed, not to what."),
            icon="pencil",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataSubject]:
        live = Prefetch("contact_points", ContactPoint.objects.live(), to_attr="live_points")
        return super().get_queryset(request).prefetch_related(live)

    @admin.display(description=_("Person"))
    def name(self, subject: DataSubject) -> str:
        return shown.person(subject)

    @admin.display(description=_("Reference"))
    def reference(self, subject: DataSubject) -> str:
        return subject.reference

    @admin.display(description=_("Numbers and addresses"))
    def contacts(self, subject: DataSubject) -> str:
        return ", ".join(map(shown.contact, subject.live_points)) or shown.NOTHING

    @admin.display(description=pgettext_lazy("column", "Apparent minor"))
    def minor(self, subject: DataSubject) -> str:
        if not subject.minor_since:
            return shown.NOTHING
        return display.badge(display.day(subject.minor_since), "warn", "warning")

    @admin.display(description=_("Added"))
    def added(self, subject: DataSubject) -> str:
        return display.day(subject.created_at)

    def record_title(self, subject: DataSubject) -> str:
        return f"{shown.person(subject)} · {subject.reference}"

    def revealed(self, record: DataSubject) -> Lines:
        return [*person_lines(record), *contact_lines(record.contact_points.all())]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        context |= self.page(context["original"])
        return super().render_change_form(request, context, *args, **options)

    def page(self, subject: DataSubject) -> dict[str, Any]:
        points = list(subject.contact_points.all())
        consents = list(
            Consent.objects.filter(contact_point__in=points).select_related("purpose", "event")
        )
        stops = [
            *timeline.restrictions_of(subject),
            *timeline.suppressions_of(points),
        ]
        events = ConsentEvent.objects.filter(contact_point__in=points).select_related(
            "purpose", "source", "about", "recorded_by"
        )
        return {
            "record_title": self.record_title(subject),
            "badge": _minor_badge(subject),
            "several_controllers": shown.several_controllers(),
            "points": [_line(point) for point in points],
            "matrix": matrix(points, consents),
            "acquisitions": acquisitions_of(points),
            "imports": _imports(points),
            "stops": timeline.stop_rows(stops),
            "timeline": timeline.steps(events[:100], stops, full=True),
            "timeline_note": _("The state follows from events. They are never changed or deleted."),
        }


def _line(point: ContactPoint) -> dict[str, Any]:
    return {"point": point, "shown": shown.contact(point), "badge": point_badge(point)}


def _minor_badge(subject: DataSubject) -> str:
    if subject.minor_since is None:
        return ""
    return display.badge(_("Apparent minor"), "warn", "warning")


def matrix(points: list[ContactPoint], consents: list[Consent]) -> dict[str, Any]:
    """Purposes down, contact × channel across: badges that lead to the consents."""
    columns = sorted({(c.contact_point_id, c.channel) for c in consents})
    names = {point.pk: shown.contact(point) for point in points}
    cells = {(c.purpose_id, c.contact_point_id, c.channel): c for c in consents}
    purposes = {c.purpose_id: c.purpose for c in consents}
    labels = {(c.contact_point_id, c.channel): c.get_channel_display() for c in consents}
    return {
        "columns": [{"contact": names[p], "channel": labels[p, ch]} for p, ch in columns],
        "rows": [
            {"purpose": purpose, "cells": [_cell(cells.get((pk, *col))) for col in columns]}
            for pk, purpose in sorted(purposes.items(), key=lambda item: item[1].name)
        ],
    }


def _cell(consent: Consent | None) -> str:
    return shown.link(shown.state(consent), consent) if consent else shown.NOTHING


def acquisitions_of(points: list[ContactPoint]) -> list[dict[str, Any]]:
    """Where the contacts came from, each with the state of its Art. 14 clock."""
    rows = Acquisition.objects.filter(contact_point__in=points).select_related(
        "source", "contact_point"
    )
    return [
        {"row": row, "contact": shown.contact(row.contact_point), "badge": clock(row)}
        for row in rows.order_by("-obtained_on")
    ]


def clock(acquisition: Acquisition) -> str:
    """The badge of the duty to inform (Art. 14(3)(a))."""
    if acquisition.informed_on:
        return display.badge(_("Informed"), "ok")
    if acquisition.due_on is None:
        return display.badge(_("Art. 13: told at collection"), "off")
    if acquisition.due_on < timezone.localdate():
        return display.badge(_("Overdue"), "bad", "alert")
    return display.badge(_("To inform"), "warn")


def _imports(points: list[ContactPoint]) -> list[ConsentImport]:
    """Files that told something about the person, the latest first."""
    told = ConsentEvent.objects.filter(contact_point__in=points, batch__isnull=False)
    batches = told.order_by().values("batch").distinct()
    return list(ConsentImport.objects.filter(uuid__in=batches).select_related("source")[:20])


@admin.register(ContactPoint)
class ContactPointAdmin(RoomList, RevealsAdmin, HistoryAdmin, ReadOnlyAdmin):
    search_label = _("Phone number, e-mail or id of a person")
    list_display = ("contact", "kind", "state", "person", "added")
    as_of_display = ("kind", "subject", "controller", "retired_at", "retired_for")
    controller_column = "controller"
    list_filter = (
        filters.OwnContactFilter,
        filters.PointPersonFilter,
        filters.ContactKindFilter,
        filters.RetiredFilter,
        filters.ControllerFilter,
    )
    list_select_related = ("controller", "subject")
    fields = ()
    why_read_only = _("A number or address never changes: it is retired, and another one begins.")
    verbs = (
        LINK,
        Verb(
            "object",
            _("Record objection"),
            "consents.record_no",
            ObjectThroughForm,
            _("The objection is recorded and holds from now on."),
            says=OBJECT_SAYS,
        ),
        Verb(
            "reassign",
            # Translators: "Numer zmienił właściciela"
            _("Number reassigned"),
            "consents.reassign_contact",
            ReassignForm,
            _("Retired. If somebody else has it now, it begins anew, without a past."),
            says=_(
                "The number or address is retired: nobody is contacted through it any more, and "
                "what was said through it stays with this person."
            ),
            tone="danger",
            blocked=lambda point: _("Already retired.") if point.retired_at else "",
        ),
    )

    @admin.display(description=_("Contact"))
    def contact(self, point: ContactPoint) -> str:
        return shown.contact(point)

    @admin.display(description=_("State"))
    def state(self, point: ContactPoint) -> str:
        return point_badge(point)

    @admin.display(description=_("Person"))
    def person(self, point: ContactPoint) -> str:
        return shown.person(point.subject)

    @admin.display(description=_("Added"))
    def added(self, point: ContactPoint) -> str:
        return display.day(point.created_at)

    def record_title(self, point: ContactPoint) -> str:
        return shown.contact(point)

    def revealed(self, record: ContactPoint) -> Lines:
        return link_lines(record)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        context |= self.page(context["original"])
        return super().render_change_form(request, context, *args, **options)

    def page(self, point: ContactPoint) -> dict[str, Any]:
        consents = list(
            Consent.objects.filter(contact_point=point).select_related("purpose", "event")
        )
        events = ConsentEvent.objects.filter(contact_point=point).select_related(
            "purpose", "source", "about", "recorded_by"
        )
        stops = [*timeline.restrictions_over(point), *timeline.suppressions_of([point])]
        return {
            "record_title": self.record_title(point),
            "badge": point_badge(point),
            "several_controllers": shown.several_controllers(),
            "person": shown.person(point.subject),
            "consents": [{"row": c, "badge": shown.state(c)} for c in consents],
            "acquisitions": acquisitions_of([point]),
            "stops": timeline.stop_rows(stops),
            "timeline": timeline.steps(events[:100], stops, full=True),
            "timeline_note": _("The state follows from events. They are never changed or deleted."),
        }


def point_badge(point: ContactPoint) -> str:
    if point.retired_at:
        return display.badge(point.get_retired_for_display(), "off")
    return display.badge(_("Live"), "ok")
