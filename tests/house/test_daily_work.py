"""What the worker does for the whole house once a day."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail

from audit import jobs
from audit.choices import JobState
from audit.jobs import schedule
from audit.models import FindingCount, Job
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def done(kind: str, **facts: Any) -> Job:
    job = jobs.enqueue(kind, label="Próba", owner=None)
    Job.objects.filter(pk=job.pk).update(**facts)
    jobs.perform(job)
    job.refresh_from_db()
    return job


def test_the_day_counts_findings_writes_letters_and_checks_documents() -> None:
    names = {"house.count_findings", "house.write_letters", "processors.verify_documents"}
    assert names <= set(schedule._daily)


def test_the_count_is_that_of_the_trend() -> None:
    assert done("house.count_findings").state == JobState.DONE
    assert FindingCount.objects.exists()


def test_every_officer_gets_a_letter() -> None:
    officers = [UserFactory(), UserFactory()]
    UserFactory(supervisor=True)
    assert done("house.write_letters").result == {"letters": 2}
    assert [letter.to for letter in mail.outbox] == [[officer.email] for officer in officers]


def test_a_job_that_goes_on_writes_to_those_who_have_no_letter_yet() -> None:
    _written, waiting = UserFactory(), UserFactory()
    done("house.write_letters", done=1)
    assert [letter.to for letter in mail.outbox] == [[waiting.email]]


def test_letters_rest_on_weekends() -> None:
    saturday = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    assert saturday.weekday() not in schedule._daily["house.write_letters"].days
