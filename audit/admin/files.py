"""Import and export of a register on its own list: by permission, logged, without formulas."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin
from import_export.forms import SelectableFieldsExportForm

from audit import access
from audit.admin import exports
from audit.admin.as_of import ON, AsOfAdmin
from audit.admin.incoming import RegisterImportMixin
from audit.choices import AccessAction
from audit.resources import GuardedCSV, TypedXLSX

# Parameters of a list that may hold what somebody typed.
TYPED = frozenset({"q"})


class RegisterExportForm(SelectableFieldsExportForm):
    """Names a column as the register does on screen, then as it stands in the file."""

    def _init_formats(self, formats: Sequence[Any]) -> None:
        """A file that a person opens, unless they ask for the one that a program reads."""
        super()._init_formats(formats)
        offered = [choice for choice in self.fields["format"].choices if choice[0]]
        self.fields["format"].choices = offered
        self.fields["format"].initial = offered[formats.index(TypedXLSX)][0]

    def _get_field_label(self, resource: Any, field_name: str) -> str:
        column = resource.fields[field_name].column_name
        try:
            name = str(resource._meta.model._meta.get_field(field_name).verbose_name)
        except FieldDoesNotExist:
            return column
        return name if name.lower() == column else f"{capfirst(name)} ({column})"


class AuditedExportMixin(ExportMixin):
    """Offers the rows on screen as a file, to whoever has ``export_<model>``."""

    export_form_class = RegisterExportForm
    formats = (GuardedCSV, TypedXLSX)

    def get_export_queryset(self, request: HttpRequest) -> QuerySet:
        """The rows on screen, which are versions of the past where the address names a day."""
        if ON in request.GET and isinstance(self, AsOfAdmin):
            return self.as_of_rows(request)
        return super().get_export_queryset(request)

    def get_export_filename(
        self, request: HttpRequest, queryset: QuerySet, file_format: Any
    ) -> str:
        whole = super().get_export_filename(request, queryset, file_format)
        return f"{request.GET[ON]}-{whole}" if queryset.model is not self.model else whole

    def _do_file_export(
        self, file_format: Any, request: HttpRequest, queryset: QuerySet, export_form: Any = None
    ) -> HttpResponse:
        if exports.is_large(queryset):
            return self._ordered(request, queryset, file_format, export_form)
        event = access.opened(**self._access(request))
        whole = super()._do_file_export(file_format, request, queryset, export_form=export_form)
        outgoing = access.Outgoing(event, [whole.content], rows=queryset.count)
        return StreamingHttpResponse(outgoing, headers=whole.headers)

    def _ordered(
        self, request: HttpRequest, queryset: QuerySet, file_format: Any, export_form: Any
    ) -> HttpResponse:
        """Have the worker make it. ValueError, which the form shows, where words were searched."""
        if any(request.GET.get(name) for name in TYPED):
            # A job keeps no words that somebody typed: they may be a person's.
            raise ValueError(_("So many rows are exported by filters alone. Clear the search."))
        job = exports.order(
            request,
            self,
            extension=file_format.get_extension(),
            content_type=file_format.get_content_type(),
            name=self.get_export_filename(request, queryset, file_format),
            fields=self.get_export_resource_fields_from_form(export_form),
            access=self._access(request),
        )
        messages.success(request, _("The file is being made. You can download it here."))
        return redirect("admin:audit_job_change", job.pk)

    def _access(self, request: HttpRequest) -> dict[str, Any]:
        """What the access log says of an export under ``request``."""
        return {
            "action": AccessAction.EXPORT.value,
            "subject": self.opts.label_lower,
            "filters": {k: "***" if k in TYPED else v for k, v in request.GET.items()},
            "columns": list(self._columns(request)),
        }

    def _columns(self, request: HttpRequest) -> Sequence[str]:
        (resource, *_others) = self.get_export_resource_classes(request)
        return [field.column_name for field in resource().get_export_fields()]


class AuditedImportExportMixin(AuditedExportMixin, RegisterImportMixin):
    """Also takes a file in, after a preview, from whoever has ``import_<model>``."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
