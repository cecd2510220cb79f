"""The record as a workbook: a sheet for each table, as it goes out and as it comes back in."""

from django.db.models import QuerySet

from audit.books import Sheet
from processing.models import Recipient, RetentionTrigger
from processing.record.pages import Page
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
    """What the workbook of ``page`` holds: of its activities everything, ended parts too."""
    keys = [row.activity.pk for row in page.rows]
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


def permissions(verb: str) -> list[str]:
    """What whoever does ``verb`` (import, export) with the whole workbook needs."""
    return [f"processing.{verb}_{model._meta.model_name}" for model in MODELS]
