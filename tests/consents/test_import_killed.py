"""An import whose worker is killed (kill -9) goes on with the next, and nothing is half there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit import jobs
from audit.choices import JobState
from audit.models import Job
from consents.choices import ImportState
from consents.fold import differences
from consents.importing import uploads
from consents.jobs import READ, confirm, enqueue_for, read_now
from consents.models import (
    Consent,
    ConsentEvent,
    ConsentImport,
    DataSubject,
    LeadSource,
    StagedAct,
    StagedContact,
)
from processing.models import Purpose
from tests.audit.killing import killed, outlived
from tests.consents.files import FLAGS, table
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("import_house")]
PEOPLE = 4_000


@pytest.fixture
def upload() -> ConsentImport:
    people = (
        (f"osoba{n}@poczta.example", "nie" if n % 5 == 0 else "tak", f"2023-04-{1 + n % 28:02}")
        for n in range(PEOPLE)
    )
    return uploads.received(
        SimpleUploadedFile("ludzie.csv", table(*people)),
        source=LeadSource.objects.get(slug="web-form"),
        purpose=Purpose.objects.get(slug="newsletter"),
        name="ludzie.csv",
        owner=UserFactory(),
        mapping=FLAGS,
        as_of="2026-01-31T12:00",
    )


def job_of(upload: ConsentImport) -> Job:
    upload.refresh_from_db()
    assert upload.job
    return upload.job


def to_be_read(upload: ConsentImport) -> Job:
    enqueue_for(upload, READ)
    return job_of(upload)


def to_be_recorded(upload: ConsentImport) -> Job:
    read_now(upload)
    confirm(upload, reason="import")
    return job_of(upload)


@pytest.mark.parametrize("moment", ["write:1", "write:4", "write:7"])
def test_a_reading_outlives_its_worker(upload: ConsentImport, moment: str) -> None:
    assert outlived(to_be_read(upload), moment).state == JobState.DONE
    upload.refresh_from_db()
    assert (upload.state, upload.counts["rows"]) == (ImportState.STAGED, PEOPLE)
    assert StagedContact.objects.count() == StagedAct.objects.count() == PEOPLE
    assert not Consent.objects.exists()


@pytest.mark.parametrize("moment", ["write:2", "write:12", "write:24"])
def test_a_recording_outlives_its_worker(upload: ConsentImport, moment: str) -> None:
    job = outlived(to_be_recorded(upload), moment)
    assert (job.state, job.attempts, job.result["applied"]) == (JobState.DONE, 2, PEOPLE)
    assert DataSubject.objects.count() == ConsentEvent.objects.count() == PEOPLE
    assert differences() == []


def test_a_killed_recording_leaves_every_person_whole_or_absent(upload: ConsentImport) -> None:
    to_be_recorded(upload)
    killed("write:16")
    people = DataSubject.objects.count()
    assert Consent.objects.count() == ConsentEvent.objects.count() == people
    assert DataSubject.history.count() == people


def test_a_recording_whose_workers_are_always_killed_is_reported(upload: ConsentImport) -> None:
    job = to_be_recorded(upload)
    Job.objects.filter(pk=job.pk).update(attempts=2)
    job = outlived(job, "write:12")
    assert job.state == JobState.FAILED
    assert job.error
    jobs.retry(job)
    jobs.perform(job)
    job.refresh_from_db()
    assert (job.state, Consent.objects.count()) == (JobState.DONE, PEOPLE)
