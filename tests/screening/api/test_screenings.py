"""Dial lists of clients: what is taken, who may see it, and what is left of it."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ApiUsage
from audit import jobs
from audit.choices import JobState
from audit.models import AccessEvent, Job
from screening.dialling import uploads, work
from screening.models import ContactList, DialList
from tests.api import AT, Caller
from tests.factories import ApiClientFactory, ClientGrantFactory, PurposeFactory, UserFactory

pytestmark = pytest.mark.django_db
ALLOWED = "jan@poczta.example"
DATA = f"lp;E-mail\n1;{ALLOWED}\n2;brak\n3;obcy@poczta.example\n"


@pytest.fixture
def dialler(consented: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A client that was granted the purpose of ``consented``."""
    client = ClientGrantFactory(purpose=consented.purpose).client
    yield SimpleNamespace(caller=Caller(client), client=client, **vars(consented))
    for path in stored():
        path.unlink()


def stored() -> list[Path]:
    place = Path(house.PRIVATE_ROOT) / uploads.FOLDER
    return sorted(place.iterdir()) if place.exists() else []


def post(case: SimpleNamespace, data: str | bytes = DATA, **asked: Any) -> Any:
    body = data.encode() if isinstance(data, str) else data
    form = {"file": SimpleUploadedFile("baza.csv", body), "purpose": "marketing"}
    form |= {"channel": "email"} | asked
    return case.caller.web.post(AT + "screenings/", form)


def screened(case: SimpleNamespace, **asked: Any) -> str:
    """The address of a screening that the worker has done."""
    place = post(case, **asked)["Location"]
    jobs.perform(Job.objects.latest("pk"))
    return place


def told(case: SimpleNamespace, place: str) -> dict[str, Any]:
    return case.caller.web.get(place).json()


def result(case: SimpleNamespace, place: str, which: str = "all") -> Any:
    return case.caller.web.get(f"{place}result/", {"which": which})


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def pointers(response: Any) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


# Ordered -----------------------------------------------------------------------------------------


def test_a_list_is_taken_and_waits(dialler: SimpleNamespace) -> None:
    response = post(dialler)
    assert response.status_code == 202
    assert response["Location"].endswith(f"/api/v1/screenings/{response.json()['uuid']}/")
    assert told(dialler, response["Location"])["state"] == "queued"


def test_the_outcome_is_told_in_counts(dialler: SimpleNamespace) -> None:
    body = told(dialler, screened(dialler))
    assert body["state"] == "done"
    assert body["rows"] == {"done": 3, "total": 3}
    assert body["counts"] == {
        "allowed": 1,
        "denied": 2,
        "reasons": {"invalid_contact": 1, "unknown_contact": 1},
    }


def test_every_row_keeps_its_place_beside_its_answer(dialler: SimpleNamespace) -> None:
    lines = content(result(dialler, screened(dialler))).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["1", ALLOWED, ALLOWED, "allow"],
        ["2", "brak", "", "deny"],
        ["3", "obcy@poczta.example", "obcy@poczta.example", "deny"],
    ]


def test_those_allowed_may_be_taken_alone(dialler: SimpleNamespace) -> None:
    lines = content(result(dialler, screened(dialler), "allowed")).decode().splitlines()
    assert lines[1:] == [f"{ALLOWED},1,{ALLOWED}"]


def test_a_column_may_be_named(dialler: SimpleNamespace) -> None:
    data = f"stary;nowy\nx@y.example;{ALLOWED}\n"
    place = screened(dialler, data=data, column="nowy")
    assert told(dialler, place)["counts"]["allowed"] == 1


def test_the_bytes_are_erased_once_it_is_screened(dialler: SimpleNamespace) -> None:
    screened(dialler)
    assert not stored()


def test_the_work_is_done_in_the_name_of_the_client(dialler: SimpleNamespace) -> None:
    screened(dialler)
    made = ContactList.objects.get()
    assert (made.recorded_by, made.recorded_name) == (None, dialler.client.name)
    assert made.way == "api"


def test_a_client_that_lost_its_grant_meanwhile_gets_nothing(dialler: SimpleNamespace) -> None:
    place = post(dialler)["Location"]
    dialler.client.purpose_grants.get().end()
    jobs.perform(Job.objects.latest("pk"))
    body = told(dialler, place)
    assert (body["state"], body["result"]) == ("failed", None)
    assert body["error"]


# Taken away --------------------------------------------------------------------------------------


def test_each_download_stands_in_the_log_with_its_hash(dialler: SimpleNamespace) -> None:
    data = content(result(dialler, screened(dialler)))
    event = AccessEvent.objects.filter(closes=None).latest("pk")
    assert (event.action, event.recorded_name, event.way) == (
        "screening",
        dialler.client.name,
        "api",
    )
    assert event.closed_by.sha256 == hashlib.sha256(data).hexdigest()


def test_a_caller_may_ask_for_csv(dialler: SimpleNamespace) -> None:
    place = screened(dialler)
    response = dialler.caller.web.get(f"{place}result/", headers={"accept": "text/csv"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")


def test_there_is_no_result_before_it_is_done(dialler: SimpleNamespace) -> None:
    assert result(dialler, post(dialler)["Location"]).status_code == 404


def test_a_list_that_is_over_is_gone(dialler: SimpleNamespace, time_machine: Any) -> None:
    place = screened(dialler)
    time_machine.move_to(timezone.now() + timedelta(hours=house.LIST_VALID_HOURS, minutes=1))
    response = result(dialler, place)
    assert (response.status_code, response.json()["code"]) == (410, "gone")
    assert told(dialler, place)["result"] is None


def test_lists_of_other_clients_do_not_exist(dialler: SimpleNamespace) -> None:
    place = screened(dialler)
    other = SimpleNamespace(caller=Caller(ClientGrantFactory(purpose=dialler.purpose).client))
    assert other.caller.web.get(place).status_code == 404
    assert result(other, place).status_code == 404


def test_lists_of_users_do_not_exist(dialler: SimpleNamespace) -> None:
    file = SimpleUploadedFile("baza.csv", DATA.encode())
    own = uploads.received(file, owner=UserFactory())
    assert dialler.caller.get(f"screenings/{own.uuid}/").status_code == 404


# Refused -----------------------------------------------------------------------------------------


def test_a_purpose_of_others_reads_like_none(dialler: SimpleNamespace) -> None:
    PurposeFactory(slug="cudzy")
    assert post(dialler, purpose="cudzy").status_code == 404
    assert not DialList.objects.exists()


def test_a_file_that_cannot_be_read_is_refused(dialler: SimpleNamespace) -> None:
    assert pointers(post(dialler, b"\n")) == ["#/file"]
    assert (stored(), DialList.objects.count()) == ([], 0)


def test_a_file_that_is_too_large_is_refused_and_not_kept(
    dialler: SimpleNamespace, settings: Any
) -> None:
    settings.IMPORT_LIMITS = {**settings.IMPORT_LIMITS, "file_bytes": 4}
    refused = post(dialler)
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/file", "too_large")
    assert not stored()


def test_whoever_knows_the_encoding_says_it(dialler: SimpleNamespace) -> None:
    data = f"imię;E-mail\nŻaneta;{ALLOWED}\n".encode("cp1250")
    assert pointers(post(dialler, data)) == ["#/encoding"]
    assert post(dialler, data, encoding="cp1250").status_code == 202


def test_a_column_that_is_not_there_is_refused(dialler: SimpleNamespace) -> None:
    assert pointers(post(dialler, column="telefon")) == ["#/column"]


def test_an_unknown_field_is_refused(dialler: SimpleNamespace) -> None:
    assert pointers(post(dialler, colum="E-mail")) == ["#/colum"]


def test_json_is_no_file(dialler: SimpleNamespace) -> None:
    assert dialler.caller.post("screenings/", {"purpose": "marketing"}).status_code == 415


def test_whoever_may_only_check_may_not_screen(consented: SimpleNamespace) -> None:
    client = ApiClientFactory(may_screen=False)
    ClientGrantFactory(client=client, purpose=consented.purpose)
    assert post(SimpleNamespace(caller=Caller(client))).status_code == 403


def test_rows_count_against_the_quota(dialler: SimpleNamespace) -> None:
    post(dialler)
    assert ApiUsage.objects.get(client=dialler.client).contacts == 3


def test_a_list_beyond_the_quota_is_not_kept(dialler: SimpleNamespace) -> None:
    dialler.client.daily_contacts = 2
    dialler.client.save()
    response = post(dialler)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert (stored(), DialList.objects.count()) == ([], 0)


def test_rows_of_a_spreadsheet_count_once_they_are_known(
    dialler: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialler.client.daily_contacts = 2
    dialler.client.save()
    # Of a spreadsheet nobody knows the rows before it is read.
    monkeypatch.setattr("screening.dialling.tables.Table.lines", lambda _table: 0)
    place = post(dialler)["Location"]
    job = Job.objects.latest("pk")
    jobs.perform(job)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert told(dialler, place)["counts"] is None


def test_rows_of_a_spreadsheet_count_once_however_often_it_is_begun(
    dialler: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screening.dialling.tables.Table.lines", lambda _table: 0)
    post(dialler)
    job = Job.objects.latest("pk")
    with monkeypatch.context() as patch:
        patch.setattr(work, "Screening", interrupted)
        jobs.perform(job)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    counted = ApiUsage.objects.get(client=dialler.client).contacts
    jobs.perform(job)
    assert ApiUsage.objects.get(client=dialler.client).contacts == counted > 0


def interrupted(*_arguments: Any, **_options: Any) -> None:
    raise jobs.Interrupted


def test_a_list_is_brought_by_a_user_or_by_a_client() -> None:
    later = timezone.now()
    both = {"owner": UserFactory(), "client": ApiClientFactory()}
    for owners in ({}, both):
        with pytest.raises(IntegrityError), transaction.atomic():
            DialList.objects.create(sha256="", expires_at=later, **owners)


def test_a_job_of_a_client_is_no_daily_work(dialler: SimpleNamespace) -> None:
    post(dialler)
    assert jobs.kind_of(Job.objects.get()).ordered_by(Job.objects.get()) == dialler.client.name


def test_both_files_are_named_after_the_campaign(dialler: SimpleNamespace) -> None:
    screened(dialler)
    assert set(work.files_of(DialList.objects.get())) == {"all", "allowed"}
