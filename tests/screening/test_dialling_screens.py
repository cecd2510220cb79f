"""A dial list on screen: whose it is, what is asked, what leaves, and what stays behind."""

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from audit import jobs
from audit.choices import JobState
from audit.models import AccessEvent, Job
from screening.dialling import uploads, work
from screening.models import ContactList, DialList
from tests.audit.killing import killed, outlived
from tests.factories import GrantFactory, UserFactory

pytestmark = pytest.mark.django_db
UPLOAD = "admin:screening_dialling"
ALLOWED = "jan@poczta.example"
DATA = f"lp;E-mail\n1;{ALLOWED}\n2;brak\n3;obcy@poczta.example\n"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def floor(consented: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A supervisor who may use the purpose of ``consented``."""
    user = GrantFactory(purpose=consented.purpose).user
    for path in stored():  # of other tests
        path.unlink()
    yield SimpleNamespace(client=signed_in(user), user=user, **vars(consented))
    for path in stored():
        path.unlink()


def stored(folder: str = uploads.FOLDER) -> list[Path]:
    place = Path(house.PRIVATE_ROOT) / folder
    return sorted(place.iterdir()) if place.exists() else []


def upload(client: Client, data: str | bytes = DATA) -> DialList:
    body = data.encode() if isinstance(data, str) else data
    client.post(reverse(UPLOAD), {"file": SimpleUploadedFile("baza.csv", body)})
    return DialList.objects.latest("pk")


def url(dial_list: DialList) -> str:
    return reverse("admin:screening_dial_list", args=[dial_list.uuid])


def order(client: Client, dial_list: DialList, **asked: str) -> Job:
    answers = {"column": "1", "purpose": "marketing", "channel": "email", "reason": "jesień"}
    client.post(url(dial_list), answers | {"has_header": "on"} | asked)
    dial_list.refresh_from_db()
    return dial_list.job


def screened(client: Client, data: str | bytes = DATA) -> DialList:
    dial_list = upload(client, data)
    jobs.perform(order(client, dial_list))
    dial_list.refresh_from_db()
    return dial_list


def download(client: Client, dial_list: DialList, which: str) -> Any:
    return client.post(reverse("admin:screening_dial_list_files", args=[dial_list.uuid, which]))


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# Asked -------------------------------------------------------------------------------------------


def test_the_column_that_looks_like_the_contact_is_proposed(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    page = floor.client.get(url(dial_list)).content.decode()
    assert '<option value="1" selected>E-mail</option>' in page
    assert '<option value="email" selected>' in page
    assert ALLOWED in page


def test_a_supervisor_chooses_among_granted_purposes(floor: SimpleNamespace) -> None:
    GrantFactory(purpose__slug="cudzy")
    dial_list = upload(floor.client)
    assert order(floor.client, dial_list, purpose="cudzy") is None
    assert "cudzy" not in floor.client.get(url(dial_list)).content.decode()


def test_a_column_without_a_contact_of_the_channel_is_not_taken(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    assert order(floor.client, dial_list, column="0") is None


def test_a_form_that_is_sent_twice_orders_one_screening(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    seen_before = DialList.objects.get(pk=dial_list.pk)
    job = order(floor.client, dial_list)
    assert work.order(seen_before) == job
    assert Job.objects.get() == job


def test_a_file_that_is_not_utf8_asks_for_its_encoding(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client, f"imię;e-mail\nŁucja;{ALLOWED}\n".encode("cp1250"))
    assert "Łucja" in floor.client.get(url(dial_list)).content.decode()
    floor.client.post(url(dial_list), {"encoding": "cp1250"})
    assert "First rows" in floor.client.get(url(dial_list)).content.decode()


def test_a_file_that_cannot_be_read_says_why(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client, b"PK\x03\x04 no archive")
    assert "damaged" in floor.client.get(url(dial_list)).content.decode()


def test_a_file_that_was_swept_meanwhile_is_not_found(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    for path in stored():
        path.unlink()
    assert floor.client.get(url(dial_list)).status_code == 404


def test_a_file_beyond_the_limit_is_refused_beside_its_field(
    floor: SimpleNamespace, settings: Any
) -> None:
    settings.IMPORT_LIMITS = {**settings.IMPORT_LIMITS, "file_bytes": 4}
    file = SimpleUploadedFile("baza.csv", b"telefon")
    answer = floor.client.post(reverse(UPLOAD), {"file": file})
    assert "file" in answer.context["form"].errors
    assert not DialList.objects.exists()


def test_another_user_gets_404(floor: SimpleNamespace) -> None:
    dial_list = screened(floor.client)
    other = signed_in(GrantFactory(purpose=floor.purpose).user)
    assert other.get(url(dial_list)).status_code == 404
    assert download(other, dial_list, "all").status_code == 404


@pytest.mark.parametrize("role", ["auditor", "approver"])
def test_only_supervisors_and_the_dpo_screen(role: str) -> None:
    client = signed_in(UserFactory(**{role: True}))
    assert client.get(reverse(UPLOAD)).status_code == 403


def test_the_dpo_screens_for_every_purpose(consented: SimpleNamespace) -> None:
    client = signed_in(UserFactory())
    assert screened(client).contact_list.allowed == 1


# Answered ----------------------------------------------------------------------------------------


def test_the_outcome_counts_reasons_and_offers_two_files(floor: SimpleNamespace) -> None:
    page = floor.client.get(url(screened(floor.client))).content.decode()
    assert "33% of 3 rows" in page
    assert "Not a valid contact" in page
    assert "allowed alone" in page


def test_the_whole_file_keeps_every_row_in_its_place(floor: SimpleNamespace) -> None:
    dial_list = screened(floor.client)
    response = download(floor.client, dial_list, "all")
    body = body_of(response)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row[:4] for row in rows[1:]] == [
        ["1", ALLOWED, ALLOWED, "allow"],
        ["2", "brak", "", "deny"],
        ["3", "obcy@poczta.example", "obcy@poczta.example", "deny"],
    ]
    assert hashlib.sha256(body).hexdigest() == dial_list.contact_list.sha256


def test_the_dialler_gets_those_allowed_alone(floor: SimpleNamespace) -> None:
    body = body_of(download(floor.client, screened(floor.client), "allowed"))
    assert body.decode() == f"normalised,lp,E-mail\n{ALLOWED},1,{ALLOWED}\n"


def test_each_download_is_in_the_access_log(floor: SimpleNamespace) -> None:
    dial_list = screened(floor.client)
    body = body_of(download(floor.client, dial_list, "allowed"))
    event = AccessEvent.objects.filter(action="screening", closes=None).latest("pk")
    assert event.closed_by.sha256 == hashlib.sha256(body).hexdigest()
    assert event.filters["list"] == str(dial_list.contact_list.uuid)


def test_nothing_is_handed_out_once_the_list_is_not_valid(floor: SimpleNamespace) -> None:
    dial_list = screened(floor.client)
    dial_list.job.files.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert download(floor.client, dial_list, "all").status_code == 404


def test_a_screened_list_leads_back_to_where_its_maker_may_go(consented: SimpleNamespace) -> None:
    client = signed_in(UserFactory())
    made = screened(client).contact_list
    page = client.get(reverse("admin:screening_made", args=[made.uuid])).content.decode()
    assert f'› <a href="{reverse(UPLOAD)}">Screening of a dial list</a>' in page
    assert f'"{reverse("admin:screening_list")}"' not in page


def test_a_purpose_that_is_no_longer_granted_gives_no_file(floor: SimpleNamespace) -> None:
    dial_list = screened(floor.client)
    floor.purpose.purposegrants.get(user=floor.user).end()
    assert download(floor.client, dial_list, "all").status_code == 404


def test_a_purpose_taken_away_before_the_work_fails_it(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    job = order(floor.client, dial_list)
    floor.purpose.purposegrants.get(user=floor.user).end()
    jobs.perform(job)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not ContactList.objects.exists()


# Erased ------------------------------------------------------------------------------------------


def test_the_file_is_erased_when_it_is_screened(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    assert len(stored()) == 1
    jobs.perform(order(floor.client, dial_list))
    assert stored() == []


def test_a_file_that_is_dropped_is_erased(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    floor.client.post(reverse("admin:screening_dial_list_drop", args=[dial_list.uuid]))
    assert stored() == []
    assert floor.client.get(url(dial_list)).status_code == 404


def test_a_waiting_job_that_is_stopped_erases_its_file(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    jobs.cancel(order(floor.client, dial_list))
    uploads.erase_dial_lists()
    assert stored() == []


def test_a_list_that_cannot_be_read_to_its_end_is_erased_and_hands_out_nothing(
    floor: SimpleNamespace,
) -> None:
    rows = "".join(f"{n};{ALLOWED}\n" for n in range(3000))
    dial_list = screened(floor.client, f'lp;e-mail\n{rows}1;"{ALLOWED}\n')
    assert (dial_list.job.state, dial_list.contact_list) == (JobState.FAILED, None)
    assert dial_list.job.error
    assert (stored(), dial_list.job.files.count()) == ([], 0)


def test_what_broke_unexpectedly_keeps_the_file_for_another_attempt(
    floor: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    dial_list = upload(floor.client)
    job = order(floor.client, dial_list)
    with monkeypatch.context() as broken:
        broken.setattr(work, "_write", lambda *_args: 1 / 0)
        jobs.perform(job)
    assert len(stored()) == 1
    jobs.retry(job)
    jobs.perform(job)
    dial_list.refresh_from_db()
    assert dial_list.contact_list.allowed == 1


def test_what_nobody_came_back_for_is_erased_in_time(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    uploads.erase_dial_lists()
    assert len(stored()) == 1
    DialList.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    uploads.erase_dial_lists()
    dial_list.refresh_from_db()
    assert (stored(), dial_list.stored_as) == ([], "")


def test_the_name_of_no_file_holds_a_contact(floor: SimpleNamespace) -> None:
    upload(floor.client)
    assert [ALLOWED in path.name or "baza" in path.name for path in stored()] == [False]


# Killed ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["write:2", "fsync:1", "fsync:2", "fsync:3", "write:6"])
def test_a_screening_outlives_its_worker(floor: SimpleNamespace, moment: str) -> None:
    dial_list = upload(floor.client)
    job = outlived(order(floor.client, dial_list), moment)
    dial_list.refresh_from_db()
    assert (job.state, dial_list.contact_list.allowed) == (JobState.DONE, 1)
    assert (job.files.count(), ContactList.objects.count()) == (2, 1)
    assert stored() == []


@pytest.mark.django_db(transaction=True)
def test_a_killed_screening_hands_out_nothing(floor: SimpleNamespace) -> None:
    dial_list = upload(floor.client)
    order(floor.client, dial_list)
    killed("fsync:3")
    dial_list.refresh_from_db()
    assert dial_list.contact_list is None
    assert download(floor.client, dial_list, "all").status_code == 404
