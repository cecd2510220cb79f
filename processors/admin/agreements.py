"""Agreements on processing: a form that reads like the agreement, and its verbs."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin
from audit.admin.documents import PdfMixin
from audit.lists import RegisterList, SavedView
from audit.verbs import Verb, VerbsAdmin
from processors.admin import agreement_page, filters, sheet, shown
from processors.admin.clauses import ClauseInline
from processors.admin.forms import AttachForm, ProveReturnForm, TerminateForm
from processors.choices import AgreementStatus
from processors.models import AgreementDocument, ProcessingAgreement
from processors.models.agreements import HEADER_TERMS
from processors.resources import ProcessingAgreementResource

CHANGE = "processors.change_processingagreement"


def _renewals() -> int:
    return ProcessingAgreement.objects.expiring(timezone.localdate()).count()


def _attention() -> int:
    return filters.needing_attention(ProcessingAgreement)


def _should_have_one(agreement: ProcessingAgreement) -> bool:
    return agreement.signed_on is not None and agreement.terminated_on is None


def _is_over(agreement: ProcessingAgreement) -> bool:
    return agreement.status == AgreementStatus.TERMINATED


@admin.register(ProcessingAgreement)
class ProcessingAgreementAdmin(
    AuditedImportExportMixin, RegisterList, PdfMixin, VerbsAdmin, AuditedAdmin
):
    parts = (
        "processors.agreementclause",
        "processors.agreementdocument",
        "processors.documentcheck",
    )
    resource_classes = (ProcessingAgreementResource,)
    pdf_template = "pdf/agreement.html"
    list_display = ("reference", "status_badge", "counterparty", "way_round", "ends", "document")
    list_filter = (
        filters.BrokenFilter,
        filters.RenewalFilter,
        filters.StatusFilter,
        filters.WayRoundFilter,
        "form",
        "sub_processing",
    )
    list_select_related = ("controller", "processor")
    search_fields = ("reference", "controller__name", "processor__name")
    inlines = (ClauseInline,)
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Needs attention"), {"attention": "1"}, count=_attention),
        # Translators: "Do odnowienia w ciągu 90 dni"
        SavedView(_("Renewals within 90 days"), {"renewal": "1"}, count=_renewals),
        # Translators: "Powierzamy"
        SavedView(_("We entrust"), {"way": "given"}),
        # Translators: "Powierzono nam"
        SavedView(_("Entrusted to us"), {"way": "taken"}),
        SavedView(_("Terminated"), {"status": AgreementStatus.TERMINATED}),
    )
    fieldsets = (
        (None, {"fields": ("reference", "controller", "processor")}),
        (
            _("What is entrusted (Art. 28(3) GDPR)"),
            {"fields": HEADER_TERMS, "classes": ("wide-texts", "before-clauses")},
        ),
        (
            _("Sub-processing and breaches (Art. 28(2), 33(2) GDPR)"),
            {"fields": ("sub_processing", "objection_days", "breach_notice_hours")},
        ),
        (
            _("Form (Art. 28(9) GDPR)"),
            {
                "fields": ("form", "nullity_clause"),
                "description": _(
                    "The GDPR asks for writing, electronic form included, and states no nullity. "
                    "Where the parties agreed a form under pain of nullity (art. 76 KC), a "
                    "documentary form may leave the agreement void."
                ),
            },
        ),
        (_("Dates"), {"fields": ("signed_on", "in_force_from", "in_force_until")}),
        (
            _("Termination (Art. 28(3)(g) GDPR)"),
            {"fields": ("terminated_on", "returned", "return_proof")},
        ),
    )
    readonly_fields = ("terminated_on", "returned", "return_proof")
    verbs = (
        Verb(
            "attach",
            # Translators: "Dołącz podpisany dokument"
            _("Attach signed document"),
            "processors.add_agreementdocument",
            AttachForm,
            _("The document is attached."),
            says=_(
                "The file is looked into first: it must be a plain PDF, without a password, "
                "scripts or files packed into it. A later version is attached beside it."
            ),
            icon="upload",
        ),
        Verb(
            "prove_return",
            # Translators: "Odnotuj zwrot lub usunięcie danych"
            _("Record return or deletion"),
            CHANGE,
            ProveReturnForm,
            _("What became of the data is recorded."),
            offered=_is_over,
        ),
        Verb(
            "terminate",
            # Translators: "Zakończ umowę"
            _("Terminate"),
            CHANGE,
            TerminateForm,
            _("The termination is recorded."),
            says=_(
                "From that day on no data may be processed under this agreement. Say what became "
                "of the data now, or record it later."
            ),
            tone="danger",
            offered=lambda agreement: agreement.terminated_on is None,
        ),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css", "ccgdpr/agreements.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        checked = AgreementDocument.objects.with_latest_state()
        documents = Prefetch("documents", checked.select_related("recorded_by"))
        return super().get_queryset(request).with_completeness().prefetch_related(documents)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        has_ended = obj is not None and obj.terminated_on is not None
        return self.fieldsets if has_ended else self.fieldsets[:-1]

    def requires_reason(self, record: ProcessingAgreement) -> bool:
        return record.is_in_force(timezone.localdate())

    def badge(self, record: ProcessingAgreement) -> SafeString:  # type: ignore[override]
        return shown.status(record)

    def timeline(self, record: ProcessingAgreement) -> Any:  # type: ignore[override]
        return agreement_page.timeline(record)

    def pdf_context(self, request: HttpRequest, record: ProcessingAgreement) -> dict[str, Any]:
        return sheet.context(record)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if agreement := context.get("original"):
            context["related"] = sheet.related(agreement)
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("Status"))
    def status_badge(self, agreement: ProcessingAgreement) -> SafeString:
        return shown.status(agreement)

    @admin.display(description=_("Other party"))
    def counterparty(self, agreement: ProcessingAgreement) -> str:
        return agreement.counterparty.name

    @admin.display(description=_("Way round"), ordering="processor__is_own")
    def way_round(self, agreement: ProcessingAgreement) -> str:
        return str(shown.way_round(agreement))

    @admin.display(description=_("Ends on"), ordering="in_force_until")
    def ends(self, agreement: ProcessingAgreement) -> str:
        return display.day(agreement.ends_on) or str(_("no end"))

    @admin.display(description=_("Signed document"))
    def document(self, agreement: ProcessingAgreement) -> SafeString:
        latest = shown.latest_document(agreement)
        if latest is None:
            return display.badge(_("none"), "bad" if _should_have_one(agreement) else "off")
        return shown.document_state(latest.latest_state)
