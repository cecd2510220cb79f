"""What the registers must say before a purpose may be pursued, dated as a test needs it."""

from datetime import datetime, timedelta

from django.utils import timezone

from legitimate_interest.choices import Outcome, Position, TestState
from legitimate_interest.models import BalanceTest
from processing.models import ActivityTool, ProcessingActivity, Purpose
from processors.choices import ToolKind, ToolState
from processors.models import AutomationTool
from tests.factories import LONG_AGO, OrganisationFactory, UserFactory

YEAR = timedelta(days=365)


def approved_test(
    purpose: Purpose,
    since: datetime | None = None,
    *,
    outcome: str = Outcome.RELY,
    lasts: timedelta = YEAR,
) -> BalanceTest:
    """A balance test that was approved at ``since`` (default: yesterday), good for ``lasts``."""
    since = since or timezone.now() - timedelta(days=1)
    test = BalanceTest(
        purpose=purpose,
        state=TestState.APPROVED,
        author=UserFactory(),
        interest_pl="marketing",
        interest_en="marketing",
        outcome=outcome,
        justification="klienci się tego spodziewają",
        submitted_at=since,
        dpo_position=Position.FAVOURABLE,
        dpo_opinion="bez uwag",
        dpo_opinion_by=UserFactory(),
        dpo_opinion_at=since,
        approver=UserFactory(approver=True),
        approved_at=since,
        valid_from=since,
        review_on=(since + lasts).date(),
    )
    test.save()
    return test


def tool_in_use(slug: str, since: datetime = LONG_AGO, **facts: object) -> AutomationTool:
    """A tool that went through its verbs and is in use from ``since``."""
    vendor = OrganisationFactory(vendor=True)
    whole = {
        "name": slug.title(),
        "kind": ToolKind.DIALLER,
        "state": ToolState.IN_USE,
        "vendor": vendor,
        "verified_at": since,
        "verified_by": UserFactory(),
        "verified_vendor": vendor,
        "approved_by": UserFactory(approver=True),
        "in_use_from": since,
    }
    tool = AutomationTool(slug=slug, **{**whole, **facts})
    tool.save()
    return tool


def used_by(
    activity: ProcessingActivity,
    tool: AutomationTool,
    since: datetime = LONG_AGO,
    until: datetime | None = None,
) -> None:
    ActivityTool(activity=activity, tool=tool, since=since, until=until).save()
