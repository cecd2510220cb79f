"""Consents: present state, what it rests on, and the acts that made it. Nobody edits a state."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import ReadOnlyAdmin
from audit.lists import SavedView
from audit.reasons import readable
from audit.verbs import Link, Verb
from consents.admin import filters, shown, timeline
from consents.admin.forms import (
    ConfirmForm,
    InvalidateForm,
    ObjectForm,
    RecordAgainForm,
    RefuseForm,
    WithdrawForm,
    standing_events,
)
from consents.admin.lists import RoomList
from consents.admin.reveal import (
    REVEAL,
    Lines,
    RevealsAdmin,
    contact_lines,
    evidence_lines,
    person_lines,
)
from consents.choices import ConsentState, EventKind
from consents.letters import is_confirmed_by_letter
from consents.models import Consent, ConsentEvent, ConsentWording, Evidence
from consents.panels import links_of, obstacles_of
from consents.services import wording_shown

GIVEN_STATES = (ConsentState.GIVEN, ConsentState.UNCONFIRMED)


def _retired(consent: Consent) -> Any:
    return _("This number or address is retired.") if consent.contact_point.retired_at else ""


def _waits_for_confirmation(consent: Consent) -> bool:
    return consent.state == ConsentState.UNCONFIRMED


def _asked_by_letter(consent: Consent) -> Any:
    if not (consent.event and is_confirmed_by_letter(consent.event)):
        return ""
    return _("The person alone confirms this consent: by the link in the letter that they got.")


def _nothing_to_withdraw(consent: Consent) -> Any:
    return "" if consent.state in GIVEN_STATES else _("No consent is in force.")


def _nothing_to_invalidate(consent: Consent) -> Any:
    given = standing_events(consent).filter(kind__in=(EventKind.GIVEN, EventKind.CONFIRMED))
    return "" if given.exists() else _("No consent was ever given.")


VERBS = (
    Verb(
        "record",
        # Translators: "Zapisz zgodę"
        _("Record consent"),
        "consents.record_consent",
        RecordAgainForm,
        _("The consent is recorded."),
        blocked=_retired,
    ),
    Verb(
        "confirm",
        _("Confirm"),
        "consents.record_consent",
        ConfirmForm,
        _("The confirmation is recorded."),
        offered=_waits_for_confirmation,
        blocked=_asked_by_letter,
    ),
    Verb(
        "object",
        # Translators: "Zapisz sprzeciw"
        _("Record objection"),
        "consents.record_no",
        ObjectForm,
        _("The objection is recorded and holds from now on."),
        says=_("An objection to marketing is absolute: nothing is weighed (Art. 21(2), 21(3))."),
    ),
    Verb(
        "refuse",
        # Translators: "Zapisz odmowę"
        _("Record refusal"),
        "consents.record_no",
        RefuseForm,
        _("The refusal is recorded."),
    ),
    Verb(
        "invalidate",
        # Translators: "Unieważnij"
        _("Invalidate"),
        "consents.record_consent",
        InvalidateForm,
        _("The event is struck out; it stays in the timeline."),
        says=_(
            "Only for a consent that was never valid. "
            "If the person changed their mind, record a withdrawal."
        ),
        tone="danger",
        blocked=_nothing_to_invalidate,
    ),
    Verb(
        "withdraw",
        # Translators: "Wycofaj zgodę"
        _("Withdraw consent"),
        "consents.record_no",
        WithdrawForm,
        _("The withdrawal is recorded."),
        says=_(
            "From the moment of withdrawal nobody may contact the person on the strength of this "
            "consent. Only a new consent of the person changes that (Art. 7(3))."
        ),
        tone="danger",
        blocked=_nothing_to_withdraw,
    ),
)


@admin.register(Consent)
class ConsentAdmin(RoomList, RevealsAdmin, ReadOnlyAdmin):
    parts = ("consents.consentevent",)
    keyset = ("last_recorded_at", "id")
    ordering = ("-last_recorded_at", "-id")
    # Translators: "Numer, e-mail lub identyfikator osoby"
    search_label = _("Phone number, e-mail or id of a person")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Recently changed"), {"changed": "7"}),
        SavedView(_("Needs attention"), {"attention": "1"}),
        SavedView(_("Expires within 30 days"), {"state": "expiring"}),
        SavedView(_("Unconfirmed"), {"state": "unconfirmed"}),
        SavedView(_("Withdrawn today"), {"state": "withdrawn", "changed": "0"}),
    )
    list_display = (
        "contact",
        "state_badge",
        "purpose_name",
        "channel_name",
        "changed",
        "valid",
        "source",
        "wording",
    )
    list_filter = (
        filters.ContactFilter,
        filters.PersonFilter,
        filters.PurposeFilter,
        filters.StateFilter,
        filters.ChangedFilter,
        filters.ChannelFilter,
        filters.AttentionFilter,
        filters.ConsentSourceFilter,
        filters.PointControllerFilter,
    )
    list_select_related = ("contact_point__controller", "purpose", "event__source")
    fields = ()
    verbs = (REVEAL, *VERBS)
    # Translators: "Stan zgody wynika ze zdarzeń."
    why_read_only = _("The state of a consent follows from its events: record one instead.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        return super().get_queryset(request).with_wording()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        tools = []
        if request.user.has_perm("consents.record_consent"):
            tools.append(Link(_("Record consent"), reverse("admin:consents_record"), "plus"))
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    @admin.display(description=_("Contact"))
    def contact(self, consent: Consent) -> str:
        return shown.contact(consent.contact_point)

    @admin.display(description=_("State"))
    def state_badge(self, consent: Consent) -> str:
        return shown.state(consent)

    @admin.display(description=_("Purpose"))
    def purpose_name(self, consent: Consent) -> str:
        return consent.purpose.name

    @admin.display(description=_("Purpose and controller"))
    def purpose_and_controller(self, consent: Consent) -> SafeString:
        controller = consent.contact_point.controller.name
        return format_html('{}<span class="meta">{}</span>', consent.purpose.name, controller)

    def get_list_display(self, request: HttpRequest) -> Any:
        if not shown.several_controllers():
            return self.list_display
        named = {"purpose_name": "purpose_and_controller"}
        return [named.get(column, column) for column in self.list_display]

    @admin.display(description=_("Channel"))
    def channel_name(self, consent: Consent) -> str:
        return consent.get_channel_display()

    @admin.display(description=_("Last change"))
    def changed(self, consent: Consent) -> str:
        return display.day(consent.last_recorded_at)

    @admin.display(description=_("Valid until"))
    def valid(self, consent: Consent) -> str:
        if consent.state != ConsentState.GIVEN:
            return shown.NOTHING
        # Translators: "bezterminowo"
        return display.day(consent.valid_until) or _("no end")

    @admin.display(description=_("Source"))
    def source(self, consent: Consent) -> str:
        return consent.event.source.name if consent.event else shown.NOTHING

    @admin.display(description=_("Wording"))
    def wording(self, consent: Consent) -> str | SafeString:
        if consent.rests_on_version:
            return f"v{consent.rests_on_version}"
        if consent.state in GIVEN_STATES:
            return format_html('<span class="bad-text">{}</span>', _("unknown"))
        return shown.NOTHING

    def record_title(self, consent: Consent) -> str:
        point = shown.contact(consent.contact_point)
        return f"{point} · {consent.purpose.name} · {consent.get_channel_display()}"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        consent = super().get_object(request, object_id, from_field)
        return consent and self._whole().get(pk=consent.pk)

    def _whole(self) -> QuerySet[Consent]:
        return Consent.objects.select_related(
            "contact_point__subject",
            "contact_point__controller",
            "purpose__activity",
            "event__source",
            "event__wording",
            "event__recorded_by",
        )

    def links(self, request: HttpRequest, record: Any) -> list[Link]:
        return [*links_of(record, request.user), *super().links(request, record)]

    def revealed(self, record: Consent) -> Lines:
        events = ConsentEvent.objects.of_consent(record)
        kept = Evidence.objects.filter(pk__in=events.values("evidence_id")).order_by("pk")
        point = record.contact_point
        return [*person_lines(point.subject), *contact_lines([point]), *evidence_lines(kept)]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        context |= self.page(context["original"])
        return super().render_change_form(request, context, *args, **options)

    def page(self, consent: Consent) -> dict[str, Any]:
        """What the page of a consent shows, each part by one query."""
        point = consent.contact_point
        events = list(
            ConsentEvent.objects.of_consent(consent).select_related(
                "source", "wording", "about", "recorded_by"
            )
        )
        restrictions = timeline.in_scope(timeline.restrictions_over(point), consent)
        suppressions = timeline.in_scope(timeline.suppressions_of([point]), consent)
        stops = [*restrictions, *suppressions]
        return {
            "record_title": self.record_title(consent),
            "badge": shown.state(consent),
            "findings": obstacles_of(consent, timezone.now()),
            "point": shown.contact(point),
            "person": shown.person(point.subject),
            "several_controllers": shown.several_controllers(),
            "resting": consent.event,
            "wording": (wording := _wording(consent)),
            "reviews": list(wording.reviews.all()) if wording else [],
            "proofs": _proofs(events),
            "stops": timeline.stop_rows(stops),
            "timeline": timeline.steps(events, stops),
            "timeline_note": _("The state follows from events. They are never changed or deleted."),
        }


def _wording(consent: Consent) -> ConsentWording | None:
    event = consent.event
    if event is None or consent.state not in GIVEN_STATES:
        return None
    return event.wording or wording_shown(
        event.source, consent.purpose, consent.channel, event.occurred_at
    )


def _proofs(events: list[ConsentEvent]) -> list[dict[str, Any]]:
    """Evidence of each event: intact, altered, or erased with its commitment left."""
    kept = Evidence.objects.in_bulk({event.evidence_id for event in events})
    return [
        {"event": event, "evidence": (proof := kept.get(event.evidence_id)), **_check(event, proof)}
        for event in events
    ]


def _check(event: ConsentEvent, proof: Evidence | None) -> dict[str, Any]:
    if proof is None:
        return {"badge": display.badge(_("Erased"), "off")}
    if proof.is_intact and proof.sha256 == event.evidence_sha256:
        return {"badge": display.badge(_("Intact"), "ok")}
    return {"badge": display.badge(_("Altered"), "bad")}


@admin.register(ConsentEvent)
class ConsentEventAdmin(RoomList, ReadOnlyAdmin):
    search_label = _("Phone number, e-mail or id of a person")
    list_display = (
        "contact",
        "what",
        "purpose_name",
        "channel_name",
        "occurred",
        "recorded",
        "source_name",
    )
    controller_column = "controller"
    list_filter = (
        filters.ContactFilter,
        filters.PersonFilter,
        filters.EventKindFilter,
        filters.PurposeFilter,
        filters.ChannelFilter,
        filters.SourceFilter,
        filters.PointControllerFilter,
    )
    list_select_related = ("contact_point__controller", "purpose", "source", "recorded_by")
    fields = (
        "contact",
        "consent_link",
        "what",
        "purpose",
        "channel",
        "occurred",
        "own_time",
        "recorded",
        "by",
        "way",
        "why",
        "giver",
        "method",
        "source",
        "wording",
        "needs_confirmation",
        "valid_until",
        "about",
        "evidence_sha256",
        "evidence_line",
        "batch",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("Contact"))
    def contact(self, event: ConsentEvent) -> str:
        return shown.contact(event.contact_point)

    @admin.display(description=_("Consent"))
    def consent_link(self, event: ConsentEvent) -> str:
        consent = Consent.objects.filter(
            contact_point=event.contact_point_id, purpose=event.purpose_id, channel=event.channel
        ).first()
        return shown.link(consent, consent) if consent else shown.NOTHING

    @admin.display(description=_("What"))
    def what(self, event: ConsentEvent) -> str:
        return display.badge(event.get_kind_display(), *shown.EVENTS[EventKind(event.kind)])

    @admin.display(description=_("Purpose"))
    def purpose_name(self, event: ConsentEvent) -> str:
        return event.purpose.name

    @admin.display(description=_("Channel"))
    def channel_name(self, event: ConsentEvent) -> str:
        return event.get_channel_display()

    @admin.display(description=_("Occurred"))
    def occurred(self, event: ConsentEvent) -> str:
        return display.moment(event.occurred_at)

    @admin.display(description=_("Recorded"))
    def recorded(self, event: ConsentEvent) -> str:
        return display.moment(event.recorded_at)

    @admin.display(description=_("Source"))
    def source_name(self, event: ConsentEvent) -> str:
        return event.source.name

    @admin.display(description=_("Who"))
    def by(self, event: ConsentEvent) -> str:
        return str(event.recorded_by or event.recorded_name or event.get_way_display())

    @admin.display(description=_("Reason"))
    def why(self, event: ConsentEvent) -> str:
        return readable(event.reason) or shown.NOTHING

    @admin.display(description=_("Controller"))
    def controller(self, event: ConsentEvent) -> str:
        return event.contact_point.controller.name
