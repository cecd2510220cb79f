"""What the trail says of a test that was begun: one entry that names it, with all its questions."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from audit import trail
from audit.choices import Way
from legitimate_interest.models import BalanceTest


@trail.describe_batches
def begun(batches: list[UUID]) -> dict[UUID, trail.Told]:
    history = BalanceTest.history.model
    rows = history.objects.filter(history_batch__in=batches, history_type="+")
    by_hand = rows.filter(history_way=Way.ADMIN)
    return {row.history_batch: _told(row.id, row.reference) for row in by_hand}


def _told(key: int, reference: str) -> trail.Told:
    return trail.Told(
        title=_("Balance test %(reference)s") % {"reference": reference},
        url=reverse("admin:legitimate_interest_balancetest_change", args=[key]),
    )
