"""The daily count of findings, of which the trend is made."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from audit import rules
from audit.models import FindingCount


@transaction.atomic
def count_today(day: date | None = None) -> list[FindingCount]:
    """Write down how many records break each rule now, for the local ``day`` (today).

    One row for each rule, zeros too. A second count of a day takes the place of the first.
    """
    day, every = day or timezone.localdate(), rules.registered()
    still_open, lived_with = rules.counts(every), rules.counts(every, acknowledged=True)
    FindingCount.objects.filter(day=day).delete()
    return FindingCount.objects.bulk_create(
        FindingCount(
            day=day,
            rule=rule.code,
            severity=rule.severity,
            register=rule.model._meta.label_lower,
            open=still_open[rule.code],
            acknowledged=lived_with[rule.code],
        )
        for rule in every
    )
