"""Days of the house's calendar as instants."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The instant at which the local ``day`` begins."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
