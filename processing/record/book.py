"""The record as a workbook: a sheet for each table, as it goes out and as it comes back in."""

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.books import Sheet
from processing.models import ProcessingActivity, Recipient, RetentionTrigger
from processing.record.pages import Page
from processing.record.past import Past
from processing.resources import (
    ActivityProcessorResource,
    ActivityRecipientResource,
    ActivityToolResource,
    ActivityTransferResource,
    ProcessingActivityResource,
    PurposeResource,
    RecipientResource,
    RetentionRuleResource,
    RetentionTriggerResource,
)

RECIPIENTS = Sheet("recipients", RecipientResource)
TRIGGERS = Sheet("retention_triggers", RetentionTriggerResource)
ACTIVITIES = Sheet("activities", ProcessingActivityResource)
# What belongs to an activity, after the lists that it names.
OF_ACTIVITIES = (
    Sheet("purposes", PurposeResource),
    Sheet("activity_processors", ActivityProcessorResource),
    Sheet("activity_tools", ActivityToolResource),
    Sheet("activity_recipients", ActivityRecipientResource),
    Sheet("activity_transfers", ActivityTransferResource),
    Sheet("retention_rules", RetentionRuleResource),
)
SHEETS = (RECIPIENTS, TRIGGERS, ACTIVITIES, *OF_ACTIVITIES)
MODELS = tuple(sheet.resource._meta.model for sheet in SHEETS)


def tables(page: Page) -> list[tuple[Sheet, QuerySet]]:
    """What the workbook of ``page`` holds: of its activities everything, ended parts too.

    Of a page of the past: rows of history, which go out as the records that they kept.
    """
    keys = [row.activity.pk for row in page.rows]
    return _tables_then(Past(page.day), keys) if page.day else _tables_now(keys)


def told(page: Page) -> list[str]:
    """What the first sheet says of a workbook of the past; nothing of one of today."""
    if page.day is None:
        return []
    day = date_format(page.day, "DATE_FORMAT")
    return [
        f"{page.kind.label} – {page.kind.article}",
        str(page.holder or ""),
        _("As it stood at the end of %(day)s.") % {"day": day},
        _("To read alone: an import refuses this workbook."),
    ]


def _tables_now(keys: list[int]) -> list[tuple[Sheet, QuerySet]]:
    activities = ACTIVITIES.resource._meta.model.objects.filter(pk__in=keys)
    return [
        (ACTIVITIES, activities.select_related("controller").order_by("number", "pk")),
        *((sheet, _of(sheet, keys)) for sheet in OF_ACTIVITIES),
        (RECIPIENTS, Recipient.objects.select_related("organisation")),
        (TRIGGERS, RetentionTrigger.objects.all()),
    ]


def _of(sheet: Sheet, activities: list[int]) -> QuerySet:
    model = sheet.resource._meta.model
    related = [field.name for field in model._meta.concrete_fields if field.is_relation]
    ours = model.objects.filter(activity__in=activities).select_related(*related)
    return ours.order_by("activity__number", "pk")


def _tables_then(past: Past, keys: list[int]) -> list[tuple[Sheet, QuerySet]]:
    activities = past.versions(ProcessingActivity).filter(id__in=keys)
    return [
        (ACTIVITIES, activities.order_by("number", "id")),
        *((sheet, _then(past, sheet, keys)) for sheet in OF_ACTIVITIES),
        (RECIPIENTS, past.versions(Recipient)),
        (TRIGGERS, past.versions(RetentionTrigger)),
    ]


def _then(past: Past, sheet: Sheet, activities: list[int]) -> QuerySet:
    ours = past.versions(sheet.resource._meta.model).filter(activity_id__in=activities)
    return ours.order_by("activity_id", "id")


def permissions(verb: str) -> list[str]:
    """What whoever does ``verb`` (import, export) with the whole workbook needs."""
    return [f"processing.{verb}_{model._meta.model_name}" for model in MODELS]
