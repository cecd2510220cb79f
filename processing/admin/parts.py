"""What an activity involves, as rows under it and as registers of their own."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.forms import BaseInlineFormSet, ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display, forms
from audit.admin import AuditedAdmin, AuditedImportExportMixin, AuditedInline
from audit.lists import RegisterList, SavedView
from processing import resources
from processing.admin import shown
from processing.admin.days import PartForm
from processing.models import (
    ActivityPart,
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ProcessingActivity,
    RetentionRule,
)
from processors.models import Organisation, Transfer

NOTHING = "—"


def transfer_words(transfer: Transfer) -> str:
    """Where to, to whom, on what basis."""
    basis = transfer.get_mechanism_display() or _("no basis")
    return f"{transfer.country} · {transfer.organisation} · {basis}"


# How a related record reads in a list of choices; others by their own name.
LABELS: dict[type[Model], Callable[[Any], str]] = {Transfer: transfer_words}


def choices_of(records: QuerySet) -> list[tuple[Any, str]]:
    """As rows of this room name them."""
    return forms.choices_of(records, LABELS.get(records.model, str))


class PartFormSet(BaseInlineFormSet):
    """Asks why, as the activity's own form does, where the activity is carried out."""

    def clean(self) -> None:
        super().clean()
        activity = self.instance
        if not (activity.pk and activity.is_carried_out and self.has_changed()):
            return
        if not self.data.get("change_cause"):
            self._non_form_errors.append(_("This record is in force: say why you change it."))


class PartInline(AuditedInline):
    """Rows that stand in a line on a desk and under each other on a phone."""

    template = "admin/edit_inline/stacked.html"
    form = PartForm
    formset = PartFormSet
    classes = ("parts",)
    # What a row needs beside it, so that many rows take no more queries than one.
    related: Sequence[str] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.related)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **options: Any
    ) -> ModelChoiceField | None:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field is not None and db_field.name != "activity":
            field.queryset = self.offered(db_field.name, field.queryset, request)
            field.choices = choices_of(field.queryset)
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if hasattr(field, "widget") and hasattr(field.widget, "can_add_related"):
            # A row is narrow: what is missing can be added, the rest has a page of its own.
            field.widget.can_change_related = field.widget.can_view_related = False
        return field

    def offered(self, name: str, records: QuerySet, request: HttpRequest) -> QuerySet:
        return records


class ProcessorInline(PartInline):
    model = ActivityProcessor
    fields = (("organisation", "agreement", "since", "until", "covered"),)
    readonly_fields = ("covered",)
    related = ("organisation", "agreement")
    verbose_name_plural = _("Processors (Art. 28)")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActivityProcessor]:
        return super().get_queryset(request).with_cover(timezone.localdate())

    def offered(self, name: str, records: QuerySet, request: HttpRequest) -> QuerySet:
        return records.given() if name == "agreement" else records.filter(is_own=False)

    @admin.display(description=_("Agreement in force"))
    def covered(self, part: ActivityProcessor) -> SafeString | str:
        if not part.pk:
            return NOTHING
        if not part.is_running:
            return display.badge(_("Ended"))
        if part.is_covered:
            return display.badge(_("In force"), "ok")
        return display.badge(_("None"), "bad")


class ToolInline(PartInline):
    model = ActivityTool
    fields = (("tool", "since", "until", "state"),)
    readonly_fields = ("state",)
    related = ("tool",)
    verbose_name_plural = _("Tools")

    @admin.display(description=_("State"))
    def state(self, part: ActivityTool) -> str:
        return str(part.tool.get_state_display()) if part.pk else NOTHING


class RecipientInline(PartInline):
    model = ActivityRecipient
    fields = (("recipient", "since", "until"),)
    related = ("recipient",)
    verbose_name_plural = _("Recipients by name or category")


class TransferInline(PartInline):
    model = ActivityTransfer
    fields = (("transfer", "since", "until", "words"),)
    readonly_fields = ("words",)
    related = ("transfer__organisation",)
    verbose_name_plural = _("Transfers")

    def offered(self, name: str, records: QuerySet, request: HttpRequest) -> QuerySet:
        return records.select_related("organisation")

    @admin.display(description=_("To whom and on what basis"))
    def words(self, part: ActivityTransfer) -> str:
        return transfer_words(part.transfer) if part.pk else NOTHING


class RetentionInline(PartInline):
    model = RetentionRule
    fields = (
        ("what_pl", "what_en"),
        ("period", "unit", "trigger", "to_year_end"),
        ("action", "legal_hold", "basis"),
        ("since", "until"),
    )
    related = ("trigger",)
    verbose_name_plural = _("Retention rules")

    def offered(self, name: str, records: QuerySet, request: HttpRequest) -> QuerySet:
        """A trigger out of use stays for the rules that have it."""
        activity = request.resolver_match.kwargs.get("object_id") or 0
        used = RetentionRule.objects.filter(activity=activity).values("trigger")
        return records.filter(Q(active=True) | Q(pk__in=used))


INLINES = (ProcessorInline, ToolInline, RecipientInline, TransferInline, RetentionInline)


# Registers of their own ---------------------------------------------------------------------------


class RunningFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Running")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "now":
            return queryset.running()
        if self.value() == "ended":
            return queryset.filter(until__lte=timezone.now())
        return queryset


class ActivityFilter(admin.SimpleListFilter):
    title = _("activity")
    parameter_name = "activity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(each.pk), each) for each in ProcessingActivity.objects.all()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(activity=self.value()) if self.value() else queryset


class PartAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    """One kind of part over all activities; a part moves to no other activity."""

    form = PartForm
    what = ""  # the field that names the part
    list_filter: Sequence[Any] = (RunningFilter, ActivityFilter)
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Running"), {"state": "now"}),
        SavedView(_("Ended"), {"state": "ended"}),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        return ("thing", "activity_name", *self.list_columns, "state", "from_day", "until_day")

    list_columns: Sequence[str] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return ("activity", self.what) if obj else ()

    def requires_reason(self, record: ActivityPart) -> bool:
        return record.is_running

    def badge(self, record: ActivityPart) -> SafeString | str:
        return self.state(record)

    def record_title(self, record: Any) -> str:
        return f"{getattr(record, self.what)} · {record.activity}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        if record := options.get("obj"):
            context["record_title"] = self.record_title(record)
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("What"))
    def thing(self, part: Any) -> str:
        record = getattr(part, self.what)
        return LABELS.get(type(record), str)(record)

    @admin.display(description=_("Activity"), ordering="activity__number")
    def activity_name(self, part: Any) -> SafeString:
        url = reverse("admin:processing_processingactivity_change", args=[part.activity_id])
        return format_html('<a href="{}">{}</a>', url, part.activity)

    @admin.display(description=_("State"), ordering="until")
    def state(self, part: ActivityPart) -> SafeString:
        words = (_("Planned"), _("Running"), _("Ended"))
        return shown.period(part.since, part.until, words=words)

    @admin.display(description=_("Since"), ordering="since")
    def from_day(self, part: ActivityPart) -> str:
        return display.day(part.since)

    @admin.display(description=_("Until"), ordering="until")
    def until_day(self, part: ActivityPart) -> str:
        return display.day(part.until)


@admin.register(ActivityProcessor)
class ActivityProcessorAdmin(PartAdmin):
    resource_classes = (resources.ActivityProcessorResource,)
    what = "organisation"
    fields = ("activity", "organisation", "agreement", ("since", "until"))
    list_select_related = ("activity", "organisation", "agreement")
    list_columns = ("agreement",)
    search_fields = ("organisation__name", "activity__name_pl", "activity__name_en")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "organisation":
            options["queryset"] = Organisation.objects.filter(is_own=False)
        return super().formfield_for_foreignkey(db_field, request, **options)


@admin.register(ActivityTool)
class ActivityToolAdmin(PartAdmin):
    resource_classes = (resources.ActivityToolResource,)
    what = "tool"
    fields = ("activity", "tool", ("since", "until"))
    list_select_related = ("activity", "tool")
    search_fields = ("tool__name", "activity__name_pl", "activity__name_en")


@admin.register(ActivityRecipient)
class ActivityRecipientAdmin(PartAdmin):
    resource_classes = (resources.ActivityRecipientResource,)
    what = "recipient"
    fields = ("activity", "recipient", ("since", "until"))
    list_select_related = ("activity", "recipient")
    search_fields = (
        "recipient__name_pl",
        "recipient__name_en",
        "activity__name_pl",
        "activity__name_en",
    )


@admin.register(ActivityTransfer)
class ActivityTransferAdmin(PartAdmin):
    resource_classes = (resources.ActivityTransferResource,)
    what = "transfer"
    fields = ("activity", "transfer", ("since", "until"))
    list_select_related = ("activity", "transfer__organisation")
    search_fields = ("transfer__organisation__name", "activity__name_pl", "activity__name_en")

    def record_title(self, record: ActivityTransfer) -> str:
        return f"{transfer_words(record.transfer)} · {record.activity}"


@admin.register(RetentionRule)
class RetentionRuleAdmin(PartAdmin):
    resource_classes = (resources.RetentionRuleResource,)
    what = "what"
    fieldsets = (
        (None, {"classes": ("pairs",), "fields": ("activity", ("what_pl", "what_en"))}),
        (
            _("How long"),
            {"fields": (("period", "unit"), "trigger", "to_year_end")},
        ),
        (_("What happens then"), {"fields": ("action", "legal_hold", "basis")}),
        (_("Period"), {"fields": (("since", "until"),)}),
    )
    list_select_related = ("activity", "trigger")
    list_columns = ("how_long", "action")
    list_filter = (RunningFilter, "action", "legal_hold", ActivityFilter)
    search_fields = ("what_pl", "what_en", "activity__name_pl", "activity__name_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return ("activity",) if obj else ()

    @admin.display(description=_("How long"))
    def how_long(self, rule: RetentionRule) -> str:
        return rule.how_long
