"""The two records of Art. 30 as they are read: RCP of our own work, RKCP of work for clients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from processing.models import ProcessingActivity
from processing.record.cells import Cell, cells_of_client, cells_of_own
from processing.record.past import Past
from processing.record.present import Present
from processors.models import Organisation


class Kind(models.TextChoices):
    """Which record: its code, and its name as a title."""

    # Translators: "Rejestr czynności przetwarzania"
    RCP = "rcp", _("Record of processing activities")
    # Translators: "Rejestr kategorii czynności przetwarzania"
    RKCP = "rkcp", _("Record of categories of processing")

    @property
    def article(self) -> str:
        return str(_("Art. 30(1) GDPR") if self == Kind.RCP else _("Art. 30(2) GDPR"))


@dataclass(frozen=True)
class Row:
    """One activity: lines of labelled cells, which share the width of the page by their spans."""

    activity: ProcessingActivity
    lines: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Page:
    """A record: whose it is, and its rows in their order; as it stood on ``day``, or stands now."""

    kind: Kind
    day: date | None
    holder: Organisation | None
    clients: list[Organisation]
    client: Organisation | None
    with_ended: bool
    rows: list[Row]


def page_of(
    kind: Kind, *, client: str = "", with_ended: bool = False, day: date | None = None
) -> Page:
    """The record as it stood at the end of ``day``, local time; without a day as it stands now.

    Of one ``client`` (a slug), where asked for; an unknown one has no rows. Always the same number
    of queries.
    """
    house = Past(day) if day else Present()
    is_own = kind == Kind.RCP
    tell = cells_of_own if is_own else cells_of_client
    activities = house.activities(own=is_own, client=client, with_ended=with_ended)
    clients = [] if is_own else house.clients()
    return Page(
        kind=kind,
        day=day,
        holder=house.holder(),
        clients=clients,
        client=next((each for each in clients if each.slug == client), None),
        with_ended=with_ended,
        rows=[Row(activity, tell(activity)) for activity in activities],
    )
