"""The daily schedule: once per local day, however many workers and restarts there are."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from audit import jobs
from audit.choices import JobState
from audit.jobs import kinds, schedule
from audit.models import DailyRun, Job

pytestmark = pytest.mark.django_db
# Wednesday, 13:00 in Warsaw.
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(schedule, "_daily", {})


def daily(hour: int | None, days: range = schedule.EVERY_DAY) -> list[int]:
    done: list[int] = []
    jobs.daily("test", hour_local=hour, label="Próba", days=days)(lambda work: done.append(1))
    return done


def test_what_is_due_is_ordered_as_a_job_of_the_house() -> None:
    done = daily(3)
    (job,) = jobs.order_due(NOON)
    jobs.perform(job)
    job.refresh_from_db()
    assert (job.state, job.owner, job.label, done) == (JobState.DONE, None, "Próba", [1])


def test_it_is_ordered_once_a_day() -> None:
    daily(3)
    assert len(jobs.order_due(NOON)) == 1
    assert jobs.order_due(NOON + timedelta(hours=5)) == []
    assert len(jobs.order_due(NOON + timedelta(days=1))) == 1


def test_the_hour_is_local() -> None:
    daily(13)
    assert jobs.order_due(NOON - timedelta(minutes=1)) == []
    assert len(jobs.order_due(NOON)) == 1


def test_days_of_downtime_are_made_up_once() -> None:
    daily(3)
    jobs.order_due(NOON)
    assert len(jobs.order_due(NOON + timedelta(days=9))) == 1


def test_what_rests_on_a_weekend_is_not_due_then() -> None:
    daily(3, schedule.WEEKDAYS)
    assert jobs.order_due(NOON + timedelta(days=3)) == []
    assert len(jobs.order_due(NOON + timedelta(days=5))) == 1


def test_what_is_switched_off_is_never_due() -> None:
    daily(None)
    assert jobs.order_due(NOON) == []


def test_who_is_slower_orders_nothing() -> None:
    daily(3)
    jobs.order_due(NOON)
    assert schedule._order(schedule._daily["test"], NOON.date()) is None
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_orders_it() -> None:
    daily(3)
    ready = threading.Barrier(4)

    def order() -> None:
        connection.ensure_connection()
        ready.wait()
        jobs.order_due(NOON)
        connections.close_all()

    threads = [threading.Thread(target=order) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Job.objects.count(), DailyRun.objects.count()) == (1, 1)
