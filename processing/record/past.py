"""The record as it stood at the end of a day: its activities and all they named, from history."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from audit import as_of
from processing.models import (
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ProcessingActivity,
    Purpose,
    Recipient,
    RetentionRule,
    RetentionTrigger,
)
from processing.models.periods import held_at
from processors.models import AutomationTool, Organisation, ProcessingAgreement, Transfer

# What activities name, each after what it names itself.
NAMED = (
    Organisation,
    ProcessingAgreement,
    AutomationTool,
    Transfer,
    Recipient,
    RetentionTrigger,
)
PARTS = {
    "processors_used_now": ActivityProcessor,
    "tools_used_now": ActivityTool,
    "recipients_named_now": ActivityRecipient,
    "transfers_made_now": ActivityTransfer,
    "retention_rules_now": RetentionRule,
}


class Past:
    """The registers at the end of ``day``, local time; a name leads to the record of that day.

    Always the same number of queries. The records are read, never saved.
    """

    def __init__(self, day: date) -> None:
        self.day, self.moment = day, as_of.end_of(day)
        # What somebody planned for tonight is not there at noon.
        self.last_instant = min(self.moment - timedelta(microseconds=1), timezone.now())
        self._known: dict[Any, dict[int, Any]] = {}
        for model in NAMED:
            self._known[model] = {record.pk: record for record in self._records(model)}
        self._entrust()

    def holder(self) -> Organisation | None:
        return next((each for each in self._known[Organisation].values() if each.is_own), None)

    def clients(self) -> list[Organisation]:
        """Those on whose behalf there were activities, ended ones included."""
        controllers = {each.controller for each in self._records(ProcessingActivity)}
        return sorted((c for c in controllers if not c.is_own), key=lambda each: each.name)

    def activities(
        self, *, own: bool, client: str = "", with_ended: bool = False
    ) -> list[ProcessingActivity]:
        carried_out = Q() if with_ended else held_at(self.last_instant)
        chosen = [
            activity
            for activity in self._records(ProcessingActivity, carried_out)
            if activity.controller.is_own == own and client in ("", activity.controller.slug)
        ]
        self._involve(chosen)
        return sorted(chosen, key=lambda each: (each.controller.name, each.number, each.pk))

    # What stood then ----------------------------------------------------------------------------

    def versions(self, model: type[Model]) -> QuerySet:
        """Rows of history, in the order in which the records were made."""
        return as_of.stood(model, self.moment).order_by(model._meta.pk.attname)

    def _records(self, model: type[Model], condition: Q | None = None) -> list[Any]:
        rows = self.versions(model).filter(condition or Q())
        records = [as_of.record_of(version) for version in rows]
        for field in model._meta.concrete_fields:
            if field.related_model in self._known:
                self._join(records, field)
        return records

    def _join(self, records: list[Any], field: Any) -> None:
        """Let a key of theirs lead to the records of that day; of today, where history is younger
        than what it is about, such as a starter catalogue under a demo.
        """
        known, model = self._known[field.related_model], field.related_model
        keys = {getattr(record, field.attname) for record in records} - {None, *known}
        then = {**model.objects.in_bulk(keys), **known} if keys else known
        for record in records:
            if (key := getattr(record, field.attname)) is not None:
                setattr(record, field.name, then[key])

    def _entrust(self) -> None:
        """Give each controller the agreements by which it entrusted data to us on that day."""
        for organisation in self._known[Organisation].values():
            organisation.instructions = []
        taken = [
            agreement
            for agreement in self._known[ProcessingAgreement].values()
            if agreement.processor.is_own and agreement.is_in_force(self.day)
        ]
        for agreement in sorted(taken, key=lambda each: each.signed_on):
            agreement.controller.instructions.append(agreement)

    def _involve(self, activities: list[ProcessingActivity]) -> None:
        """Give each activity the purposes and parts that it had."""
        self._give(activities, "purposes_now", Purpose, held_at(self.last_instant))
        running = held_at(self.last_instant, "since", "until")
        for name, part in PARTS.items():
            self._give(activities, name, part, running)
            for activity in activities:
                getattr(activity, name).sort(key=lambda each: (each.since, each.pk))

    def _give(
        self, activities: list[ProcessingActivity], name: str, part: type[Model], condition: Q
    ) -> None:
        by_activity = defaultdict(list)
        for record in self._records(part, condition):
            by_activity[record.activity_id].append(record)
        for activity in activities:
            setattr(activity, name, by_activity[activity.pk])
