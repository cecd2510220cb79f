"""Hardened import-export: registers in and out of files, validated, with history, without formulas.

Files come in by ``audit.incoming`` and go out as CSV or XLSX; either reads back as it was.
"""

import io
import uuid
from collections.abc import Iterator
from typing import Any

import tablib
import xlsxwriter
from django.core.exceptions import (
    FieldDoesNotExist,
    ImproperlyConfigured,
    MultipleObjectsReturned,
    ObjectDoesNotExist,
    ValidationError,
)
from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import resources
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.widgets import CharWidget

from audit import as_of, cells
from audit.act import acting, current_act, new_batch
from audit.choices import Way
from audit.models import AccessEvent
from audit.preview import Preview
from audit.reading.errors import Refused, nearest
from audit.widgets import DayWidget, InstantWidget, WholeNumberWidget, YesNoWidget

NUMBERS = ("IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField")


class AuditedResource(resources.ModelResource):
    """A register in a file: named by uuid, validated row by row, each change in history."""

    WIDGETS_MAP = {
        **resources.ModelResource.WIDGETS_MAP,
        **dict.fromkeys(NUMBERS, WholeNumberWidget),
        "BooleanField": YesNoWidget,
        "DateField": DayWidget,
        "DateTimeField": InstantWidget,
    }

    class Meta:
        import_id_fields = ("uuid",)
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        store_row_values = True
        store_instance = True
        skip_html_diff = True
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
        """Import in one batch, one entry of the trail; ``result.preview`` says what it did.

        Within a batch, such as a whole workbook, as a part of it.
        """
        with acting(way=Way.IMPORT, batch=current_act().batch or new_batch()):
            result = super().import_data(dataset, *args, **options)
        result.preview = Preview(self, result)
        return result

    def iter_queryset(self, queryset: Any) -> Iterator[models.Model]:
        """Rows of history go out as the records that they kept."""
        if getattr(queryset, "model", self._meta.model) is self._meta.model:
            return super().iter_queryset(queryset)
        return as_of.records(queryset, self._related())

    def _related(self) -> list[str]:
        named = {str(field.attribute).split("__")[0] for field in self.get_export_fields()}
        keys = [f for f in self._meta.model._meta.concrete_fields if f.is_relation]
        return [field.name for field in keys if field.name in named]

    def before_import(self, dataset: tablib.Dataset, **options: Any) -> None:
        """Refuse columns that would be lost without a word, and a file that names no records."""
        self.lines = getattr(dataset, "lines", range(2, len(dataset) + 2))
        known = {field.column_name for field in self.get_import_fields()}
        seen = dataset.headers or []
        if "uuid" not in seen:
            raise Refused(_("There is no column “uuid”. Begin with an export of this register."))
        for name in seen:
            if name not in known:
                text = _("The register has no column {name}.")
                raise Refused(text.format(name=nearest(name, sorted(known))))
            if seen.count(name) > 1:
                raise Refused(_("The column “{name}” stands twice.").format(name=name))

    def before_import_row(self, row: dict[str, Any], **options: Any) -> None:
        # As a UUID: text would differ from the stored one, and each row seem changed.
        row["uuid"] = _key(row.get("uuid") or "")

    def import_field(
        self, field: Field, instance: models.Model, row: dict[str, Any], *args: Any, **options: Any
    ) -> None:
        before = field.get_value(instance) if isinstance(field.widget, CharWidget) else None
        try:
            super().import_field(field, instance, row, *args, **options)
        except (ObjectDoesNotExist, MultipleObjectsReturned, ValidationError) as error:
            raise ValueError(_("There is no such record.")) from error
        # Spreadsheets write lines their own way: that alone is no change.
        if before and _lines(before) == _lines(field.get_value(instance)):
            setattr(instance, field.attribute, before)

    @property
    def columns_by_field(self) -> dict[str, Field]:
        """The columns of a file by the field of the model that they fill."""
        return {str(each.attribute).split("__")[0]: each for each in self.get_import_fields()}

    def told_columns(self) -> list[models.Field]:
        """Fields of the model whose changes a preview tells."""
        named = self.columns_by_field
        return [
            column
            for column in self._meta.model._meta.concrete_fields
            if column.name in named and column.name != "uuid"
        ]

    def label(self, field: Field) -> str:
        """A column as the register's own screen calls it."""
        try:
            column = self._meta.model._meta.get_field(str(field.attribute).split("__")[0])
        except FieldDoesNotExist:
            return field.column_name
        if isinstance(column, ForeignObjectRel):
            return capfirst(str(column.related_model._meta.verbose_name_plural))
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

    def export_data(self, dataset: tablib.Dataset, **options: Any) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([dataset.headers, *dataset]):
                for column, value in enumerate(row):
                    write_cell(sheet, number, column, value)
        return out.getvalue()


def write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    """Write ``value`` as text, whole: ValueError where a cell can't hold it."""
    if sheet.write_string(row, column, _text(value)) < 0:
        raise ValueError(_("A text is too long for a cell of a spreadsheet. Export as CSV."))


def _key(text: str) -> uuid.UUID:
    """The record that a row is about; a row without a key is about a new one."""
    try:
        return uuid.UUID(str(text)) if text else uuid.uuid4()
    except ValueError as error:
        message = _("This is no key of a record: leave it empty.")
        raise ValidationError({"uuid": message}) from error


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _lines(text: Any) -> list[str]:
    return str(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")


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
