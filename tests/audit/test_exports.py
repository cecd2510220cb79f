"""Registers too long to wait for: exported by the worker, downloaded by whoever ordered it."""

import csv
import io
import tracemalloc
from typing import Any

import openpyxl
import pytest
from django.test import Client

from accounts.models import User
from audit import exporting, jobs
from audit.choices import JobState
from audit.models import AccessEvent, Job, ResultFile
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/admin/processors/organisation/export/"
CSV, XLSX = "0", "1"


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def _three(settings: Any) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 2
    organisations("=Aleja", "Bank", "Centrum")


def organisations(*names: str, **facts: Any) -> None:
    for number, name in enumerate(names):
        OrganisationFactory(slug=f"{name[1:3].lower()}{number}", name=name, **facts)


def asked(client: Client, file_format: str = CSV, query: str = "", leave_out: str = "") -> Any:
    fields = client.get(URL).context["form"].fields
    chosen = {n: "on" for n in fields if n.startswith("organisation")}
    chosen.pop(leave_out, None)
    return client.post(URL + query, {"format": file_format, **chosen})


def done(job: Job) -> ResultFile:
    jobs.perform(job)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    return job.files.get()


def downloaded(client: Client, result: ResultFile) -> Any:
    return client.get(f"/admin/jobs/files/{result.uuid}/")


def test_a_long_register_is_given_to_the_worker(client: Client, dpo: User) -> None:
    response = asked(client)
    job = Job.objects.get()
    assert response["Location"] == f"/admin/audit/job/{job.pk}/change/"
    assert (job.owner, job.state) == (dpo, JobState.QUEUED)
    assert not AccessEvent.objects.exists()


def test_the_file_is_the_one_that_would_have_come_at_once(
    client: Client, dpo: User, settings: Any
) -> None:
    asked(client)
    late = b"".join(downloaded(client, done(Job.objects.get())).streaming_content)
    settings.EXPORT_AT_ONCE_ROWS = 3
    assert late == b"".join(asked(client).streaming_content)


def test_a_spreadsheet_holds_text_alone(client: Client, dpo: User) -> None:
    asked(client, XLSX)
    body = b"".join(downloaded(client, done(Job.objects.get())).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet.max_row == 4
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}


def test_progress_and_rows_are_told(client: Client, dpo: User) -> None:
    asked(client)
    result = done(Job.objects.get())
    assert (result.job.done, result.job.total, result.rows) == (3, 3, 3)


def test_it_leaves_through_the_access_log(client: Client, dpo: User) -> None:
    asked(client)
    result = done(Job.objects.get())
    b"".join(downloaded(client, result).streaming_content)
    closing = AccessEvent.objects.get(closes__isnull=False)
    assert (closing.subject, closing.rows, closing.sha256) == (
        "processors.organisation",
        3,
        result.sha256,
    )
    assert "name" in closing.closes.columns


def test_the_filters_of_the_list_hold(client: Client, dpo: User) -> None:
    OrganisationFactory(name="Nasze centrum", is_own=True)
    asked(client, query="?is_own__exact=0")
    body = b"".join(downloaded(client, done(Job.objects.get())).streaming_content).decode()
    names = {row["name"] for row in csv.DictReader(io.StringIO(body))}
    assert names == {"'=Aleja", "Bank", "Centrum"}


def test_columns_that_were_left_out_stay_out(client: Client, dpo: User) -> None:
    asked(client, leave_out="organisationresource_address")
    body = b"".join(downloaded(client, done(Job.objects.get())).streaming_content).decode()
    assert "address" not in next(csv.reader(io.StringIO(body)))


def test_words_that_were_searched_are_not_kept_in_a_job(client: Client, dpo: User) -> None:
    organisations("Kowalski 0", "Kowalski 1", "Kowalski 2")
    response = asked(client, query="?q=Kowalski")
    assert "Clear the search" in response.content.decode()
    assert not Job.objects.exists()


def test_nobody_else_downloads_it(client: Client, dpo: User) -> None:
    asked(client)
    result = done(Job.objects.get())
    client.force_login(UserFactory())
    assert downloaded(client, result).status_code == 404


def test_rights_are_those_of_the_moment_in_which_it_is_made(client: Client, dpo: User) -> None:
    asked(client)
    dpo.user_permissions.clear()
    dpo.groups.clear()
    job = Job.objects.get()
    jobs.perform(job)
    job.refresh_from_db()
    assert (job.state, job.files.count()) == (JobState.FAILED, 0)


def test_rights_are_those_of_the_moment_in_which_it_is_taken(client: Client, dpo: User) -> None:
    asked(client)
    result = done(Job.objects.get())
    dpo.user_permissions.clear()
    dpo.groups.clear()
    assert downloaded(client, result).status_code == 404


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "SHEET_ROWS", 2)
    rows = [[str(number)] for number in range(5)]
    body = b"".join(exporting.xlsx_chunks(["n"], rows))
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert [sheet.max_row for sheet in book] == [3, 3, 2]


@pytest.mark.parametrize("chunks", [exporting.csv_chunks, exporting.xlsx_chunks])
def test_memory_does_not_grow_with_the_rows(chunks: Any) -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        for _chunk in chunks(["a", "b"], ((str(n), "text") for n in range(rows))):
            pass
        (_now, most) = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(20_000) < peak(2_000) * 2


def test_a_text_that_no_cell_holds_is_named_by_its_column() -> None:
    with pytest.raises(jobs.Failed, match="notes: "):
        list(exporting.xlsx_chunks(["name", "notes"], [["Bank", "x" * 40_000]]))
