"""Findings over time, from the daily counts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from audit import rules
from audit.choices import Severity
from audit.counting import count_today
from audit.models import FindingCount
from audit.rules import Rule
from ccgdpr.trend import trend
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 11, 24, 8, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _one_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    every = lambda rows: rows  # noqa: E731
    one = Rule("every", Severity.BLOCKING, "Art. 28(1)", "x", Organisation, every)
    monkeypatch.setattr(rules, "registered", lambda: [one])


def counted(days_ago: int, number: int) -> None:
    FindingCount.objects.create(
        day=TODAY - timedelta(days=days_ago),
        rule="every",
        severity="blocking",
        register="processors.organisation",
        open=number,
    )


def test_a_day_is_counted_once_and_the_last_count_stays() -> None:
    count_today()
    OrganisationFactory()
    count_today()
    assert list(FindingCount.objects.values_list("day", "rule", "open")) == [(TODAY, "every", 1)]


def test_one_count_is_no_trend() -> None:
    count_today()
    assert trend(UserFactory()) is None


def test_a_week_shows_its_last_count() -> None:
    counted(8, 9)
    counted(7, 5)
    counted(1, 3)
    counted(0, 2)
    found = trend(UserFactory())
    assert found is not None
    assert found.rows[0] == (Severity.BLOCKING, [None, 5, 2])


def test_every_severity_has_its_panel() -> None:
    counted(7, 5)
    counted(0, 2)
    found = trend(UserFactory())
    assert found is not None
    assert len(found.plot.panels) == 3


def test_registers_that_the_user_may_not_see_are_not_counted() -> None:
    counted(7, 5)
    counted(0, 2)
    assert trend(UserFactory(supervisor=True)) is None
