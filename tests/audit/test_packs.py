"""A PDF of each record on a list, as one ZIP that the worker makes."""

import io
import zipfile

import pytest
from django.test import Client

from accounts.models import User
from audit import jobs, pdf
from audit.choices import JobState
from audit.models import AccessEvent, Job
from tests.audit.killing import outlived
from tests.factories import AgreementFactory, UserFactory

LIST = "/admin/processors/processingagreement/"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not all(pdf.is_library(name) for name in pdf.LIBRARIES), reason="Pango is not installed"
    ),
]


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def _two() -> None:
    AgreementFactory(reference="UP/1")
    AgreementFactory(reference="UP/2")


def ordered(client: Client, query: str = "") -> Job:
    response = client.post(f"{LIST}pdf/{query}")
    job = Job.objects.get()
    assert response["Location"] == f"/admin/audit/job/{job.pk}/change/"
    return job


def done(job: Job) -> Job:
    jobs.perform(job)
    job.refresh_from_db()
    return job


def body(client: Client, job: Job) -> bytes:
    response = client.get(f"/admin/jobs/files/{job.files.get().uuid}/")
    return b"".join(response.streaming_content)


def test_each_record_of_the_list_becomes_a_document(client: Client, dpo: User) -> None:
    job = done(ordered(client))
    with zipfile.ZipFile(io.BytesIO(body(client, job))) as archive:
        documents = [archive.read(name) for name in archive.namelist()]
    assert [each[:5] for each in documents] == [b"%PDF-"] * 2
    assert (job.done, job.total, job.result) == (2, 2, {"documents": 2})


def test_its_progress_counts_no_rows(client: Client, dpo: User) -> None:
    job = done(ordered(client))
    page = client.get(f"/admin/audit/job/{job.pk}/change/").content.decode()
    assert "of 2" in page
    assert "of 2 rows" not in page


def test_it_leaves_through_the_access_log(client: Client, dpo: User) -> None:
    body(client, done(ordered(client)))
    closing = AccessEvent.objects.get(closes__isnull=False)
    assert (closing.action, closing.subject, closing.rows) == (
        "download",
        "processors.processingagreement",
        2,
    )


def test_the_filters_of_the_list_hold(client: Client, dpo: User) -> None:
    view = next(each for each in client.get(LIST).context["views"] if each.count == 0)
    assert "nothing on this list" in done(ordered(client, view.url)).error


def test_a_machine_without_pango_is_told(
    client: Client, dpo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ordered(client)
    monkeypatch.setattr(pdf, "LIBRARIES", ("libpango-of-nobody.so.0",))
    assert "Pango" in done(job).error


def test_searched_words_are_not_kept_in_a_job(client: Client, dpo: User) -> None:
    assert client.post(f"{LIST}pdf/?q=UP").status_code == 302
    assert not Job.objects.exists()


def test_whoever_may_not_see_the_register_gets_none(client: Client) -> None:
    client.force_login(UserFactory(supervisor=True))
    assert client.post(f"{LIST}pdf/").status_code == 403
    assert not Job.objects.exists()


def test_an_auditor_takes_away_what_they_may_see(client: Client) -> None:
    client.force_login(UserFactory(auditor=True))
    assert len(body(client, done(ordered(client)))) > 1000


def test_the_list_offers_it(client: Client, dpo: User) -> None:
    assert f'action="{LIST}pdf/' in client.get(LIST).content.decode()


@pytest.mark.parametrize("moment", ["write:1", "write:3", "fsync:1", "fsync:2"])
def test_a_pack_outlives_its_worker(client: Client, dpo: User, moment: str) -> None:
    job = outlived(ordered(client), moment)
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    with zipfile.ZipFile(io.BytesIO(body(client, job))) as archive:
        assert (archive.testzip(), len(archive.namelist())) == (None, 2)
