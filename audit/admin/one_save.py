"""One save of one form is one entry of the trail: a record with the rows under it."""

from contextlib import ExitStack
from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from audit.act import acting, current_act, new_batch
from audit.forms import ASKED


class OneSaveAdmin(admin.ModelAdmin):
    """Makes a batch of a save that changes more than one record; a single one stands alone."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **options: Any
    ) -> HttpResponse:
        with ExitStack() as save:
            request.one_save = save
            return super().changeform_view(request, object_id, *args, **options)

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        # Django's seam between reading what was posted and writing the first record.
        formsets, inlines = super()._create_formsets(request, obj, change)
        request.rows_posted = [form for formset in formsets for form in formset.forms]
        return formsets, inlines

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> Any:
        rows = sum(row.has_changed() for row in request.rows_posted)
        if rows + is_written(form, change) > 1:
            batch = current_act().batch or new_batch()
            request.one_save.enter_context(acting(batch=batch))
        return super().save_form(request, form, change)


def is_written(form: ModelForm, change: bool) -> bool:
    """A save that changes nothing would add a row of history that says nothing."""
    return not change or bool(set(form.changed_data) - set(ASKED))
