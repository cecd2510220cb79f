"""What changes several records of the register at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit import bulk
from audit.act import acting, new_batch
from processing.models import ActivityPart, ProcessingActivity


@dataclass(frozen=True)
class Added:
    """To which activities something was added, and which were left as they are."""

    to: list[ProcessingActivity]
    had_it: list[ProcessingActivity]
    unfit: list[ProcessingActivity]


@transaction.atomic
def add_to_many(
    activities: Iterable[ProcessingActivity],
    part: type[ActivityPart],
    *,
    told_by: str,
    **values: Any,
) -> Added:
    """Give each of ``activities`` the ``part`` with ``values``, from now on, in one batch.

    ``told_by`` names the field by which a part is told from another one of the same activity. Who
    has it already is left out, and so is whom it does not fit: nobody processes for themselves.
    """
    chosen = _locked(activities)
    had = _having(chosen, part, **{told_by: values[told_by]})
    now = timezone.now()
    others = [activity for activity in chosen if activity.pk not in had]
    parts = [part(activity=activity, since=now, **values) for activity in others]
    fit = [each for each in parts if _fits(each)]
    with acting(batch=new_batch()):
        bulk.create(fit)
    return Added(
        to=[each.activity for each in fit],
        had_it=[activity for activity in chosen if activity.pk in had],
        unfit=[each.activity for each in parts if each not in fit],
    )


def _locked(activities: Iterable[ProcessingActivity]) -> list[ProcessingActivity]:
    """Two people who add the same wait for each other, and the second one skips."""
    keys = [activity.pk for activity in activities]
    chosen = ProcessingActivity.objects.filter(pk__in=keys).select_related("controller")
    return list(chosen.select_for_update(of=("self",)))


def _having(
    activities: list[ProcessingActivity], part: type[ActivityPart], **what: Any
) -> set[int]:
    unended = Q(until=None) | Q(until__gt=timezone.now())
    found = part.objects.filter(unended, activity__in=activities, **what)
    return set(found.values_list("activity", flat=True))


def _fits(part: ActivityPart) -> bool:
    try:
        part.clean()
    except ValidationError:
        return False
    return True
