"""What the trail says of a version drafted from the registers: one entry that names it."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from audit import trail
from audit.choices import Way
from notices.models import NoticeVersion


@trail.describe_batches
def drafts(batches: list[UUID]) -> dict[UUID, trail.Told]:
    """Each draft is a batch: the version and all that it names."""
    history = NoticeVersion.history.model
    begun = history.objects.filter(history_batch__in=batches, history_type="+")
    by_hand = begun.filter(history_way=Way.ADMIN).select_related("notice")
    return {row.history_batch: _told(row) for row in by_hand}


def _told(row: Any) -> trail.Told:
    version = {"notice": row.notice.name, "number": row.number}
    return trail.Told(
        # Translators: "…: projekt przygotowany z rejestrów"
        title=_("%(notice)s, v%(number)s: drafted from the registers") % version,
        url=reverse("admin:notices_noticeversion_change", args=[row.id]),
    )
