"""What a file would change in a register, told as people read it, before anything is kept."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.results import Result, RowResult

from audit.changes import Change, Reader

if TYPE_CHECKING:
    from audit.resources import AuditedResource


@dataclass(frozen=True)
class Problem:
    """Why a row can't come in: where it stands, what stood there, and what to do."""

    line: int
    column: str
    value: str
    message: str
    advice: str


@dataclass(frozen=True)
class Row:
    """One record that the file makes or changes."""

    line: int
    is_new: bool
    name: str
    changes: list[Change] = field(default_factory=list)


class Preview:
    """The result of an import as its register's screen would say it."""

    MOST = 200  # rows and problems shown; the counts are of all

    def __init__(self, resource: "AuditedResource", result: Result) -> None:
        self.resource, self.result = resource, result
        self.new = result.totals[RowResult.IMPORT_TYPE_NEW]
        self.changed = result.totals[RowResult.IMPORT_TYPE_UPDATE]
        self.unchanged = result.totals[RowResult.IMPORT_TYPE_SKIP]

    @cached_property
    def rows(self) -> list[Row]:
        """What changes, in the order of the file; the names of related records in one query."""
        found = [each for each in self._numbered() if each[1].is_new() or each[1].is_update()]
        told = [one for _line, each in found for one in (each.original, each.instance)]
        reader = Reader(told)
        return [self._row(reader, line, each) for line, each in found]

    @cached_property
    def problems(self) -> list[Problem]:
        refused = [each for each in self._numbered() if each[1].validation_error or each[1].errors]
        return [problem for line, each in refused for problem in self._problems(line, each)]

    @property
    def base_errors(self) -> list[str]:
        """What is wrong with the file as a whole; then its rows say nothing."""
        return [str(error.error) for error in self.result.base_errors]

    @property
    def shown_rows(self) -> list[Row]:
        return self.rows[: self.MOST]

    @property
    def shown_problems(self) -> list[Problem]:
        return self.problems[: self.MOST]

    @property
    def is_clean(self) -> bool:
        return not self.result.has_errors() and not self.result.has_validation_errors()

    @property
    def digest(self) -> str:
        """What the person saw: a confirmation that would do anything else is refused."""
        told = [
            (row.line, row.is_new, [(each.name, each.before, each.after) for each in row.changes])
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def _numbered(self) -> Iterator[tuple[int, RowResult]]:
        return zip(self.resource.lines, self.result.rows, strict=False)

    def _row(self, reader: Reader, line: int, row: RowResult) -> Row:
        before = None if row.is_new() else row.original
        changes = list(self._changes(reader, before, row.instance))
        return Row(line, row.is_new(), str(row.instance), changes)

    def _changes(
        self, reader: Reader, before: models.Model | None, after: models.Model
    ) -> Iterator[Change]:
        for column in self.resource.told_columns():
            old, new = before and getattr(before, column.attname), getattr(after, column.attname)
            if old != new and (before is not None or new not in (None, "")):
                told = "" if before is None else reader.value(before, column)
                label = capfirst(str(column.verbose_name))
                yield Change(column.name, label, told, reader.value(after, column))

    def _problems(self, line: int, row: RowResult) -> Iterator[Problem]:
        if row.validation_error is None:
            for error in row.errors:
                yield Problem(line, "", "", str(error.error), _mend())
            return
        for name, messages in _by_field(row.validation_error).items():
            for message in messages:
                yield self._problem(line, name, message, row.row_values)

    def _problem(self, line: int, name: str, message: str, values: dict[str, Any]) -> Problem:
        if name == NON_FIELD_ERRORS or name not in self.resource.columns_by_field:
            return Problem(line, "", "", message, _mend())
        column = self.resource.columns_by_field[name]
        value = str(values.get(column.column_name) or "")
        return Problem(line, self.resource.label(column), value, message, self._advice(name))

    def _advice(self, name: str) -> str:
        try:
            column = self.resource._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            return _mend()
        if column.choices:
            words = (f"{value} ({label})" for value, label in column.flatchoices if value)
            return _("Write one of: {words}.").format(words=", ".join(words))
        if column.is_relation:
            key = getattr(self.resource.columns_by_field[name].widget, "field", "uuid")
            register = column.related_model._meta.verbose_name_plural
            text = _("Write the “{key}” of a record of the register “{register}”.")
            return text.format(key=key, register=register)
        return _mend()


def _by_field(error: Any) -> dict[str, list[str]]:
    by_field: dict[str, list[str]] = {}
    if hasattr(error, "error_dict"):
        by_field.update(error.message_dict)
    else:
        by_field[NON_FIELD_ERRORS] = error.messages
    return by_field


def _mend() -> str:
    return _("Correct it in the file and upload the file again.")
