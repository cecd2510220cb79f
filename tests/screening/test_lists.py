"""Lists for the floor: counted, made as jobs, handed out while they are valid."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit import jobs, results
from audit.models import AccessEvent, Job, ResultFile
from consents import services
from screening import manifests
from screening.export import COLUMNS, Export
from screening.members import ids
from screening.models import ContactList
from screening.narrowing import Narrowing, contacts_in
from screening.question import ask
from tests.factories import (
    GrantFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
)
from tests.screening.conftest import give
from tests.screening.lists import (
    LIST,
    MAKE,
    content,
    floor_of,
    made,
    ordered,
    rows,
    signed_in,
    taken,
    url,
)
from tests.screening.reference import House
from tests.screening.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ASKED = {"purpose": "marketing", "channel": "email"}


@pytest.fixture
def floor(consented: SimpleNamespace) -> SimpleNamespace:
    return floor_of(consented)


def page(case: SimpleNamespace, address: str = LIST, **asked: str) -> str:
    return case.client.get(address, asked).content.decode()


# Counted -----------------------------------------------------------------------------------------


def test_a_supervisor_counts_before_a_list_is_made(floor: SimpleNamespace) -> None:
    for _ in range(3):
        PointFactory()
    shown = page(floor, **ASKED)
    assert '<p class="list-count">1</p>' in shown
    assert "Make a list of 1 contact" in shown
    assert "The person has not consented to this channel." in shown


def test_counting_names_nobody(floor: SimpleNamespace) -> None:
    shown = page(floor, **ASKED)
    assert not any(hidden in shown for hidden in ("jan@", "Kowalski", "J••••"))


def test_a_source_narrows_count_and_list(floor: SimpleNamespace) -> None:
    fair = SourceFactory(slug="targi")
    services.acquire(floor.point, fair, obtained_on=floor.told["occurred_at"].date())
    give(PointFactory(), floor)
    PointFactory()
    assert '<p class="list-count">1</p>' in page(floor, **ASKED, source="targi")
    contact_list = made(floor, source="targi")
    assert list(ids(contact_list)) == [floor.point.pk]
    assert (contact_list.allowed, contact_list.denied) == (1, 0)
    assert contact_list.filters == {"source": "targi"}


@pytest.mark.parametrize(("day", "people"), [(20, 0), (21, 1)])
def test_nobody_is_of_a_source_before_they_were_obtained_there(
    floor: SimpleNamespace, day: int, people: int
) -> None:
    fair = SourceFactory(slug="targi")
    services.acquire(floor.point, fair, obtained_on=date(2025, 5, 21))
    question = ask(floor.purpose.slug, "email", at=datetime(2025, 5, day, 12, tzinfo=UTC))
    assert contacts_in(question, Narrowing(fair)) == people


def test_who_consented_through_a_source_is_of_it(floor: SimpleNamespace) -> None:
    assert list(ids(made(floor, source="formularz"))) == [floor.point.pk]
    SourceFactory(slug="targi")
    assert list(ids(made(floor, source="targi"))) == []


@pytest.mark.parametrize(
    ("narrowed", "listed"),
    [
        ({"language": "pl"}, 1),
        ({"language": "en"}, 0),
        ({"since_from": "2025-03-01"}, 1),
        ({"since_from": "2025-03-02"}, 0),
        ({"since_until": "2025-03-01"}, 1),
        ({"since_until": "2025-02-28"}, 0),
    ],
    ids=str,
)
def test_the_consent_narrows_a_list(floor: SimpleNamespace, narrowed: dict, listed: int) -> None:
    contact_list = made(floor, **narrowed)
    assert (contact_list.allowed, contact_list.filters) == (listed, narrowed)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since_from": "2025-03-02", "since_until": "2025-03-01"}, "before the first one"),
        ({"source": "obce"}, "another controller"),
    ],
)
def test_what_cannot_narrow_a_list_is_refused(
    floor: SimpleNamespace, asked: dict, said: str
) -> None:
    theirs = OrganisationFactory(client=True)
    GrantFactory(user=floor.user, purpose=PurposeFactory(activity__controller=theirs))
    SourceFactory(slug="obce", controller=theirs)
    assert said in page(floor, **ASKED, **asked)


def test_where_no_consent_is_needed_none_narrows_a_list(floor: SimpleNamespace) -> None:
    service = PurposeFactory(service=True)
    GrantFactory(user=floor.user, purpose=service)
    shown = page(floor, purpose=service.slug, channel="email", language="pl")
    assert "needs no consent here" in shown
    assert "list-count" not in shown


# Made --------------------------------------------------------------------------------------------


def test_a_list_is_remembered_with_who_was_on_it(floor: SimpleNamespace) -> None:
    PointFactory()
    contact_list = made(floor)
    assert list(ids(contact_list)) == [floor.point.pk]
    assert (contact_list.purpose, contact_list.channel) == (floor.purpose, "email")
    assert (contact_list.allowed, contact_list.denied) == (1, 1)
    assert (contact_list.recorded_by, contact_list.reason) == (floor.user, "jesień")
    assert contact_list.valid_until - contact_list.as_of == timedelta(hours=4)
    assert contact_list.columns == list(COLUMNS)


def test_making_is_logged_before_and_after(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    opened, closed = AccessEvent.objects.order_by("pk")
    assert (opened.action, opened.reason, opened.recorded_by) == ("list", "jesień", floor.user)
    assert opened.filters["purpose"] == "marketing"
    assert (closed.closes, closed.rows) == (opened, 1)
    assert (contact_list.event, contact_list.sha256) == (opened, closed.sha256)
    assert "poczta" not in json.dumps([opened.subject, opened.filters])


def test_a_list_holds_exactly_whom_the_reference_allows() -> None:
    world, house = World(6), House()
    purpose = world.purposes[2]
    floor = floor_of(SimpleNamespace(purpose=purpose))
    contact_list = made(floor)
    later = datetime(2030, 1, 1, tzinfo=UTC)
    allowed = {
        point
        for point in house.register(purpose, "email", later)
        if not house.reasons(purpose, "email", point.value, later, later)
    }
    listed = rows(taken(floor, contact_list))
    assert {row["subject_ref"] for row in listed} == {str(p.subject.uuid) for p in allowed}
    assert set(ids(contact_list)) == {point.pk for point in allowed}
    assert len(allowed) > 3
    assert {tuple(row) for row in listed} == {COLUMNS}


def test_a_long_list_is_left_to_the_worker(floor: SimpleNamespace, settings: LazySettings) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 0
    response = ordered(floor)
    job = Job.objects.get()
    assert response["Location"].endswith(f"/audit/job/{job.pk}/change/")
    assert "In the making" in page(floor)
    jobs.perform(job)
    assert "In the making" not in page(floor)
    assert ContactList.objects.get().job == job


def test_a_job_done_twice_makes_one_list(floor: SimpleNamespace) -> None:
    made(floor)
    Job.objects.update(state="queued", claimed_by=None)
    jobs.perform(Job.objects.get())
    assert Job.objects.get().state == "done"
    assert ContactList.objects.count() == 1


def test_a_list_that_breaks_off_was_never_made(
    floor: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> Iterator[bytes]:
        yield b"contact_point"
        raise RuntimeError("no more")

    monkeypatch.setattr(Export, "chunks", break_off)
    ordered(floor)
    assert not ContactList.objects.exists()
    assert not ResultFile.objects.exists()
    assert [event.closes_id for event in AccessEvent.objects.all()] == [None]
    assert "In the making" in page(floor)


def test_a_worker_that_was_replaced_meanwhile_remembers_no_list(
    floor: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_over(*_: object) -> int:
        return Job.objects.update(claimed_by=uuid4())

    monkeypatch.setattr(manifests, "contacts_in", taken_over)
    ordered(floor)
    assert not ContactList.objects.exists()
    assert [event.closes_id for event in AccessEvent.objects.all()] == [None]


def test_whose_grant_ended_meanwhile_gets_no_list(
    floor: SimpleNamespace, settings: LazySettings
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 0
    ordered(floor)
    grant = floor.user.purpose_grants.get()
    grant.active_until = grant.active_from.replace(year=2020)
    grant.save()
    jobs.perform(Job.objects.get())
    assert Job.objects.get().state == "failed"
    assert not AccessEvent.objects.exists()


@pytest.mark.parametrize("changes", [{"reason": " "}, {"purpose": "inny"}, {"channel": "fax"}])
def test_what_was_not_asked_rightly_is_not_made(floor: SimpleNamespace, changes: dict) -> None:
    PurposeFactory(slug="inny")
    assert ordered(floor, **changes).status_code == 200
    assert not Job.objects.exists()


# Taken away --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_every_taking_has_its_entry_with_the_hash_of_what_left(
    floor: SimpleNamespace, format_: str
) -> None:
    contact_list = made(floor, format=format_)
    files = [content(taken(floor, contact_list)) for _ in range(2)]
    takings = AccessEvent.objects.filter(closes=None, filters__list=str(contact_list.uuid))
    assert files[0] == files[1]
    assert {event.closed_by.sha256 for event in takings} == {contact_list.sha256}
    assert hashlib.sha256(files[0]).hexdigest() == contact_list.sha256
    assert [event.closed_by.rows for event in takings] == [1, 1]


def test_a_file_comes_under_a_name_that_says_nothing_of_people(floor: SimpleNamespace) -> None:
    response = taken(floor, made(floor, format="xlsx"))
    content(response)
    assert response["Content-Disposition"].startswith('attachment; filename="marketing-email-2')


def test_a_download_that_breaks_off_shows_as_aborted(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    next(iter(taken(floor, contact_list).streaming_content))
    assert "Aborted" in page(floor, url("made", contact_list))
    content(taken(floor, contact_list))
    assert "Complete" in page(floor, url("made", contact_list))


def test_what_is_not_valid_any_more_is_refused(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    with time_machine.travel(timezone.now() + timedelta(hours=4, seconds=1), tick=False):
        floor.client.force_login(floor.user)
        refused = taken(floor, contact_list)
        assert refused.status_code == 410
        assert "Count a new list" in refused.content.decode()
        assert 'action="' + url("download", contact_list) not in page(
            floor, url("made", contact_list)
        )
    assert AccessEvent.objects.filter(closes=None).count() == 1


def test_the_file_is_erased_when_its_time_is_over(floor: SimpleNamespace) -> None:
    made(floor)
    with time_machine.travel(timezone.now() + timedelta(hours=5), tick=False):
        results.erase_expired()
    assert not ResultFile.objects.exists()


def test_whoever_lost_the_purpose_takes_no_list_of_it(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    grant = floor.user.purpose_grants.get()
    grant.active_until = grant.active_from.replace(year=2020)
    grant.save()
    assert taken(floor, contact_list).status_code == 403


# Own lists ---------------------------------------------------------------------------------------


def test_own_lists_are_kept_in_sight(floor: SimpleNamespace) -> None:
    made(floor)
    shown = page(floor)
    assert "Purpose marketing, E-mail" in shown
    assert "Valid" in shown
    other = signed_in(supervisor=True).get(LIST).content.decode()
    assert "Purpose marketing, E-mail" not in other


def test_a_list_with_somebody_to_take_off_is_announced(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    assert "may no longer be contacted" not in page(floor)
    services.restrict(floor.point, "objection", words="dość")
    for address in (LIST, url("made", contact_list)):
        assert "1 person on it may no longer be contacted." in page(floor, address)


def test_the_pages_of_lists_name_nobody(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    services.restrict(floor.point, "objection", words="dość")
    for address in (LIST, url("made", contact_list)):
        shown = page(floor, address)
        assert not any(hidden in shown for hidden in ("jan@", "Kowalski", "J••••"))


# Who may not -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [{}, {"approver": True}, {"auditor": True}], ids=str)
def test_nobody_but_a_supervisor_has_lists_made(consented: SimpleNamespace, role: dict) -> None:
    client = signed_in(**role)
    assert client.get(LIST).status_code == 403
    case = SimpleNamespace(client=client, purpose=consented.purpose)
    assert ordered(case).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [({}, 200), ({"auditor": True}, 200), ({"approver": True}, 403), ({"supervisor": True}, 404)],
    ids=str,
)
def test_a_list_of_another_is_looked_at_by_overseers_alone(
    floor: SimpleNamespace, role: dict, status: int
) -> None:
    contact_list = made(floor)
    client = signed_in(**role)
    assert client.get(url("made", contact_list)).status_code == status
    for name in ("download", "recall"):
        assert client.post(url(name, contact_list)).status_code == max(status, 403)


@pytest.mark.parametrize(
    ("role", "status"),
    [({}, 200), ({"auditor": True}, 200), ({"approver": True}, 403), ({"supervisor": True}, 403)],
    ids=str,
)
def test_the_register_of_lists_is_for_overseers_alone(
    floor: SimpleNamespace, role: dict, status: int
) -> None:
    record = reverse("admin:screening_contactlist_change", args=[made(floor).pk])
    client = signed_in(**role)
    assert client.get(record).status_code == status
    assert client.post(record).status_code == 403


def test_strangers_are_sent_to_the_login(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    assert Client().get(url("made", contact_list)).status_code == 302
    assert Client().post(url("download", contact_list)).status_code == 302


def test_other_methods_are_refused(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    assert floor.client.post(LIST).status_code == 405
    assert floor.client.get(MAKE).status_code == 405
    for name in ("download", "recall"):
        assert floor.client.get(url(name, contact_list)).status_code == 405
    assert floor.client.post(url("made", contact_list)).status_code == 405
