"""What upper rooms add to the trail: names of their batches, and records that words mean."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.urls import reverse

from audit.models import Job


@dataclass(frozen=True)
class Told:
    """What a room says of a batch of its own: its title, where to look, and its figures."""

    title: str
    url: str = ""
    figures: list[tuple[str, int]] = field(default_factory=list)
    meta: str = ""


Describer = Callable[[list[UUID]], dict[UUID, Told]]
Finder = Callable[[str], Iterable[tuple[type[models.Model], Iterable[Any]]]]

_describers: list[Describer] = []
_finders: list[Finder] = []


def describe_batches(describer: Describer) -> Describer:
    """Register ``describer(uuids)``, which names the batches that it knows, in one query."""
    _describers.append(describer)
    return describer


@describe_batches
def jobs(batches: list[UUID]) -> dict[UUID, Told]:
    """What a job changed goes by the job's own uuid, unless the job says otherwise."""
    found = Job.objects.filter(uuid__in=batches)
    return {
        job.uuid: Told(job.label, reverse("admin:audit_job_change", args=[job.pk])) for job in found
    }


def find_records(finder: Finder) -> Finder:
    """Register ``finder(words)``, which yields (model, keys) of the records that words name."""
    _finders.append(finder)
    return finder


def described(batches: list[UUID]) -> dict[UUID, Told]:
    told: dict[UUID, Told] = {}
    for describer in _describers if batches else ():
        told |= describer(batches)
    return told


def found_by_rooms(words: str) -> Iterable[tuple[type[models.Model], Iterable[Any]]]:
    for finder in _finders:
        yield from finder(words)
