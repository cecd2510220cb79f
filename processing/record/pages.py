"""The two records of Art. 30 as they are read: RCP of our own work, RKCP of work for clients."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from processing.models import (
    ActivityPart,
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ProcessingActivity,
    Purpose,
    RetentionRule,
)
from processing.record.cells import Cell, cells_of_client, cells_of_own
from processors.models import Organisation, ProcessingAgreement


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
    """A record: whose it is, and its rows in their order."""

    kind: Kind
    holder: Organisation | None
    client: Organisation | None
    with_ended: bool
    rows: list[Row]


def page_of(kind: Kind, *, client: str = "", with_ended: bool = False) -> Page:
    """The record as it stands now; of one ``client`` (a slug), where asked for.

    An unknown client has no rows. Always the same number of queries.
    """
    activities = _chosen(kind, client, with_ended)
    tell = cells_of_own if kind == Kind.RCP else cells_of_client
    return Page(
        kind=kind,
        holder=Organisation.objects.filter(is_own=True).first(),
        client=Organisation.objects.filter(slug=client).first() if client else None,
        with_ended=with_ended,
        rows=[Row(activity, tell(activity)) for activity in activities],
    )


def _chosen(kind: Kind, client: str, with_ended: bool) -> QuerySet[ProcessingActivity]:
    activities = ProcessingActivity.objects.all()
    activities = activities.own() if kind == Kind.RCP else activities.for_clients()
    if client:
        activities = activities.filter(controller__slug=client)
    if not with_ended:
        activities = activities.carried_out()
    related = [*_parts(), *_agreements()]
    ordered = activities.order_by("controller__name", "number", "pk")
    return ordered.select_related("controller").prefetch_related(*related)


def _parts() -> list[Prefetch]:
    """What each activity involves now, in the order in which it was added."""
    return [
        Prefetch("purposes", Purpose.objects.active().order_by("pk"), "purposes_now"),
        _now("processors_used", ActivityProcessor, "organisation", "agreement"),
        _now("tools_used", ActivityTool, "tool__vendor"),
        _now("recipients_named", ActivityRecipient, "recipient"),
        _now("transfers_made", ActivityTransfer, "transfer__organisation"),
        _now("retention_rules", RetentionRule, "trigger"),
    ]


def _now(name: str, part: type[ActivityPart], *related: str) -> Prefetch:
    running = part.objects.running().select_related(*related).order_by("since", "pk")
    return Prefetch(name, running, f"{name}_now")


def _agreements() -> list[Prefetch]:
    """The agreements by which each controller entrusts data to us."""
    taken = ProcessingAgreement.objects.taken().in_force(timezone.localdate())
    return [Prefetch("controller__agreements_given", taken.order_by("signed_on"), "instructions")]
