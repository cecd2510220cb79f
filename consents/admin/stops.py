"""Objections, restrictions and the suppression list: written once, lifted by hand with a reason."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import ReadOnlyAdmin
from audit.lists import SavedView
from audit.reasons import readable
from audit.verbs import Link, Verb
from consents.admin import filters, shown, timeline
from consents.admin.forms import LiftForm, LiftSuppressionForm, SuppressForm
from consents.admin.lists import RoomList, asked
from consents.admin.reveal import (
    REVEAL,
    Lines,
    RevealsAdmin,
    contact_lines,
    evidence_lines,
    person_lines,
)
from consents.hearing import NAMED_EVIDENCE
from consents.lookup import Found, digests
from consents.models import Evidence, Restriction, Suppression


def _lifted(stop: Any) -> Any:
    if stop.lifts_id:
        return _("This row lifts another one.")
    return _("Already lifted.") if type(stop).objects.filter(lifts=stop).exists() else ""


class StopList(RoomList, RevealsAdmin, ReadOnlyAdmin):
    """What both lists share: rows that lift others are shown with what they lift."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        lifted = self.model.objects.filter(lifts=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_lifted=Exists(lifted))

    @admin.display(description=_("Scope"))
    def scope_shown(self, stop: Any) -> str:
        return shown.scope(stop)

    @admin.display(description=_("State"))
    def standing(self, stop: Any) -> str:
        if stop.lifts_id:
            return display.badge(_("Lifts another"), "info", "check")
        return timeline.standing(stop, {stop.pk} if stop.is_lifted else set())

    @admin.display(description=_("Recorded"))
    def recorded(self, stop: Any) -> str:
        return display.moment(stop.recorded_at)

    @admin.display(description=_("Who"))
    def by(self, stop: Any) -> str:
        return str(stop.recorded_by or stop.recorded_name or stop.get_way_display())

    @admin.display(description=_("Reason"))
    def why(self, stop: Any) -> str:
        return readable(stop.reason) or shown.NOTHING

    @admin.display(description=_("Lifted by"))
    def lifting(self, stop: Any) -> str:
        found = self.model.objects.filter(lifts=stop).first()
        return shown.link(found, found) if found else shown.NOTHING

    @admin.display(description=_("Lifts"))
    def lifts_shown(self, stop: Any) -> str:
        return shown.link(stop.lifts, stop.lifts) if stop.lifts else shown.NOTHING

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def badge(self, record: Any) -> str:
        return self.standing(record)


@admin.register(Restriction)
class RestrictionAdmin(StopList):
    search_label = _("Phone number, e-mail or id of a person")
    list_display = ("what", "contact", "scope_shown", "standing", "effective", "recorded", "by")
    controller_column = "controller"
    list_filter = (
        filters.ContactFilter,
        filters.PersonFilter,
        filters.RestrictionKindFilter,
        filters.StandingFilter,
        filters.ChannelFilter,
        filters.PurposeFilter,
        filters.PointControllerFilter,
    )
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Standing"), {"standing": "1"}),
        SavedView(_("Objections to marketing"), {"kind": "objection", "standing": "1"}),
        SavedView(_("Undeliverable"), {"kind": "undeliverable", "standing": "1"}),
    )
    list_select_related = ("contact_point__controller", "purpose", "recorded_by", "source")
    fields = (
        "contact_link",
        "scope_shown",
        "effective",
        "until",
        "source",
        "recorded",
        "by",
        "way",
        "why",
        "evidence_sha256",
        "evidence_line",
        "lifts_shown",
        "lifting",
    )
    verbs = (
        REVEAL,
        Verb(
            "lift",
            # Translators: "Uchyl"
            _("Lift"),
            "consents.lift_restriction",
            LiftForm,
            _("Lifted. The row that was stays as it is."),
            says=_(
                "The person can be contacted again as far as their consents go. "
                "Only do this at their own request, or where the record was mistaken."
            ),
            tone="danger",
            blocked=_lifted,
        ),
    )

    def revealed(self, record: Restriction) -> Lines:
        point = record.contact_point
        kept = Evidence.objects.filter(pk=record.evidence_id)
        return [*person_lines(point.subject), *contact_lines([point]), *evidence_lines(kept)]

    @admin.display(description=_("What"))
    def what(self, restriction: Restriction) -> str:
        return restriction.get_kind_display()

    @admin.display(description=_("Contact"))
    def contact(self, restriction: Restriction) -> str:
        return shown.contact(restriction.contact_point)

    @admin.display(description=_("Contact"))
    def contact_link(self, restriction: Restriction) -> str:
        return shown.link(self.contact(restriction), restriction.contact_point)

    @admin.display(description=_("Effective"))
    def effective(self, restriction: Restriction) -> str:
        return display.moment(restriction.effective_at)

    @admin.display(description=_("Controller"))
    def controller(self, restriction: Restriction) -> str:
        return restriction.contact_point.controller.name


@admin.register(Suppression)
class SuppressionAdmin(StopList):
    search_label = _("Phone number or e-mail")
    list_display = ("entry", "scope_name", "scope_shown", "origin", "standing", "recorded", "by")
    controller_column = "controller"
    list_filter = (
        filters.OwnContactFilter,
        filters.ScopeFilter,
        filters.OriginFilter,
        filters.StandingFilter,
        filters.ChannelFilter,
        filters.ControllerFilter,
    )
    list_select_related = ("controller", "recorded_by")
    fields = (
        "entry",
        "controller",
        "scope_name",
        "scope_shown",
        "origin",
        "listed_on",
        "until",
        "recorded",
        "by",
        "way",
        "why",
        "lifts_shown",
        "lifting",
    )
    verbs = (
        REVEAL,
        Verb(
            "lift",
            # Translators: "Usuń z listy"
            _("Take off the list"),
            "consents.lift_restriction",
            LiftSuppressionForm,
            _("Taken off the list. The row that was stays as it is."),
            says=_(
                "Whoever has this number or address can be contacted again as far as their "
                "consents go, and can be imported again."
            ),
            tone="danger",
            blocked=_lifted,
        ),
    )
    # Not a verb on a record: it makes one.
    add_verb = Verb(
        "suppress",
        # Translators: "Dodaj do listy wykluczeń"
        _("Add to the suppression list"),
        "consents.lift_restriction",
        SuppressForm,
        _("On the list. What was typed is kept as a keyed digest alone."),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.suppress_view)
        return [path("suppress/", view, name="consents_suppression_suppress"), *super().get_urls()]

    def suppress_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(self.add_verb.permission):
            raise PermissionDenied
        form = SuppressForm(request.POST or None, user=request.user)
        if request.method == "POST" and form.is_valid() and form.act():
            self.message_user(request, self.add_verb.done)
            return HttpResponseRedirect(self._record_url(form.result))
        return asked(request, self.add_verb, form, **self.list_context())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        tools = []
        if request.user.has_perm(self.add_verb.permission):
            tools.append(Link(self.add_verb.label, "suppress/", "plus", "primary"))
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def revealed(self, record: Suppression) -> Lines:
        """The words heard, where the entry names their evidence; the contact is not known."""
        named = NAMED_EVIDENCE.search(record.reason)
        kept = Evidence.objects.filter(uuid=named[1]) if named else Evidence.objects.none()
        return evidence_lines(kept) or [(_("Evidence"), str(_("none is kept")))]

    def query_for(self, found: Found, typed: str) -> dict[str, str]:
        # People of the list are in no register: the digest itself is looked for.
        held = Suppression.objects.filter(hmac__in=digests(typed)).order_by()
        matches = sorted(set(held.values_list("hmac", flat=True)))
        return {"contact": ",".join(matches)} if matches else {}

    @admin.display(description=_("Keyed digest"))
    def entry(self, suppression: Suppression) -> str:
        return suppression.hmac[:12] + "…"

    @admin.display(description=_("What is closed"))
    def scope_name(self, suppression: Suppression) -> str:
        return suppression.get_scope_display()
