"""Where contacts come from, what people were shown there, and whether they were told (Art. 14)."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import helpers
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit import display
from audit.admin import AuditedAdmin, AuditedInline, ReadOnlyAdmin
from audit.admin.history import HistoryAdmin
from audit.lists import RegisterList, SavedView
from audit.verbs import Verb, VerbsAdmin
from consents.admin import filters, shown
from consents.admin.forms import (
    InformForm,
    InformManyForm,
    InformSourceForm,
    LocalMoment,
    WordingChoice,
)
from consents.admin.lists import RoomList, asked
from consents.admin.people import clock
from consents.models import Acquisition, ConsentWording, LeadSource, SourceWording
from processors.models import Organisation


def _nobody_waits(source: LeadSource) -> Any:
    waiting = Acquisition.objects.filter(source=source, informed_on=None, due_on__isnull=False)
    return "" if waiting.exists() else _("Nobody from here waits to be informed.")


class SourceWordingInline(AuditedInline):
    model = SourceWording
    fields = ("wording", "shown_from", "shown_until")
    # Translators: "Co pokazywało i kiedy"
    verbose_name_plural = _("what it showed, and when")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceWording]:
        return super().get_queryset(request).select_related("wording__purpose")

    def formfield_for_dbfield(self, field: Any, request: HttpRequest, **options: Any) -> Any:
        if field.name == "wording":
            return WordingChoice(self._wordings(request), label=_("Wording"))
        if field.name in ("shown_from", "shown_until"):
            return LocalMoment(label=field.verbose_name, required=not field.blank, help_text="")
        return super().formfield_for_dbfield(field, request, **options)

    def _wordings(self, request: HttpRequest) -> QuerySet[ConsentWording]:
        """Those of the source's own controller."""
        source = request.resolver_match.kwargs.get("object_id")
        wordings = ConsentWording.objects.select_related("purpose")
        if not source:
            return wordings
        controllers = LeadSource.objects.filter(pk=source).values("controller")
        return wordings.filter(purpose__activity__controller__in=controllers)


@admin.register(LeadSource)
class LeadSourceAdmin(RegisterList, VerbsAdmin, AuditedAdmin):
    list_display = ("name", "slug", "kind", "confirmation_asked", "proof_badge", "waiting")
    as_of_display = (
        "slug",
        "kind",
        "controller",
        "confirmation_asked",
        "confirmation_sent",
        "vendor",
        "names_controller",
    )
    list_filter = (filters.SourceKindFilter, filters.ControllerFilter)
    list_select_related = ("controller", "vendor")
    inlines = (SourceWordingInline,)
    verbs = (
        Verb(
            "inform",
            # Translators: "Odnotuj poinformowanie"
            _("Record informing"),
            "consents.change_acquisition",
            InformSourceForm,
            _("Everybody meant counts as informed."),
            says=_("One entry of the trail for all people from this source who still wait."),
            blocked=_nobody_waits,
        ),
    )
    fieldsets = (
        (None, {"fields": ("slug", "kind", "name_pl", "name_en", "controller")}),
        (_("Consents from here"), {"fields": ("confirmation_asked", "confirmation_sent")}),
        (
            # Translators: "Dane nie od osoby (art. 14)"
            _("Data not from the person (Art. 14)"),
            {
                "fields": (
                    "vendor",
                    "contract",
                    "collection_text",
                    "controllers_named",
                    "names_controller",
                    "proof",
                    "proof_on",
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: LeadSource | None = None) -> Any:
        # Machines already use the key; people and consents hang on the controller.
        return ("slug", "controller") if obj else ()

    def get_list_display(self, request: HttpRequest) -> Any:
        return (
            (*self.list_display, "controller") if shown.several_controllers() else self.list_display
        )

    def requires_reason(self, record: LeadSource) -> bool:
        return record.shown.exists() or record.acquisitions.exists()

    @admin.display(description=_("Name"))
    def name(self, source: LeadSource) -> str:
        return source.name

    @admin.display(description=_("Proof"))
    def proof_badge(self, source: LeadSource) -> str:
        if not source.is_from_others:
            return display.badge(_("From the person"), "off")
        if source.names_controller:
            return display.badge(_("Proved"), "ok")
        return display.badge(_("No proof"), "bad")

    @admin.display(description=_("Art. 14"))
    def waiting(self, source: LeadSource) -> str:
        if not source.is_overdue:
            return shown.NOTHING
        return display.badge(_("Overdue"), "bad", "alert")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeadSource]:
        overdue = Acquisition.objects.overdue(timezone.localdate()).filter(source=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_overdue=Exists(overdue))

    def formfield_for_foreignkey(self, field: Any, request: HttpRequest, **options: Any) -> Any:
        if field.name == "vendor":
            options["queryset"] = Organisation.objects.filter(is_own=False)
        return super().formfield_for_foreignkey(field, request, **options)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        if source := context.get("original"):
            context |= self.page(source)
            if request.user.has_perm("consents.view_acquisition"):
                context["list_url"] = reverse("admin:consents_acquisition_changelist")
        return super().render_change_form(request, context, *args, **options)

    def page(self, source: LeadSource) -> dict[str, Any]:
        """How many people came from here, and how many of them still wait for Art. 14."""
        all_of_it = Acquisition.objects.filter(source=source)
        waiting = all_of_it.filter(informed_on=None, due_on__isnull=False)
        return {
            "people": shown.capped(all_of_it),
            "waiting": shown.capped(waiting),
            "overdue": shown.capped(waiting.filter(due_on__lt=timezone.localdate())),
        }


@admin.register(Acquisition)
class AcquisitionAdmin(RoomList, VerbsAdmin, HistoryAdmin, ReadOnlyAdmin):
    search_label = _("Phone number, e-mail or id of a person")
    list_display = ("contact", "clock", "source_name", "obtained", "due", "informed_and_how")
    as_of_display = ("contact_point", "source", "obtained_on", "due_on", "informed_on")
    controller_column = "controller"
    list_filter = (
        filters.ContactFilter,
        filters.PersonFilter,
        filters.InformedFilter,
        filters.SourceFilter,
        filters.SourceControllerFilter,
    )
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Overdue"), {"art14": "overdue"}),
        SavedView(_("Still to inform"), {"art14": "waiting"}),
    )
    list_select_related = ("contact_point", "source__controller")
    actions = ("inform_many",)
    fields = (
        "contact_link",
        "source",
        "obtained",
        "due",
        "informed",
        "how",
    )
    verbs = (
        Verb(
            "inform",
            # Translators: "Odnotuj poinformowanie"
            _("Record informing"),
            "consents.change_acquisition",
            InformForm,
            _("The person counts as informed."),
            blocked=lambda row: _("Already informed.") if row.informed_on else "",
        ),
    )

    def has_inform_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("consents.change_acquisition")

    # Translators: "Odnotuj poinformowanie zaznaczonych"
    @admin.action(description=_("Record informing of the selected"), permissions=["inform"])
    def inform_many(
        self, request: HttpRequest, selected: QuerySet[Acquisition]
    ) -> HttpResponse | None:
        waiting = Acquisition.objects.filter(pk__in=selected.values("pk"), informed_on=None)
        data = request.POST if "informed_on" in request.POST else None
        form = InformManyForm(data, waiting=waiting, user=request.user)
        if data and form.is_valid() and form.act():
            self.message_user(request, informed(form.result))
            return None
        return self._asked_of_many(request, form)

    def _asked_of_many(self, request: HttpRequest, form: InformManyForm) -> HttpResponse:
        keys = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        return asked(
            request,
            self.verbs[0],
            form,
            hidden=[("action", "inform_many"), *((helpers.ACTION_CHECKBOX_NAME, k) for k in keys)],
            record_title=ngettext("%(n)d person", "%(n)d people", len(keys)) % {"n": len(keys)},
            **self.list_context(),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        context["record_title"] = self.record_title(context["original"])
        return super().render_change_form(request, context, *args, **options)

    def badge(self, record: Acquisition) -> str:
        return clock(record)

    def record_title(self, row: Acquisition) -> str:
        return f"{shown.contact(row.contact_point)} · {row.source.name}"

    @admin.display(description=_("Contact"))
    def contact(self, row: Acquisition) -> str:
        return shown.contact(row.contact_point)

    @admin.display(description=_("Contact"))
    def contact_link(self, row: Acquisition) -> str:
        return shown.link(self.contact(row), row.contact_point)

    @admin.display(description=_("Art. 14"))
    def clock(self, row: Acquisition) -> str:
        return clock(row)

    @admin.display(description=_("Source"))
    def source_name(self, row: Acquisition) -> str:
        return row.source.name

    @admin.display(description=_("Obtained"))
    def obtained(self, row: Acquisition) -> str:
        return display.day(row.obtained_on)

    @admin.display(description=_("Inform by"))
    def due(self, row: Acquisition) -> str:
        return display.day(row.due_on) or shown.NOTHING

    @admin.display(description=_("Informed"))
    def informed(self, row: Acquisition) -> str:
        return display.day(row.informed_on) or shown.NOTHING

    @admin.display(description=_("Informed"))
    def informed_and_how(self, row: Acquisition) -> Any:
        if not row.informed_on:
            return shown.NOTHING
        return format_html(
            '{} <span class="meta">{}</span>', display.day(row.informed_on), row.informed_how
        )

    @admin.display(description=_("How informed"))
    def how(self, row: Acquisition) -> str:
        return row.informed_how or shown.NOTHING

    @admin.display(description=_("Controller"))
    def controller(self, row: Acquisition) -> str:
        return row.source.controller.name


def informed(count: int) -> str:
    return ngettext(
        "%(n)d person counts as informed.", "%(n)d people count as informed.", count
    ) % {"n": count}
