"""Import of a register on its own list: preview first, and only what the preview showed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportMixin
from import_export.forms import ConfirmImportForm, ImportForm

from audit.incoming import RegisterFile
from audit.reading.errors import Refused
from audit.uploads import OwnUploads

LARGEST = 2 * 1024 * 1024  # bytes; registers are small, and the preview holds a file in memory


class RegisterImportForm(ImportForm):
    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > LARGEST:
            raise ValidationError(_("This file is larger than 2 MB. Split it."))
        return file


class RegisterConfirmForm(ConfirmImportForm):
    seen = forms.CharField(widget=forms.HiddenInput)  # digest of the preview


class RegisterImportMixin(ImportMixin):
    """Takes a file in from whoever has ``import_<model>``: as a whole or not at all."""

    tmp_storage_class = OwnUploads
    import_form_class = RegisterImportForm
    confirm_form_class = RegisterConfirmForm
    import_formats = (RegisterFile,)

    def import_action(self, request: HttpRequest, **options: Any) -> HttpResponse:
        response = super().import_action(request, **options)
        context = response.context_data
        context["columns"] = self._columns_told(request)
        if preview := getattr(context.get("result"), "preview", None):
            context["preview"] = preview
            if confirm := context.get("confirm_form"):
                confirm.initial["seen"] = preview.digest
        return response

    def _columns_told(self, request: HttpRequest) -> list[tuple[str, str]]:
        """What a file may hold, by the names there and on screen."""
        (resource, *_others) = self.get_import_resource_classes(request)
        told = resource()
        return [(each.column_name, told.label(each)) for each in told.get_import_fields()]

    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **options: Any) -> Any:
        """Import what the preview showed; what has become something else is taken back."""
        with transaction.atomic():
            result = super().process_dataset(dataset, form, request, **options)
            same = result.preview.is_clean and result.preview.digest == form.cleaned_data["seen"]
            result.is_taken_back = not same
            transaction.set_rollback(result.is_taken_back)
        return result

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if not result.is_taken_back:
            return super().process_result(result, request)
        text = _("The register has changed since the preview. Nothing was imported: look again.")
        messages.error(request, text)
        return redirect("admin:{}_{}_import".format(*self.get_model_info()))

    def add_data_read_fail_error_to_form(self, form: Any, error: Exception) -> None:
        if not isinstance(error, Refused):
            super().add_data_read_fail_error_to_form(form, error)
        else:
            form.add_error("import_file", str(error))
