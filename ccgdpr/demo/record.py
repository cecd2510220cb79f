"""What the activities involve: processors, tools, recipients, transfers, and how long data stay."""

from datetime import datetime
from typing import Any

from audit.days import midnight
from ccgdpr.demo.making import content, days_ago, make
from ccgdpr.demo.registers import GDPR_STARTS
from processing.models import (
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ProcessingActivity,
    Recipient,
    RetentionRule,
    RetentionTrigger,
)
from processors.models import AutomationTool, Organisation, ProcessingAgreement, Transfer

Numbers = dict[int, ProcessingActivity]


def create() -> None:
    told = content("record")
    numbers = {activity.number: activity for activity in ProcessingActivity.objects.all()}
    for facts in told["recipient"]:
        _recipient(numbers, **facts)
    for facts in told["processor"]:
        _processor(numbers, **facts)
    for facts in told["tool"]:
        _tool(numbers, **facts)
    for facts in told["transfer"]:
        _transfer(numbers, **facts)
    for facts in told["retention"]:
        _retention(numbers, **facts)


def _recipient(
    numbers: Numbers, slug: str, activities: list[int], organisation: str = "", **names: str
) -> None:
    company = Organisation.objects.get(slug=organisation) if organisation else None
    recipient, _is_new = make(Recipient, {"slug": slug}, organisation=company, **names)
    for number in activities:
        key = {"activity": numbers[number], "recipient": recipient}
        make(ActivityRecipient, key, since=GDPR_STARTS)


def _processor(numbers: Numbers, organisation: str, agreement: str, activities: list[int]) -> None:
    covers = ProcessingAgreement.objects.get(reference=agreement)
    since = max(_morning(covers.in_force_from), GDPR_STARTS)
    for number in activities:
        key = {
            "activity": numbers[number],
            "organisation": Organisation.objects.get(slug=organisation),
        }
        make(ActivityProcessor, key, agreement=covers, since=since)


def _tool(numbers: Numbers, slug: str, activities: list[int]) -> None:
    """Used as long as the tool was in use; one that is not yet, from when it was proposed."""
    tool = AutomationTool.objects.get(slug=slug)
    for number in activities:
        make(
            ActivityTool,
            {"activity": numbers[number], "tool": tool},
            since=tool.in_use_from or tool.proposed_at,
            until=tool.retired_at,
        )


def _transfer(numbers: Numbers, organisation: str, country: str, activities: list[int]) -> None:
    transfer = Transfer.objects.get(organisation__slug=organisation, country=country)
    for number in activities:
        key = {"activity": numbers[number], "transfer": transfer}
        make(ActivityTransfer, key, since=_morning(transfer.since))


def _retention(numbers: Numbers, activity: int, what_pl: str, trigger: str, **facts: Any) -> None:
    make(
        RetentionRule,
        {"activity": numbers[activity], "what_pl": what_pl},
        trigger=RetentionTrigger.objects.get(slug=trigger),
        since=GDPR_STARTS,
        **facts,
    )


def _morning(day: Any) -> datetime:
    """The first instant of a local day; of none, now."""
    return midnight(day) if day else days_ago(0)
