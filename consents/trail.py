"""What this room tells the trail: the name of an import, and whose records a number means."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import trail
from consents.lookup import find
from consents.models import (
    Acquisition,
    ConsentEvent,
    ConsentImport,
    ContactPoint,
    DataSubject,
    Restriction,
)

MOST = 500  # records of one person; more than anybody has


@trail.describe_batches
def imports(batches: list[UUID]) -> dict[UUID, trail.Told]:
    """Each import is a batch."""
    found = ConsentImport.objects.filter(batch__in=batches).select_related("source")
    return {upload.batch: _told(upload) for upload in found}


def _told(upload: ConsentImport) -> trail.Told:
    rows = upload.counts.get("rows", 0)
    return trail.Told(
        title=_("Import %(file)s") % {"file": upload.file_name},
        url=reverse("admin:consents_consentimport_change", args=[upload.pk]),
        meta=_("%(rows)s rows · SHA-256 %(hash)s…") % {"rows": rows, "hash": upload.sha256[:8]},
    )


@trail.find_records
def records(words: str) -> Iterator[tuple[type[models.Model], list[Any]]]:
    """Everything about the people that a number, an address or a reference means."""
    found = find(words)
    if not found:
        return
    points = ContactPoint.objects.filter(
        models.Q(hmac__in=found.digests) | models.Q(subject__in=found.people)
    )
    keys = list(points.values_list("pk", flat=True)[:MOST])
    yield ContactPoint, keys
    yield DataSubject, [*found.people, *points.values_list("subject", flat=True)[:MOST]]
    for model in (ConsentEvent, Restriction, Acquisition):
        about = model.objects.filter(contact_point__in=keys).order_by("-pk")
        yield model, list(about.values_list("pk", flat=True)[:MOST])
