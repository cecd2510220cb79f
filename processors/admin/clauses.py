"""The clauses of Art. 28(3): the list of what is asked, and the answers of one agreement."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin, AuditedInline
from audit.forms import VersionForm
from audit.lists import RegisterList, SavedView
from processors.models import AgreementClause, ClauseItem
from processors.resources import AgreementClauseResource

# Translators: "brak"
MISSING = pgettext_lazy("clause", "Missing")
ANSWERS = ("found_at", "is_missing", "note")


class Line(NamedTuple):
    """One clause on the page: what is asked, its form where it can be answered, its answer."""

    item: ClauseItem
    form: forms.ModelForm | None
    clause: AgreementClause

    @property
    def answer(self) -> SafeString | str:
        return answer_of(self.clause, self.item)


def answer_of(clause: AgreementClause, item: ClauseItem) -> SafeString | str:
    """The number where it stands, or a badge that says why there is none."""
    if clause.found_at:
        return clause.found_at
    tone = "bad" if item.is_required else "warn"
    return display.badge(MISSING if clause.is_missing else _("Not answered"), tone)


class ClauseForm(VersionForm):
    class Meta:
        widgets = {
            "item": forms.HiddenInput,
            "found_at": forms.TextInput(attrs={"class": "vTextField", "placeholder": "§"}),
            "note": forms.TextInput(attrs={"class": "vTextField", "placeholder": _("note")}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_for("found_at", _("Clause number"))
        self.label_for("is_missing", MISSING)
        self.label_for("note", _("Note"))

    def label_for(self, name: str, label: Any) -> None:
        """A name for whoever hears the page: the column's heading alone is not read there."""
        if name in self.fields:
            self.fields[name].widget.attrs["aria-label"] = label

    def has_changed(self) -> bool:
        # A clause that nobody answered is not an answer.
        if not self.instance.pk and not any(name in self.changed_data for name in ANSWERS):
            return False
        return super().has_changed()


class ClauseFormSet(BaseInlineFormSet):
    """A form for every clause that is asked, answered or not, in the order of the Regulation."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        answered = {clause.item_id for clause in self.get_queryset()}
        asked = ClauseItem.objects.filter(active=True).order_by("position", "id")
        self.unanswered = [item for item in asked if item.pk not in answered]
        self.initial_extra = [{"item": item.pk} for item in self.unanswered]
        self.extra = len(self.unanswered)

    def get_queryset(self) -> Any:
        if not hasattr(self, "_queryset"):
            self._queryset = super().get_queryset().select_related("item")
        return self._queryset

    def clean(self) -> None:
        super().clean()
        agreement, reason = self.instance, self.data.get("change_cause")
        in_force = agreement.pk and agreement.is_in_force(timezone.localdate())
        if in_force and not reason and self.has_changed():
            raise ValidationError(gettext("This record is in force: say why you change it."))

    @property
    def lines(self) -> list[Line]:
        """Every clause in the order of the Regulation."""
        return sorted(self._lines(), key=lambda line: (line.item.position, line.item.pk))

    def _lines(self) -> Iterator[Line]:
        answered = [form for form in self.initial_forms if form.instance.pk]
        for form in answered:
            yield Line(form.instance.item, form, form.instance)
        # Whoever only reads has no forms for what is not answered.
        offered: list[Any] = [*self.extra_forms]
        offered += [None] * (len(self.unanswered) - len(offered))
        for item, form in zip(self.unanswered, offered, strict=False):
            yield Line(item, form, AgreementClause(item=item))


class ClauseInline(AuditedInline):
    model = AgreementClause
    form = ClauseForm
    formset = ClauseFormSet
    fields = ("item", *ANSWERS)
    template = "admin/processors/clauses.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("item__position", "item")


@admin.register(ClauseItem)
class ClauseItemAdmin(RegisterList, AuditedAdmin):
    list_display = ("cited", "name", "necessity", "asked")
    list_filter = ("is_required", "active")
    fields = ("slug", "article", ("name_pl", "name_en"), "position", "is_required", "active")
    ordering = ("position", "id")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Required"), {"is_required__exact": "1"}),
        SavedView(_("Not asked any more"), {"active__exact": "0"}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: ClauseItem | None = None
    ) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def requires_reason(self, record: Any) -> bool:
        return True

    @admin.display(description=_("Provision"), ordering="position")
    def cited(self, item: ClauseItem) -> str:
        return item.provision

    @admin.display(description=_("Name"), ordering="name_pl")
    def name(self, item: ClauseItem) -> str:
        return item.name

    @admin.display(description=_("Required"), ordering="is_required")
    def necessity(self, item: ClauseItem) -> str:
        return str(_("required") if item.is_required else _("recommended"))

    @admin.display(description=_("State"), ordering="active")
    def asked(self, item: ClauseItem) -> SafeString:
        if item.active:
            return display.badge(_("Asked"), "ok")
        return display.badge(_("Not asked any more"), "off")


@admin.register(AgreementClause)
class AgreementClauseAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    """Clauses of all agreements in one list: which of them is missing where."""

    resource_classes = (AgreementClauseResource,)
    list_display = ("reference", "clause", "answer", "note")
    list_filter = ("is_missing", "item", "agreement")
    list_select_related = ("agreement", "item")
    fields = ("agreement", "item", *ANSWERS)
    saved_views = (
        SavedView(_("All")),
        SavedView(MISSING, {"is_missing__exact": "1"}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: AgreementClause | None = None
    ) -> tuple[str, ...]:
        return ("agreement", "item") if obj else ()

    def requires_reason(self, record: Any) -> bool:
        return record.agreement.is_in_force(timezone.localdate())

    @admin.display(description=_("Agreement"), ordering="agreement__reference")
    def reference(self, clause: AgreementClause) -> str:
        return clause.agreement.reference

    @admin.display(description=_("Clause"), ordering="item__position")
    def clause(self, clause: AgreementClause) -> str:
        return str(clause.item)

    @admin.display(description=_("Found at"), ordering="found_at")
    def answer(self, clause: AgreementClause) -> SafeString | str:
        return answer_of(clause, clause.item)
