"""What the registers must say before a purpose may be pursued, dated as a test needs it."""

from datetime import datetime, timedelta

from django.utils import timezone

from legitimate_interest.choices import Outcome
from legitimate_interest.models import BalanceTest
from processing.models import ActivityTool, ProcessingActivity, Purpose
from processors.models import AutomationTool
from tests.factories import LONG_AGO, BalanceTestFactory, ToolFactory

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
    dates = dict.fromkeys(("submitted_at", "dpo_opinion_at", "approved_at", "valid_from"), since)
    review = (since + lasts).date()
    return BalanceTestFactory(
        approved=True, purpose=purpose, outcome=outcome, review_on=review, **dates
    )


def tool_in_use(slug: str, since: datetime = LONG_AGO, **facts: object) -> AutomationTool:
    """A tool that is in use from ``since``."""
    return ToolFactory(in_use=True, slug=slug, verified_at=since, in_use_from=since, **facts)


def used_by(
    activity: ProcessingActivity,
    tool: AutomationTool,
    since: datetime = LONG_AGO,
    until: datetime | None = None,
) -> None:
    ActivityTool(activity=activity, tool=tool, since=since, until=until).save()
