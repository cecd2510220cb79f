"""Files that jobs make: whole or not at all, logged as they leave, erased in time."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from audit import jobs, results
from audit.choices import AccessAction
from audit.jobs import kinds
from audit.models import AccessEvent, Job, ResultFile
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_folder() -> Iterator[None]:
    yield
    for path in stored():
        path.unlink()


@pytest.fixture
def job() -> Job:
    return Job.objects.create(kind="test", label="Eksport", owner=UserFactory())


def kept(job: Job, *chunks: bytes, **changes: Any) -> ResultFile:
    facts = {
        "name": "people.csv",
        "content_type": "text/csv",
        "chunks": chunks or (b"a\n", b"b\n"),
        "expires_at": timezone.now() + timedelta(hours=1),
    }
    return results.keep(job, **{**facts, **changes})


def stored() -> list[Path]:
    folder = Path(settings.PRIVATE_ROOT) / results.FOLDER
    return sorted(folder.iterdir()) if folder.exists() else []


def expire(result: ResultFile) -> None:
    past = timezone.now() - timedelta(seconds=1)
    ResultFile.objects.filter(pk=result.pk).update(expires_at=past)
    result.refresh_from_db()


def test_a_result_is_what_was_written(job: Job) -> None:
    result = kept(job)
    assert b"".join(results.content(result)) == b"a\nb\n"
    assert (result.size, result.sha256) == (4, hashlib.sha256(b"a\nb\n").hexdigest())


def test_rows_are_asked_for_after_the_last_chunk(job: Job) -> None:
    seen: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        for chunk in (b"a\n", b"b\n"):
            seen.append(chunk)
            yield chunk

    assert kept(job, chunks=chunks(), rows=lambda: len(seen)).rows == 2


def test_what_a_retry_makes_replaces_the_earlier_file(
    job: Job, django_capture_on_commit_callbacks: Any
) -> None:
    kept(job, b"half")
    with django_capture_on_commit_callbacks(execute=True):
        newer = kept(job, b"whole")
    assert list(job.files.all()) == [newer]
    assert [path.read_bytes() for path in stored()] == [b"whole"]


def test_a_failure_leaves_neither_bytes_nor_row(job: Job) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise jobs.Cancelled

    with pytest.raises(jobs.Cancelled):
        kept(job, chunks=chunks())
    assert (stored(), job.files.count()) == ([], 0)


def test_bytes_stay_where_nobody_knows_whether_the_row_stands(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store(*_args: Any) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(results, "_store", store)
    with pytest.raises(OperationalError):
        kept(job)
    assert len(stored()) == 1


def test_a_worker_that_was_replaced_keeps_nothing(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(claimed_by=job.uuid)
    with pytest.raises(jobs.Lost):
        kept(job)
    assert (stored(), job.files.count()) == ([], 0)


def test_only_its_owner_on_the_machine_reads_it(job: Job) -> None:
    kept(job)
    assert {path.stat().st_mode & 0o077 for path in stored()} == {0}


# Out ---------------------------------------------------------------------------------------------


def served(result: ResultFile | None) -> HttpResponse:
    request = RequestFactory().get("/")
    return results.served(request, result, action=AccessAction.EXPORT, subject="test.people")


@pytest.mark.django_db(transaction=True)
def test_a_download_is_logged_as_it_leaves(job: Job) -> None:
    result = kept(job, rows=2)
    response = served(result)
    (opened,) = AccessEvent.objects.all()
    assert b"".join(response.streaming_content) == b"a\nb\n"
    closing = AccessEvent.objects.get(closes=opened)
    assert (closing.rows, closing.sha256) == (2, result.sha256)


@pytest.mark.django_db(transaction=True)
def test_a_download_is_an_attachment(job: Job) -> None:
    response = served(kept(job, name="rejestr zgód.csv"))
    assert response["Content-Disposition"].startswith("attachment")
    assert (response["Content-Length"], response["Cache-Control"]) == ("4", "no-store")


def test_what_expired_is_told_to_be_gone(job: Job) -> None:
    result = kept(job)
    expire(result)
    response = served(result)
    assert response.status_code == 404
    assert "Have it made again" in response.rendered_content
    assert not AccessEvent.objects.exists()


def test_what_was_erased_is_told_to_be_gone(job: Job) -> None:
    assert served(None).status_code == 404


def test_what_lost_its_bytes_is_told_to_be_gone(job: Job) -> None:
    result = kept(job)
    default_storage.delete(result.file)
    assert served(result).status_code == 404


# Erased ------------------------------------------------------------------------------------------


def test_available_files_are_those_whose_time_is_not_over(job: Job) -> None:
    result = kept(job)
    assert list(ResultFile.objects.available()) == [result]
    assert not ResultFile.objects.available(result.expires_at).exists()


def test_the_sweep_erases_what_expired(job: Job) -> None:
    kept(job, name="later.csv")
    expire(kept(job))
    results.erase_expired()
    assert [each.name for each in ResultFile.objects.all()] == ["later.csv"]
    assert len(stored()) == 1


def test_the_sweep_erases_old_bytes_without_a_row(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(job)
    default_storage.save(f"{results.FOLDER}/left.part", ContentFile(b"half"))
    results.erase_expired()
    assert len(stored()) == 2
    monkeypatch.setattr(results, "ABANDONED", timedelta(seconds=-1))
    results.erase_expired()
    assert [path.name for path in stored()] == [Path(result.file).name]


def test_the_worker_sweeps_results() -> None:
    assert results.erase_expired in kinds._sweeps
