"""Base admins: registers that ask why and keep history, and tables that nobody edits."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from audit import rules
from audit.act import acting
from audit.admin.history import HistoryAdmin
from audit.admin.one_save import OneSaveAdmin, is_written
from audit.dates import SplitMoment
from audit.forms import ASKED, ChangeForm, VersionForm, reason_of
from audit.lists import parts_of, whole_of
from audit.mending import for_reader
from audit.panels import panels_of
from audit.verbs import VerbsAdmin
from audit.way_back import Place, tokens_of

# What Django itself adds to the name of a filtered field.
LOOKUPS = ("", "__exact", "__isnull", "__id__exact", "__in", "__gte", "__lt", "__lte")


class HouseAdmin(admin.ModelAdmin):
    """What every screen of the house keeps to: nothing is deleted, no second change log.

    ``parts`` are registers (``app.model``) whose rows hang on this one's: too small for the menu,
    their lists are reached from here and lead back.
    """

    parts: Sequence[str] = ()
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {models.DateTimeField: {"widget": SplitMoment}}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # Stock Django would answer "?name__startswith=K" for any column (security.md 19).
        names = [_filtered(each) for each in self.get_list_filter(request)]
        return any(lookup == f"{name}{tail}" for name in names if name for tail in LOOKUPS)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # A list is posted to for its actions; where somebody has none, there is nothing to post.
        if request.method not in ("GET", "HEAD") and not self.get_actions(request):
            raise PermissionDenied
        around = {"parts": parts_of(self, request), "whole": whole_of(self, request)}
        return super().changelist_view(request, {**around, **(extra_context or {})})

    # Our own history is the log; Django's would copy titles into a table that nothing erases.

    def log_addition(self, *args: Any) -> None:
        return None

    def log_change(self, *args: Any) -> None:
        return None

    def log_deletions(self, *args: Any) -> None:
        return None


def _filtered(declared: Any) -> str:
    declared = declared[0] if isinstance(declared, list | tuple) else declared
    return declared if isinstance(declared, str) else getattr(declared, "parameter_name", "") or ""


class RecordAdmin(HouseAdmin):
    """A record's page: its state, what stands in the way, its verbs, and what happened to it."""

    def badge(self, record: models.Model) -> Any:
        """The record's state (``audit.display.badge``); empty where it has none."""
        return ""

    def offered_verbs(self, request: HttpRequest, record: models.Model) -> Sequence[Any]:
        """Verbs as buttons; an admin has its own by ``VerbsAdmin`` before this class."""
        return self.links(request, record) if isinstance(self, VerbsAdmin) else ()

    def offered_gates(self, record: models.Model) -> Sequence[Any]:
        """What guarded verbs wait for (``audit.verbs.Gate``)."""
        return self.gates(record) if isinstance(self, VerbsAdmin) else ()

    def findings(self, record: models.Model) -> Sequence[Any]:
        return rules.findings_for(record)

    def timeline(self, record: models.Model) -> Sequence[Any]:
        """Steps with at, tone, icon, title and meta, the newest first."""
        return ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if record := options.get("obj"):
            outer = tokens_of(request)
            context = {
                "badge": self.badge(record),
                "findings": for_reader(self.findings(record), request.user, Place.RECORD, outer),
                "verbs": self.offered_verbs(request, record),
                "gates": [gate.read_by(request.user, outer) for gate in self.offered_gates(record)],
                "panels": panels_of(record, request.user),
                "timeline": self.timeline(record),
                **context,
            }
        return super().render_change_form(request, context, *args, **options)


class AuditedAdmin(OneSaveAdmin, HistoryAdmin, RecordAdmin):
    """The screen of a register (``AuditedModel``): asks why, and never overwrites a colleague."""

    def requires_reason(self, record: models.Model) -> bool:
        """Whether an edit must say why: true for what is published, approved or in force."""
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **options)
        if not change or not self.has_change_permission(request, obj):
            return form
        asking = {"requires_reason": staticmethod(self.requires_reason)}
        return type(form.__name__, (_before(form, ChangeForm), form), asking)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return [name for name in super().get_fields(request, obj) if name not in ASKED]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        context["reason_fields"] = [form[name] for name in ASKED if name in form.fields]
        return super().render_change_form(request, context, *args, **options)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **options: Any
    ) -> HttpResponse:
        with acting(reason=reason_of(request.POST)):
            return super().changeform_view(request, object_id, *args, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if is_written(form, change):
            obj.save()


class AuditedInline(admin.TabularInline):
    """Audited rows under a record: ended by a date, never deleted."""

    form = VersionForm
    template = "admin/table_inline.html"
    extra = 0
    can_delete = False
    show_change_link = False

    formfield_overrides = {models.DateTimeField: {"widget": SplitMoment}}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """Heads of columns are no labels: each field says to a reader of screens what it is."""
        formset = super().get_formset(request, obj, **options)
        for field in formset.form.base_fields.values():
            if field.label:
                field.widget.attrs.setdefault("aria-label", field.label)
        return formset

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        names = [name for name in super().get_fields(request, obj) if name not in ASKED]
        # Readers see columns alone; the token is no column.
        writes = self.has_change_permission(request, obj) or self.has_add_permission(request, obj)
        return [*names, "seen_version"] if writes else names


class ReadOnlyAdmin(RecordAdmin):
    """Logs, append-only and derived tables: looked at, never written, not even by a superuser."""

    actions: Any = None
    # Says on the record's page why there is no save button.
    why_read_only: Any = _("Written once: nobody can change or delete it.")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Stock Django would show its own log here, which the house does not keep."""
        if isinstance(self, HistoryAdmin):
            return super().history_view(request, *args, **options)
        raise Http404

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        context["why_read_only"] = self.why_read_only
        context["keeps_history"] = isinstance(self, HistoryAdmin)
        return super().render_change_form(request, context, *args, **options)


def _before(form: type[ModelForm], asked: type[ModelForm]) -> type[ModelForm]:
    """``asked`` as a base that may stand before ``form`` in the MRO."""
    return asked if not issubclass(form, asked) else form
