"""Exports whose worker is killed (kill -9) are found by the next one, and no file is half there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.http import QueryDict
from django.test import RequestFactory

from audit import results
from audit.admin import asked, exports
from audit.choices import JobState
from audit.models import Job, ResultFile
from audit.resources import GuardedCSV
from processors.models import Organisation
from tests.audit.killing import fallen_silent, finished, killed, outlived
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job() -> Iterator[Job]:
    for number in range(50):
        OrganisationFactory(slug=f"firma-{number}", name=f"Firma {number}")
    request = RequestFactory().get("/")
    request.user, request.GET = UserFactory(), QueryDict("")
    yield exports.order(
        request,
        asked.register("processors.organisation"),
        extension="csv",
        content_type=GuardedCSV().get_content_type(),
        name="organisations.csv",
        fields=None,
        access={"action": "export", "subject": "processors.organisation"},
    )
    for path in stored():
        path.unlink()


def stored() -> list[Path]:
    folder = Path(house.PRIVATE_ROOT) / results.FOLDER
    return sorted(folder.iterdir()) if folder.exists() else []


# Before the rows are read; the file written and not yet in its place; and without a row.
@pytest.mark.parametrize("moment", ["write:1", "fsync:1", "fsync:2", "write:2"])
def test_an_export_outlives_its_worker(job: Job, moment: str) -> None:
    job = outlived(job, moment)
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    result = job.files.get()
    assert result.rows == Organisation.objects.count()
    assert len(b"".join(results.content(result)).splitlines()) == result.rows + 1


@pytest.mark.parametrize("moment", ["fsync:1", "fsync:2"])
def test_a_killed_export_leaves_bytes_that_nobody_gets_and_the_sweep_erases(
    job: Job, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(moment)
    assert (len(stored()), ResultFile.objects.count()) == (1, 0)
    monkeypatch.setattr(results, "ABANDONED", timedelta(seconds=-1))
    results.erase_expired()
    assert stored() == []


def test_of_two_workers_one_goes_on(job: Job) -> None:
    killed("fsync:1")
    fallen_silent(job)
    job = finished(job, workers=2)
    assert (job.state, job.attempts, job.files.count()) == (JobState.DONE, 2, 1)
    assert ResultFile.objects.count() == 1


def test_a_killed_worker_leaves_its_job_to_two_others_who_share_the_rest(job: Job) -> None:
    others: list[Any] = [_again(job) for _turn in range(4)]
    killed("fsync:1")
    fallen_silent(job)
    ended = [finished(each, workers=2) for each in (job, *others)]
    assert [each.state for each in ended] == [JobState.DONE] * 5
    assert [each.attempts for each in ended] == [2, 1, 1, 1, 1]


def _again(job: Job) -> Job:
    return exports.jobs.enqueue(job.kind, label=job.label, owner=job.owner, params=job.params)
