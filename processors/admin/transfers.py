"""Where data go: sub-processors, third countries, and which countries count as adequate."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin
from audit.lists import RegisterList, SavedView
from processors.admin import filters, shown
from processors.models import AdequacyDecision, SubProcessor, Transfer
from processors.models.transfers import is_running
from processors.resources import SubProcessorResource, TransferResource

# A link for people to follow; the house itself asks nobody.
EUR_LEX = "https://eur-lex.europa.eu/legal-content/{language}/TXT/?uri=CELEX:{celex}"


def _sub_processors_waiting() -> int:
    return filters.needing_attention(SubProcessor)


def _transfers_waiting() -> int:
    return filters.needing_attention(Transfer)


@admin.register(SubProcessor)
class SubProcessorAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (SubProcessorResource,)
    list_display = ("name", "state", "subject", "reference", "way_round", "from_day", "until_day")
    list_filter = (filters.BrokenFilter, filters.RunningFilter)
    list_select_related = ("organisation", "agreement__controller")
    search_fields = ("organisation__name", "agreement__reference", "subject")
    fields = ("agreement", "organisation", "subject", "authorised_on", "since", "until")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Needs attention"), {"attention": "1"}, count=_sub_processors_waiting),
        SavedView(_("Engaged now"), {"period": "now"}),
    )

    def requires_reason(self, record: SubProcessor) -> bool:
        return is_running(record, timezone.localdate())

    def badge(self, record: SubProcessor) -> SafeString:  # type: ignore[override]
        return shown.authorisation(record, timezone.localdate())

    @admin.display(description=_("Sub-processor"), ordering="organisation__name")
    def name(self, record: SubProcessor) -> str:
        return record.organisation.name

    @admin.display(description=_("State"), ordering="authorised_on")
    def state(self, record: SubProcessor) -> SafeString:
        return shown.authorisation(record, timezone.localdate())

    @admin.display(description=_("Agreement"), ordering="agreement__reference")
    def reference(self, record: SubProcessor) -> str:
        return record.agreement.reference

    @admin.display(description=_("Way round"), ordering="agreement__controller__is_own")
    def way_round(self, record: SubProcessor) -> str:
        return str(shown.way_round(record.agreement))

    @admin.display(description=_("From"), ordering="since")
    def from_day(self, record: SubProcessor) -> str:
        return display.day(record.since)

    @admin.display(description=_("Until"), ordering="until")
    def until_day(self, record: SubProcessor) -> str:
        return display.day(record.until) or str(_("no end"))


@admin.register(Transfer)
class TransferAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (TransferResource,)
    list_display = ("importer", "country", "basis", "assessed", "checked", "review", "until_day")
    list_filter = (filters.BrokenFilter, filters.RunningFilter, "mechanism")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "country")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Needs attention"), {"attention": "1"}, count=_transfers_waiting),
        SavedView(_("Going on"), {"period": "now"}),
        SavedView(_("DPF"), {"mechanism__exact": "dpf"}),
    )
    fieldsets = (
        (None, {"fields": ("organisation", "country", "agreement", "since", "until")}),
        (
            _("On what basis (Chapter V GDPR)"),
            {
                "fields": ("mechanism", "scc_module", "derogation_reason", "fallback"),
                "description": _(
                    "The clauses of decision 2021/914 are a basis for transfers. Those of decision "
                    "2021/915 bind controller and processor under Art. 28(7), and are none."
                ),
            },
        ),
        (_("Assessment of the third country (TIA)"), {"fields": ("tia_on", "tia_note")}),
        (_("Checks"), {"fields": ("checked_on", "review_on")}),
    )

    def requires_reason(self, record: Transfer) -> bool:
        return is_running(record, timezone.localdate())

    def badge(self, record: Transfer) -> SafeString:  # type: ignore[override]
        return shown.basis(record)

    @admin.display(description=_("Data importer"), ordering="organisation__name")
    def importer(self, transfer: Transfer) -> str:
        return transfer.organisation.name

    @admin.display(description=_("On what basis"), ordering="mechanism")
    def basis(self, transfer: Transfer) -> SafeString:
        return shown.basis(transfer)

    @admin.display(description=_("TIA"), ordering="tia_on")
    def assessed(self, transfer: Transfer) -> str:
        return display.day(transfer.tia_on)

    @admin.display(description=_("Checked"), ordering="checked_on")
    def checked(self, transfer: Transfer) -> str:
        return display.day(transfer.checked_on)

    @admin.display(description=_("Check again on"), ordering="review_on")
    def review(self, transfer: Transfer) -> str:
        return display.day(transfer.review_on)

    @admin.display(description=_("Until"), ordering="until")
    def until_day(self, transfer: Transfer) -> str:
        return display.day(transfer.until) or str(_("no end"))


@admin.register(AdequacyDecision)
class AdequacyDecisionAdmin(RegisterList, AuditedAdmin):
    list_display = ("name", "country", "official", "scope", "from_day", "until_day")
    list_filter = (filters.RunningFilter,)
    fields = (
        "slug",
        "country",
        ("name_pl", "name_en"),
        ("number", "official"),
        "certified_only",
        "since",
        "until",
    )
    saved_views = (
        SavedView(_("All")),
        SavedView(_("In force now"), {"period": "now"}),
        SavedView(_("Fallen"), {"period": "over"}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: AdequacyDecision | None = None
    ) -> tuple[str, ...]:
        return ("slug", "official") if obj else ("official",)

    def requires_reason(self, record: Any) -> bool:
        return True

    @admin.display(description=_("In EUR-Lex"), ordering="number")
    def official(self, decision: AdequacyDecision) -> SafeString | str:
        if not decision.celex:
            return ""
        language = (get_language() or "pl")[:2].upper()
        address = EUR_LEX.format(language=language, celex=decision.celex)
        return format_html('<a href="{}" rel="noreferrer">{}</a>', address, decision.number)

    @admin.display(description=_("Name"), ordering="name_pl")
    def name(self, decision: AdequacyDecision) -> str:
        return decision.name

    @admin.display(description=_("For whom"), ordering="certified_only")
    def scope(self, decision: AdequacyDecision) -> str:
        return str(_("certified recipients only") if decision.certified_only else _("everybody"))

    @admin.display(description=_("From"), ordering="since")
    def from_day(self, decision: AdequacyDecision) -> str:
        return display.day(decision.since)

    @admin.display(description=_("Until"), ordering="until")
    def until_day(self, decision: AdequacyDecision) -> str:
        return display.day(decision.until) or str(_("no end"))
