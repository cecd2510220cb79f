"""The record as it stands now: its activities with all they name, by the same few queries."""

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

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
from processors.models import Organisation, ProcessingAgreement


class Present:
    """The registers of today."""

    def holder(self) -> Organisation | None:
        return Organisation.objects.filter(is_own=True).first()

    def clients(self) -> list[Organisation]:
        """Those on whose behalf there are activities, ended ones included."""
        clients = Organisation.objects.filter(is_own=False, activities__isnull=False)
        return list(clients.distinct())

    def activities(
        self, *, own: bool, client: str = "", with_ended: bool = False
    ) -> QuerySet[ProcessingActivity]:
        activities = ProcessingActivity.objects.all()
        activities = activities.own() if own else activities.for_clients()
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
