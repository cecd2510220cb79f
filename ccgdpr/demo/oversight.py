"""What was decided about findings, and how many there were in the weeks before."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit import acknowledging, rules
from audit.counting import count_today
from audit.models import FindingAcknowledgement, FindingCount
from ccgdpr.demo.making import by_hand, content

Team = dict[str, User]


def create(team: Team) -> None:
    """Decisions, then today's count and those of eight weeks; once, as a second run shows."""
    told = content("oversight")
    if not FindingAcknowledgement.objects.exists():
        for facts in told["accepted"]:
            _accept(team, **facts)
    if not FindingCount.objects.exists():
        _count(told["weeks"])


def _accept(
    team: Team, *, role: str, rule: str, record: dict[str, Any], days: int, reason: str
) -> None:
    """A blocking finding is a risk that the approver takes; others the DPO may live with."""
    by, asked = team[Role[role]], _rule(rule)
    until = timezone.localdate() + timedelta(days=days)
    with by_hand(by, reason):
        for each in _broken(asked, record):
            acknowledging.acknowledge(asked, each, by=by, until=until)


def _rule(code: str) -> rules.Rule:
    return next(rule for rule in rules.registered() if rule.code == code)


def _broken(rule: rules.Rule, record: dict[str, Any]) -> models.QuerySet:
    return rule.open_records().filter(**record).distinct()


def _count(weeks: dict[str, list[int]]) -> None:
    """As the daily job would have: a rule that the table does not name broke as often as now."""
    today = timezone.localdate()
    now = count_today(today)
    FindingCount.objects.bulk_create(
        _then(row, day=today - timedelta(weeks=back), found=weeks.get(row.rule, ()), back=back)
        for back in range(8, 0, -1)
        for row in now
    )


def _then(now: FindingCount, *, day: date, found: list[int] | tuple[()], back: int) -> FindingCount:
    return FindingCount(
        day=day,
        rule=now.rule,
        severity=now.severity,
        register=now.register,
        open=found[-back] if found else now.open + now.acknowledged,
    )
