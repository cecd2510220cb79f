"""Automation tools: what they do to people, what is said about them, and their verbs."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import display, rules
from audit.admin import AuditedAdmin, AuditedImportExportMixin, AuditedInline
from audit.forms import choices_of
from audit.lists import RegisterList, SavedView
from audit.verbs import Verb, VerbsAdmin
from processors.admin import tool_page
from processors.admin.filters import YesFilter
from processors.admin.tool_forms import AnswerForm, PutInUseForm, RetireForm, VerifyForm
from processors.choices import ToolState
from processors.models import AutomationTool, Organisation, ToolAcceptance
from processors.resources import AutomationToolResource, ToolAcceptanceResource

FACTS = ("name", "kind", "vendor", "agreement")
DOES = ("records_calls", "uses_ai", "automated_decisions")
EMOTIONS_OF_AGENTS = ("emotion_agents_voice", "emotion_agents_face", "emotion_agents_text")
EMOTIONS_OF_CUSTOMERS = (
    "emotion_customers_voice",
    "emotion_customers_face",
    "emotion_customers_text",
)
SENTENCES = ("disclosure", "recording_sentence", "ai_sentence", "emotion_notice")
PROSE = ("decision_safeguards", "ai_vendor_clause", "dpia_location")
EVERYTHING = (
    *("slug", *FACTS, *DOES, *EMOTIONS_OF_AGENTS, *EMOTIONS_OF_CUSTOMERS, *PROSE),
    *(f"{name}_{language}" for name in SENTENCES for language in ("pl", "en")),
)
PEOPLE = ("proposed_by", "agreement_decided_by", "verified_by", "approved_by", "retired_by")


def in_two_languages(name: str) -> tuple[str, str]:
    return f"{name}_pl", f"{name}_en"


def needing_attention(tools: QuerySet) -> QuerySet:
    """Those with a finding, and those that wait for somebody's verb."""
    broken = rules.with_findings(AutomationTool.objects.all())
    waiting = AutomationTool.objects.waiting()
    return tools.filter(Q(pk__in=broken.values("pk")) | Q(pk__in=waiting.values("pk")))


class AttentionFilter(YesFilter):
    # Translators: "wymaga uwagi"
    title = _("needs attention")
    parameter_name = "attention"

    def narrowed(self, records: Any) -> Any:
        return needing_attention(records)


class VendorFilter(admin.SimpleListFilter):
    title = _("vendor")
    parameter_name = "vendor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        vendors = Organisation.objects.filter(tools__isnull=False).distinct()
        return [(str(each.pk), each.name) for each in vendors]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value() or ""
        return queryset.filter(vendor=chosen) if chosen.isdecimal() else queryset


def _attention() -> int:
    return needing_attention(AutomationTool.objects.all()).count()


class AcceptanceInline(AuditedInline):
    model = ToolAcceptance
    fields = ("client", "accepted_on", "accepted_by", "reference", "until")
    # Translators: "Akceptacje klientów"
    verbose_name_plural = _("acceptances by clients")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "client":
            options["queryset"] = Organisation.objects.filter(is_own=False)
        field = super().formfield_for_foreignkey(db_field, request, **options)
        field.choices = choices_of(field.queryset)
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("client")


def _awaits_verification(tool: AutomationTool) -> bool:
    return tool.state == ToolState.PROPOSED or (not tool.is_retired and tool.has_new_vendor)


def _awaits_use(tool: AutomationTool) -> bool:
    return tool.state in (ToolState.PROPOSED, ToolState.VERIFIED)


def _not_verified(tool: AutomationTool) -> Any:
    return _("The tool is verified first.") if tool.state == ToolState.PROPOSED else ""


def _stands(tool: AutomationTool) -> bool:
    return not tool.is_retired


@admin.register(AutomationTool)
class AutomationToolAdmin(AuditedImportExportMixin, RegisterList, VerbsAdmin, AuditedAdmin):
    parts = ("processors.toolacceptance",)
    resource_classes = (AutomationToolResource,)
    list_display = (
        "name",
        "state_badge",
        "kind",
        "vendor_name",
        "agreement_badge",
        "does",
        "since",
    )
    list_filter = (
        AttentionFilter,
        "state",
        "kind",
        VendorFilter,
        "uses_ai",
    )
    search_fields = ("name", "slug", "vendor__name")
    inlines = (AcceptanceInline,)
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Needs attention"), {"attention": "1"}, count=_attention),
        SavedView(pgettext_lazy("tools", "In use"), {"state__exact": ToolState.IN_USE}),
        SavedView(pgettext_lazy("tools", "Proposed"), {"state__exact": ToolState.PROPOSED}),
        SavedView(pgettext_lazy("tools", "Retired"), {"state__exact": ToolState.RETIRED}),
    )
    verbs = (
        Verb(
            "answer",
            # Translators: "Rozstrzygnij o umowie"
            _("Decide about the agreement"),
            "processors.answer_automationtool",
            AnswerForm,
            _("The answer is recorded."),
            says=_(
                "An agreement is needed where the vendor processes personal data on our behalf "
                "(Art. 28(3) GDPR). An auditor will read the reason."
            ),
            offered=_stands,
        ),
        Verb(
            "verify",
            pgettext_lazy("tool", "Verify"),
            "processors.verify_automationtool",
            VerifyForm,
            _("The tool is verified. Somebody else puts it in use."),
            says=_("You say that the facts on this page are what the tool does."),
            icon="check",
            offered=_awaits_verification,
        ),
        Verb(
            "put-in-use",
            # Translators: "Uruchom"
            _("Put in use"),
            "processors.approve_automationtool",
            PutInUseForm,
            _("The tool is in use from now on."),
            says=_(
                "From now on the tool may be used on people. Who verified it cannot be the one who "
                "puts it in use (Art. 38(6) GDPR)."
            ),
            tone="primary",
            icon="check",
            blocked=_not_verified,
            guarded_as="put_in_use",
            offered=_awaits_use,
            whose=_("An approver puts tools in use."),
        ),
        Verb(
            "retire",
            # Translators: "Wyłącz z użycia"
            pgettext_lazy("tool", "Retire"),
            "processors.retire_automationtool",
            RetireForm,
            _("The tool is retired."),
            says=_(
                "From now on the tool may not be used, and it does not come back: for another try "
                "propose a new one. Its data are to be returned or deleted (Art. 28(3)(g) GDPR)."
            ),
            tone="danger",
            offered=_stands,
        ),
    )
    change_form_template = "admin/processors/tool.html"

    class Media:
        css = {"all": ("ccgdpr/registers.css", "ccgdpr/tools.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tools = super().get_queryset(request).select_related("vendor", "agreement", *PEOPLE)
        lacking = AutomationTool.objects.without_agreement(timezone.localdate())
        return tools.annotate(
            lacks_agreement=Case(
                When(Exists(lacking.filter(pk=OuterRef("pk"))), then=Value(True)),
                default=Value(False),
            )
        )

    # The form -----------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: AutomationTool | None = None) -> Any:
        main = (
            (None, {"fields": ("name", "slug", "kind", "vendor", "agreement")}),
            (_("What it does"), {"classes": ("flags",), "fields": (DOES,)}),
        )
        told = {
            "classes": ("pairs",),
            "fields": (in_two_languages("disclosure"), in_two_languages("recording_sentence")),
        }
        # Translators: "Co wie osoba (art. 13 RODO)"
        rest = [(_("What people are told (Art. 13 GDPR)"), told), *_of_the_ai_act(obj)]
        if obj and obj.is_retired:
            after = {"fields": ("data_returned",)}
            rest.insert(0, (_("After it was retired (Art. 28(3)(g) GDPR)"), after))
        return (*main, *rest)

    def get_readonly_fields(
        self, request: HttpRequest, obj: AutomationTool | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        # Of what is over, only what became of the data is still open.
        return EVERYTHING if obj.is_retired else ("slug",)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: AutomationTool | None = None
    ) -> dict[str, Any]:
        return {} if obj else {"slug": ("name",)}

    def requires_reason(self, record: AutomationTool) -> bool:
        return record.state == ToolState.IN_USE

    # The page -----------------------------------------------------------------------------------

    def badge(self, record: AutomationTool) -> SafeString:  # type: ignore[override]
        return tool_page.state_badge(record)

    def timeline(self, record: AutomationTool) -> Any:  # type: ignore[override]
        return tool_page.timeline(record)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if tool := context.get("original"):
            context |= {
                "stages": tool_page.stages(tool),
                "answer": tool_page.answer_badge(tool),
                "agreements": tool_page.agreements(tool),
            }
        return super().render_change_form(request, context, *args, **options)

    # The list -----------------------------------------------------------------------------------

    @admin.display(description=pgettext_lazy("tool", "State"), ordering="state")
    def state_badge(self, tool: AutomationTool) -> SafeString:
        return tool_page.state_badge(tool)

    @admin.display(description=_("Vendor"), ordering="vendor__name")
    def vendor_name(self, tool: AutomationTool) -> str:
        return tool.vendor.name

    @admin.display(description=_("Agreement"), ordering="agreement_needed")
    def agreement_badge(self, tool: AutomationTool) -> SafeString:
        if not tool.agreement_needed or tool.answered_for_id != tool.vendor_id:
            return tool_page.answer_badge(tool)
        if tool.lacks_agreement:
            return display.badge(_("none in force"), "off" if tool.is_retired else "bad")
        return display.badge(pgettext_lazy("agreement", "In force"), "ok")

    @admin.display(description=_("What it does"))
    def does(self, tool: AutomationTool) -> str:
        names = [name for name in DOES if getattr(tool, name)]
        return ", ".join(str(tool._meta.get_field(name).verbose_name) for name in names)

    @admin.display(description=_("In use from"), ordering="in_use_from")
    def since(self, tool: AutomationTool) -> str:
        return display.day(tool.in_use_from)


def _of_the_ai_act(tool: AutomationTool | None) -> list[tuple[Any, dict[str, Any]]]:
    """Open where they concern the tool, folded where they do not."""
    return [
        (
            # Translators: "Zautomatyzowane decyzje (art. 22 RODO)"
            _("Automated decisions (Art. 22 GDPR)"),
            {
                "classes": _folded(tool is None or not tool.automated_decisions),
                "fields": ("decision_safeguards",),
                "description": _(
                    "A decision with legal or similar effect may rest on the tool alone only by "
                    "contract, law or explicit consent, and a person can always ask for a human."
                ),
            },
        ),
        (
            _("Talking to people (AI Act, Art. 50(1))"),
            {
                "classes": ("pairs", *_folded(tool is None or not tool.talks_to_people)),
                "fields": (in_two_languages("ai_sentence"), "ai_vendor_clause"),
                "description": _(
                    "Since 2 August 2026 a chatbot or voicebot presents itself as artificial "
                    "intelligence at the first contact. The duty binds the provider of the bot: "
                    "have it in the contract, and let the sentence be played."
                ),
            },
        ),
        (
            # Translators: "Rozpoznawanie emocji (akt w sprawie AI, art. 5 ust. 1 lit. f, …)"
            _("Emotion inference (AI Act, Art. 5(1)(f), 50(3))"),
            {
                "classes": (
                    "pairs",
                    "flags",
                    *_folded(tool is None or not (tool.uses_ai or tool.infers_emotions)),
                ),
                "fields": (
                    EMOTIONS_OF_AGENTS,
                    EMOTIONS_OF_CUSTOMERS,
                    in_two_languages("emotion_notice"),
                    "dpia_location",
                ),
                "description": _(
                    "Of agents by voice or face: prohibited since 2 February 2025. Of customers: "
                    "they are told, and the impact is assessed first. A tool that analyses both is "
                    "not put in use."
                ),
            },
        ),
    ]


def _folded(is_folded: bool) -> tuple[str, ...]:
    return ("collapse",) if is_folded else ()


@admin.register(ToolAcceptance)
class ToolAcceptanceAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (ToolAcceptanceResource,)
    list_display = ("tool_name", "client_name", "accepted_on", "accepted_by", "reference", "until")
    list_select_related = ("tool", "client")
    search_fields = ("tool__name", "client__name", "reference")
    fields = ("tool", "client", "accepted_on", "accepted_by", "reference", "until")

    def get_readonly_fields(
        self, request: HttpRequest, obj: ToolAcceptance | None = None
    ) -> tuple[str, ...]:
        # What the client accepted stays; another acceptance is another row.
        return ("tool", "client") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "client":
            options["queryset"] = Organisation.objects.filter(is_own=False)
        return super().formfield_for_foreignkey(db_field, request, **options)

    @admin.display(description=_("Tool"), ordering="tool__name")
    def tool_name(self, acceptance: ToolAcceptance) -> str:
        return acceptance.tool.name

    @admin.display(description=_("Client"), ordering="client__name")
    def client_name(self, acceptance: ToolAcceptance) -> str:
        return acceptance.client.name
