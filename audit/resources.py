"""Hardened import-export: registers in and out of files, validated, with history, without formulas.

Files come in as CSV and go out as CSV or XLSX. A spreadsheet is never read here: one of a kilobyte
can hold its reader for minutes (security.md, measured 6).
"""

import io
import uuid
from datetime import datetime
from typing import Any

import tablib
import xlsxwriter
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import resources
from import_export.formats import base_formats
from import_export.widgets import DateTimeWidget

from audit import cells
from audit.act import acting
from audit.choices import Way
from audit.models import AccessEvent


class InstantWidget(DateTimeWidget):
    """An instant to the microsecond with its zone: cut short, it would read back as a change."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> datetime | None:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) and value else None
        except ValueError:
            moment = None
        # Other spellings, and local time without a zone, as import-export reads them.
        is_whole = moment is not None and timezone.is_aware(moment)
        return moment if is_whole else super().clean(value, row, **options)

    def render(self, value: Any, obj: Any = None, **options: Any) -> Any:
        if not isinstance(value, datetime) or options.get("force_native_type"):
            return super().render(value, obj, **options)
        return timezone.localtime(value).isoformat()


class AuditedResource(resources.ModelResource):
    """A register in a file: named by uuid, validated row by row, each change in history."""

    WIDGETS_MAP = {**resources.ModelResource.WIDGETS_MAP, "DateTimeField": InstantWidget}

    class Meta:
        import_id_fields = ("uuid",)
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if self._meta.use_bulk:
            raise ImproperlyConfigured(f"{type(self).__name__}: use_bulk keeps no history.")
        if not self._meta.fields or tuple(self._meta.import_id_fields) != ("uuid",):
            raise ImproperlyConfigured(
                f"{type(self).__name__}: name its fields, and let uuid tell the rows apart."
            )

    def import_data(self, dataset: tablib.Dataset, *args: Any, **options: Any) -> Any:
        """Import in one batch: one entry of the trail."""
        with acting(way=Way.IMPORT, batch=uuid.uuid4()):
            return super().import_data(dataset, *args, **options)

    def before_import_row(self, row: dict[str, Any], **options: Any) -> None:
        for name, value in row.items():
            if isinstance(value, str):
                row[name] = cells.unguarded(value)
        # As a UUID: text would differ from the stored one, and each row seem changed.
        row["uuid"] = _key(row.get("uuid") or "")

    def get_diff_headers(self) -> list[str]:
        """Labels of the columns in the preview, as the register's own screen calls them."""
        return [self._label(field) for field in self.get_user_visible_fields()]

    def _label(self, field: Any) -> str:
        try:
            column = self._meta.model._meta.get_field(field.attribute.split("__")[0])
        except (AttributeError, LookupError, models.FieldDoesNotExist):
            return field.column_name
        return capfirst(str(column.verbose_name))


class GuardedCSV(base_formats.CSV):
    """CSV whose cells no spreadsheet calculates."""

    def export_data(self, dataset: tablib.Dataset, **options: Any) -> str:
        guarded = tablib.Dataset(headers=dataset.headers)
        for row in dataset:
            guarded.append([cells.guarded(_text(value)) for value in row])
        return super().export_data(guarded, **options)


class TypedXLSX(base_formats.XLSX):
    """XLSX of strings alone: there is no cell that could be a formula."""

    def can_import(self) -> bool:
        return False

    def export_data(self, dataset: tablib.Dataset, **options: Any) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([dataset.headers, *dataset]):
                for column, value in enumerate(row):
                    sheet.write_string(number, column, _text(value))
        return out.getvalue()


def _key(text: str) -> uuid.UUID:
    """The record that a row is about; a row without a key is about a new one."""
    try:
        return uuid.UUID(str(text)) if text else uuid.uuid4()
    except ValueError as error:
        raise ValidationError(_("This is no key of a record: leave it empty.")) from error


def _text(value: Any) -> str:
    return "" if value is None else str(value)


class AccessEventResource(resources.ModelResource):
    """The access log, to take away: openings and closings as they were written."""

    class Meta:
        model = AccessEvent
        fields = (
            "uuid",
            "recorded_at",
            "recorded_name",
            "way",
            "reason",
            "action",
            "subject",
            "filters",
            "columns",
            "closes__uuid",
            "rows",
            "sha256",
        )
