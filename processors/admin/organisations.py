"""Controllers and processors: the centre itself, its clients, vendors and partners."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin
from audit.lists import RegisterList, SavedView
from processors.choices import Diligence
from processors.models import Organisation
from processors.resources import OrganisationResource

TONES = {
    Diligence.NOT_CHECKED: "warn",
    Diligence.SUFFICIENT: "ok",
    Diligence.CONDITIONAL: "warn",
    Diligence.INSUFFICIENT: "bad",
}


class OrganisationForm(forms.ModelForm):
    nip = forms.CharField(
        label=_("NIP"), max_length=16, required=False, help_text=_("Ten digits, dashes allowed.")
    )


class AttentionFilter(admin.SimpleListFilter):
    # Translators: "wymaga uwagi"
    title = _("needs attention")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting_for_review(timezone.localdate()) if self.value() else queryset


def _waiting() -> int:
    return Organisation.objects.waiting_for_review(timezone.localdate()).count()


@admin.register(Organisation)
class OrganisationAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (OrganisationResource,)
    form = OrganisationForm
    list_display = ("name", "part", "verification", "review_on", "nip", "dpo_name")
    list_filter = (AttentionFilter, "diligence", "is_own")
    search_fields = ("name", "slug", "nip", "krs")
    # Translators: "Nazwa, NIP lub KRS"
    search_help_text = _("Name, NIP or KRS")
    ordering = ("-is_own", "name")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Needs attention"), {"attention": "1"}, count=_waiting),
        SavedView(_("Not checked"), {"diligence__exact": Diligence.NOT_CHECKED}),
    )
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_own", "nip", "krs", "country", "address")}),
        (_("Contact"), {"fields": ("email", "phone", "representative")}),
        (
            _("Data protection officer"),
            {"fields": ("dpo_name", "dpo_email", "dpo_phone")},
        ),
        (
            # Translators: "Weryfikacja gwarancji (art. 28 ust. 1 RODO)"
            _("Verification of guarantees (Art. 28(1) GDPR)"),
            {"fields": ("diligence", "diligence_on", "diligence_review_on", "diligence_note")},
        ),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Organisation | None = None
    ) -> tuple[str, ...]:
        # Files and commands already use the key.
        return ("slug",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Organisation | None = None
    ) -> dict[str, Any]:
        return {} if obj else {"slug": ("name",)}

    def badge(self, record: Organisation) -> SafeString | str:
        return self.verification(record)

    @admin.display(description=_("Part"), ordering="is_own")
    def part(self, organisation: Organisation) -> str:
        return str(_("our own centre")) if organisation.is_own else ""

    @admin.display(description=_("Guarantees"), ordering="diligence")
    def verification(self, organisation: Organisation) -> SafeString | str:
        if organisation.is_own:
            return ""
        if organisation.is_review_due(timezone.localdate()):
            return display.badge(_("Verify again"), "warn")
        return display.badge(organisation.get_diligence_display(), TONES[organisation.diligence])

    @admin.display(description=_("Verify again on"), ordering="diligence_review_on")
    def review_on(self, organisation: Organisation) -> str:
        return display.day(organisation.diligence_review_on)
