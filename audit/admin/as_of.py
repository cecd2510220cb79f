"""Any register as it stood at the end of a day: its list and its records, to read and take away."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit import as_of
from audit.admin.versions import Entry
from audit.as_of import ThenReader
from audit.changes import label_of, told_fields
from audit.dates import DayInput

ON, AFTER = "on", "after"
COLUMNS = 7  # beyond the record's name; more do not fit beside each other


class DayForm(forms.Form):
    """The day whose end is meant, local time; and what the records must have been then."""

    on = forms.DateField(
        # Translators: "Stan na dzień"
        label=_("As it stood on"),
        widget=DayInput,
    )

    def __init__(self, *args: Any, fields: Sequence[models.Field] = (), **options: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="as-of-%s", **options)
        for field in fields:
            self.fields[field.name] = _choice_of(field)

    def clean_on(self) -> date:
        day = self.cleaned_data[ON]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        return day

    @property
    def moment(self) -> datetime:
        """The first instant after the day; of a valid form alone."""
        return as_of.end_of(self.cleaned_data[ON])

    @property
    def states(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != ON and value}


def asked_day(request: HttpRequest, fields: Sequence[models.Field] = ()) -> DayForm:
    """What the address asks for, its day written as the reader writes days."""
    form = DayForm(request.GET.copy(), fields=fields)
    if form.is_valid():
        form.data[ON] = form.cleaned_data[ON]
    return form


def _choice_of(field: models.Field) -> forms.ChoiceField:
    yes_or_no = [("True", _("yes")), ("False", _("no"))]
    choices = field.flatchoices or yes_or_no
    return forms.ChoiceField(
        label=label_of(field), required=False, choices=[("", _("all")), *choices]
    )


class AsOfAdmin(admin.ModelAdmin):
    """Shows the register as it stood, from its history, to whoever may see both.

    ``as_of_display`` names the fields that its list has then; by default those of today's list.
    """

    as_of_display: Sequence[str] = ()

    def may_look_back(self, request: HttpRequest, record: Any = None) -> bool:
        return self.has_history_permission(request, record)

    def day_form(self, request: HttpRequest) -> DayForm | None:
        """The quiet question for a day, on today's pages."""
        return DayForm() if self.may_look_back(request) else None

    def record_url(self, record: models.Model) -> str:
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk]
        )

    # The list -----------------------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if ON in request.GET:
            return self.as_of_list(request)
        context = {"as_of": self.day_form(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def as_of_list(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        form = self._day_asked(request)
        context = self._as_of_context(request, form)
        if form.is_valid():
            context |= self._as_of_listed(request, form)
        return TemplateResponse(request, "admin/as_of_list.html", context)

    def _day_asked(self, request: HttpRequest) -> DayForm:
        if not self.may_look_back(request):
            raise PermissionDenied
        return asked_day(request, self._narrowing())

    def _as_of_context(self, request: HttpRequest, form: DayForm) -> dict[str, Any]:
        is_valid = form.is_valid()
        return {
            **self.admin_site.each_context(request),
            "title": capfirst(str(self.opts.verbose_name_plural)),
            "opts": self.opts,
            "form": form,
            "day": form.cleaned_data[ON] if is_valid else None,
            "may_export": self._may_export(request),
        }

    def _may_export(self, request: HttpRequest) -> bool:
        has_export = getattr(self, "has_export_permission", None)
        return bool(has_export and has_export(request))

    def as_of_rows(self, request: HttpRequest) -> QuerySet:
        """Versions that the address asks for, as files take them. Raises Http404 for no day."""
        form = self._day_asked(request)
        if not form.is_valid():
            raise Http404
        return self._stood(request, form)

    def _stood(self, request: HttpRequest, form: DayForm) -> QuerySet:
        """Versions that stood, within the records that the user may see today."""
        seen = self.get_queryset(request).order_by().values("pk")
        key = self.opts.pk.attname
        rows = as_of.stood(self.model, form.moment).filter(**{f"{key}__in": seen})
        return rows.filter(**form.states).order_by(*self._as_of_ordering())

    def _as_of_ordering(self) -> list[str]:
        """As the register is sorted, where that is short; else by key."""
        if hasattr(self, "keyset"):
            return [self.opts.pk.attname]
        kept = {field.name for field in self._kept_fields()}
        named = [name for name in self.opts.ordering if name.removeprefix("-") in kept]
        return [*named, self.opts.pk.attname]

    def _as_of_listed(self, request: HttpRequest, form: DayForm) -> dict[str, Any]:
        rows = self._stood(request, form)
        page = self._by_key if hasattr(self, "keyset") else self._by_number
        versions, pages = page(request, rows)
        reader = ThenReader(versions, form.moment)
        columns = self._as_of_columns(request)
        records = [as_of.record_of(version) for version in versions]
        called = as_of.names_then(records, form.moment)
        return {
            "columns": [label_of(field) for field in columns],
            "rows": [
                (called[record.pk], self.record_url(record), [reader.value(v, f) for f in columns])
                for v, record in zip(versions, records, strict=True)
            ],
            "export_query": request.GET.urlencode(),
            **pages,
        }

    def _by_number(self, request: HttpRequest, rows: QuerySet) -> tuple[list, dict[str, Any]]:
        page = Paginator(rows, self.list_per_page).get_page(request.GET.get("p"))
        newer = page.previous_page_number() if page.has_previous() else None
        older = page.next_page_number() if page.has_next() else None
        return list(page), {
            "count": page.paginator.count,
            "previous": _query(request, p=newer) if newer else "",
            "next": _query(request, p=older) if older else "",
        }

    def _by_key(self, request: HttpRequest, rows: QuerySet) -> tuple[list, dict[str, Any]]:
        """A page of a register of millions: nothing is counted, one row more is read."""
        after, key = request.GET.get(AFTER, ""), self.opts.pk.attname
        if after.isdecimal():
            rows = rows.filter(**{f"{key}__gt": int(after[:18])})
        found = list(rows[: self.list_per_page + 1])
        shown = found[: self.list_per_page]
        is_more = len(found) > len(shown)
        return shown, {
            "previous": _query(request) if after else "",
            "next": _query(request, after=getattr(shown[-1], key)) if is_more else "",
        }

    def _kept_fields(self) -> list[models.Field]:
        """The fields of which history keeps the values."""
        return list(self.model.history.model.tracked_fields)

    def _as_of_columns(self, request: HttpRequest) -> list[models.Field]:
        """What history keeps of the columns of today's list."""
        kept = {field.name: field for field in self._kept_fields()}
        named = self.as_of_display or map(self._field_behind, self.get_list_display(request))
        columns = [kept[name] for name in dict.fromkeys(named) if name in kept]
        said_by_name = set(_spoken(self.model))
        return [f for f in columns if f.name not in said_by_name][:COLUMNS]

    def _field_behind(self, column: Any) -> str:
        """The field behind a column: itself, or what the column is sorted by."""
        if not isinstance(column, str) or not hasattr(self, column):
            return str(column)
        sorted_by = getattr(getattr(self, column), "admin_order_field", "") or ""
        return str(sorted_by).removeprefix("-").split("__")[0]

    def _narrowing(self) -> list[models.Field]:
        """Fields with few values that the list shows or is narrowed by today.

        None of a register of millions: a rare state would be looked for in all of it.
        """
        if hasattr(self, "keyset"):
            return []
        kept = {field.name: field for field in self._kept_fields()}
        named = dict.fromkeys(n for n in (*self.list_filter, *self.as_of_display) if n in kept)
        fields = [kept[name] for name in named]
        return [f for f in fields if f.choices or isinstance(f, models.BooleanField)]

    # One record ---------------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if ON in request.GET:
            return self.as_of_record(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def as_of_record(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record = self._record_to_read(request, object_id)
        form = asked_day(request)
        context = self._as_of_context(request, form) | {"object": record}
        if form.is_valid():
            context |= self._as_of_page(request, record, form.moment)
        return TemplateResponse(request, "admin/as_of_record.html", context)

    def _as_of_page(
        self, request: HttpRequest, record: models.Model, moment: datetime
    ) -> dict[str, Any]:
        key = {self.opts.pk.attname: record.pk}
        version = as_of.stood(self.model, moment).filter(**key).first()
        if version is None:
            return {"entry": None}
        latest = record.history.order_by("-history_id").first()
        reader = ThenReader([version, latest], moment)
        return {
            "title": as_of.names_then([as_of.record_of(version)], moment)[record.pk],
            "entry": Entry(version, 0, []),
            "groups": list(self._fact_groups(request, record, version, reader)),
            "parts": list(self._as_of_parts(request, record, moment)),
            "changes": reader.changes(version, latest) if latest != version else [],
        }

    def _fact_groups(
        self, request: HttpRequest, record: models.Model, version: models.Model, reader: Any
    ) -> Iterator[tuple[Any, list[tuple[str, str, bool]]]]:
        """Facts in the groups of today's page, and in one more what stands in none of them."""
        left = {field.name: field for field in told_fields(type(version))}
        left |= {name: self.opts.get_field(name) for name in self.model.withheld_fields}
        for title, options in self.get_fieldsets(request, record):
            names = flatten(options["fields"])
            fields = [left.pop(name) for name in names if name in left]
            if facts := _facts(fields, version, reader):
                yield title, facts
        if facts := _facts(list(left.values()), version, reader):
            yield "", facts

    def _as_of_parts(
        self, request: HttpRequest, record: models.Model, moment: datetime
    ) -> Iterator[tuple[str, list[str], list[list[str]]]]:
        """The rows under the record as they stood: title, columns, values."""
        for inline in self.get_inline_instances(request, record):
            if not hasattr(inline.model, "history"):
                continue
            key = _key_to(inline.model, self.model)
            versions = list(as_of.parts_of(inline.model, key.attname, record.pk, moment))
            reader = ThenReader(versions, moment)
            names = flatten_fieldsets(inline.get_fieldsets(request, record))
            kept = {f.name: f for f in told_fields(inline.model.history.model)}
            fields = [kept[name] for name in names if name in kept]
            yield (
                capfirst(str(inline.verbose_name_plural or inline.opts.verbose_name_plural)),
                [label_of(field) for field in fields],
                [[reader.value(version, field) for field in fields] for version in versions],
            )


def _facts(
    fields: list[models.Field], version: models.Model, reader: Any
) -> list[tuple[str, str, bool]]:
    """Label, value, and whether the value is withheld; what stood empty is left out."""
    kept = {field.name for field in type(version).tracked_fields}
    told = [
        (label_of(f), reader.value(version, f) if f.name in kept else "", f.name not in kept)
        for f in fields
    ]
    return [(label, value, hidden) for label, value, hidden in told if value or hidden]


def _key_to(part: type[models.Model], whole: type[models.Model]) -> models.Field:
    keys = [f for f in part._meta.concrete_fields if f.is_relation]
    return next(field for field in keys if field.related_model is whole)


def _spoken(model: type[models.Model]) -> Iterator[str]:
    """Fields that the record's own name already says."""
    for name in ("name", "name_pl", "name_en"):
        try:
            yield model._meta.get_field(name).name
        except FieldDoesNotExist:
            continue


def _query(request: HttpRequest, **page: Any) -> str:
    asked = request.GET.copy()
    for name in ("p", AFTER):
        asked.pop(name, None)
    for name, value in page.items():
        asked[name] = str(value)
    return f"?{asked.urlencode()}"
