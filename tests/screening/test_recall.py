"""Recall: everybody on a list who may no longer be contacted, and nobody else."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AccessEvent
from consents import services
from consents.choices import RetiredFor
from screening.export import Export
from screening.members import Members, ids
from screening.models import ContactList
from screening.question import ask
from screening.recall import COLUMNS, Recall, Recalled
from tests.factories import PointFactory, PurposeFactory, SubjectFactory
from tests.screening.conftest import GIVEN_AT, give
from tests.screening.lists import content, floor_of, made, rows, url
from tests.screening.world import CHANNELS, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def floor(consented: SimpleNamespace) -> SimpleNamespace:
    consented.subject.external_id = "KL-7"
    consented.subject.save()
    return floor_of(consented)


def recalled(contact_list: ContactList) -> list[Recalled]:
    return list(Recall(contact_list))


def withdraw(case: SimpleNamespace, moment: datetime | None = None) -> None:
    told = {**case.told, "occurred_at": moment or timezone.now()}
    services.withdraw(case.point, case.purpose, "email", **told)


# Who ---------------------------------------------------------------------------------------------


def test_nobody_comes_off_a_fresh_list(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    assert recalled(contact_list) == []
    assert Recall(contact_list).tally() == {}


def test_whoever_withdrew_since_comes_off(floor: SimpleNamespace) -> None:
    give(PointFactory(), floor)
    contact_list = made(floor)
    withdrawn_at = timezone.now()
    withdraw(floor, withdrawn_at)
    assert recalled(contact_list) == [
        Recalled(
            floor.point.pk,
            "jan@poczta.example",
            str(floor.subject.uuid),
            "KL-7",
            ("withdrawn",),
            withdrawn_at,
        )
    ]
    assert Recall(contact_list).tally() == {"withdrawn": 1}


def test_a_withdrawal_told_late_comes_off_as_of_its_own_day(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    yesterday = timezone.now() - timedelta(days=1)
    withdraw(floor, yesterday)
    [one] = recalled(contact_list)
    assert one.since == yesterday


def test_all_reasons_are_named_since_the_first_of_them(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    objected_at = timezone.now() - timedelta(hours=2)
    services.restrict(floor.point, "objection", effective_at=objected_at, words="dość")
    withdraw(floor)
    [one] = recalled(contact_list)
    assert (one.reasons, one.since) == (("objection", "withdrawn"), objected_at)
    assert Recall(contact_list).tally() == {"objection": 1}


def test_an_objection_through_another_contact_comes_off_too(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    phone = PointFactory(phone=True, subject=floor.subject)
    objection = services.restrict(phone, "objection", words="dość")
    [one] = recalled(contact_list)
    assert (one.reasons, one.since) == (("objection",), objection.effective_at)


def test_a_suppression_comes_off_since_it_was_recorded(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    stop = services.suppress(
        floor.point.controller, "email", floor.value, origin="do_not_call", scope="all"
    )
    [one] = recalled(contact_list)
    assert (one.reasons, one.since) == (("suppressed",), stop.recorded_at)


def test_a_retired_number_comes_off_though_somebody_else_may_be_contacted_at_it(
    floor: SimpleNamespace,
) -> None:
    contact_list = made(floor)
    services.reassign(floor.point, retired_for=RetiredFor.REASSIGNED, reason="nowy abonent")
    give(PointFactory(value=floor.value, subject=SubjectFactory()), floor)
    [one] = recalled(contact_list)
    floor.point.refresh_from_db()
    assert (one.point_id, one.reasons) == (floor.point.pk, ("unknown_contact",))
    assert (one.contact_point, one.since) == (floor.value, floor.point.retired_at)


def test_a_purpose_that_closed_recalls_everybody(floor: SimpleNamespace) -> None:
    give(PointFactory(), floor)
    contact_list = made(floor)
    floor.purpose.active_until = timezone.now() - timedelta(minutes=1)
    floor.purpose.save()
    assert [one.reasons for one in recalled(contact_list)] == [("purpose_inactive",)] * 2
    assert {one.since for one in recalled(contact_list)} == {floor.purpose.active_until}
    assert Recall(contact_list).tally() == {"purpose_inactive": 2}


def test_whoever_became_an_apparent_minor_comes_off(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    floor.subject.minor_since = datetime(2026, 1, 2).date()
    floor.subject.save()
    [one] = recalled(contact_list)
    assert (one.reasons, one.since) == (("minor",), datetime(2026, 1, 1, 23, tzinfo=UTC))


def test_a_consent_that_ran_out_comes_off_since_it_did(consented: SimpleNamespace) -> None:
    ends = timezone.now() + timedelta(hours=1)
    point = PointFactory()
    give(point, consented, valid_until=ends)
    contact_list = made(floor_of(consented))
    with time_machine.travel(ends + timedelta(minutes=1), tick=False):
        [one] = recalled(contact_list)
    assert (one.point_id, one.reasons, one.since) == (point.pk, ("expired",), ends)


def test_where_no_consent_is_needed_a_restriction_comes_off(consented: SimpleNamespace) -> None:
    service = PurposeFactory(service=True)
    floor = floor_of(SimpleNamespace(purpose=service))
    contact_list = made(floor)
    services.restrict(consented.point, "do_not_contact", words="dość")
    assert [one.reasons for one in recalled(contact_list)] == [("do_not_contact",)]


def test_a_suppression_of_advertising_dates_no_recall_from_a_service(
    consented: SimpleNamespace,
) -> None:
    floor = floor_of(SimpleNamespace(purpose=PurposeFactory(service=True)))
    contact_list = made(floor)
    told = (consented.point.controller, "email", consented.value)
    services.suppress(*told, origin="do_not_call", scope="commercial")
    stop = services.suppress(*told, origin="do_not_call", scope="all")
    [one] = recalled(contact_list)
    assert (one.reasons, one.since) == (("suppressed",), stop.recorded_at)


def test_a_list_that_is_not_valid_any_more_is_recalled_all_the_same(
    floor: SimpleNamespace,
) -> None:
    contact_list = made(floor)
    with time_machine.travel(timezone.now() + timedelta(days=89), tick=False):
        withdraw(floor)
        assert [one.reasons for one in recalled(contact_list)] == [("withdrawn",)]


def test_recall_names_exactly_who_would_not_be_listed_now(tmp_path: Path) -> None:
    """Lists of an earlier moment against the list of the present one."""
    world = World(7)
    named = 0
    for purpose in world.purposes:
        for channel in CHANNELS:
            contact_list = _of_the_past(purpose.slug, channel, tmp_path / "list.csv")
            now = _listed(purpose.slug, channel)
            off = {one.point_id for one in recalled(contact_list)}
            assert off == _members(contact_list) - now
            named += len(off)
    assert named > 5


def _of_the_past(purpose: str, channel: str, path: Path) -> ContactList:
    out = io.StringIO()
    asked = {"purpose": purpose, "channel": channel, "as_of": "2025-01-02T12:00"}
    call_command("export_consents", output=str(path), json=True, stdout=out, **asked)
    return ContactList.objects.get(uuid=json.loads(out.getvalue())["list"])


def _members(contact_list: ContactList) -> set[int]:
    return set(ids(contact_list))


def _listed(purpose: str, channel: str) -> set[int]:
    members = Members()
    for _ in Export(ask(purpose, channel), members=members).chunks("csv"):
        pass
    return set(members.ids())


# How ---------------------------------------------------------------------------------------------


def queries_of(contact_list: ContactList) -> int:
    with CaptureQueriesContext(connection) as queries:
        Recall(ContactList.objects.get(pk=contact_list.pk)).tally()
    return len(queries)


def test_counting_many_takes_no_more_queries_than_counting_one(floor: SimpleNamespace) -> None:
    one = queries_of(made(floor))
    for _ in range(5):
        give(PointFactory(), floor)
    assert queries_of(made(floor)) == one


# As a file ---------------------------------------------------------------------------------------


def test_the_supervisor_takes_the_recall_as_a_file(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    withdraw(floor, GIVEN_AT + timedelta(days=1))
    response = floor.client.post(url("recall", contact_list))
    assert rows(response) == [
        {
            "contact_point": "jan@poczta.example",
            "subject_ref": str(floor.subject.uuid),
            "external_id": "KL-7",
            "reasons": "withdrawn",
            "since": "2025-03-02T12:00:00+00:00",
        }
    ]
    assert f'filename="recall-{contact_list.pk}-' in response["Content-Disposition"]


def test_a_recall_is_in_the_access_log_with_the_hash_of_what_left(floor: SimpleNamespace) -> None:
    contact_list = made(floor)
    withdraw(floor)
    file = content(floor.client.post(url("recall", contact_list)))
    event = AccessEvent.objects.filter(closes=None).latest("pk")
    assert (event.filters["list"], event.columns) == (str(contact_list.uuid), list(COLUMNS))
    assert event.closed_by.sha256 == hashlib.sha256(file).hexdigest()
    assert event.closed_by.rows == 1


def test_no_cell_of_a_recall_is_a_formula(floor: SimpleNamespace) -> None:
    floor.subject.external_id = "=1+1"
    floor.subject.save()
    contact_list = made(floor)
    withdraw(floor)
    [row] = rows(floor.client.post(url("recall", contact_list)))
    assert row["external_id"] == "'=1+1"


def test_the_command_writes_who_must_come_off(floor: SimpleNamespace, tmp_path: Path) -> None:
    contact_list = made(floor)
    withdraw(floor)
    out = io.StringIO()
    target = tmp_path / "off.csv"
    call_command("recall", str(contact_list.uuid), output=str(target), json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["list"], told["rows"]) == (str(contact_list.uuid), 1)
    assert told["reasons"] == {"withdrawn": 1}
    assert told["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    [row] = csv.DictReader(io.StringIO(target.read_text()))
    assert row["contact_point"] == "jan@poczta.example"


@pytest.mark.parametrize("uuid", ["0192f6a0-0000-7000-8000-000000000000", "123"])
def test_an_unknown_list_is_refused(tmp_path: Path, uuid: str) -> None:
    with pytest.raises(CommandError, match="There is no list") as refusal:
        call_command("recall", uuid, output=str(tmp_path / "off.csv"))
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_list_without_members_is_refused(floor: SimpleNamespace, tmp_path: Path) -> None:
    contact_list = made(floor)
    later = timezone.now() + timedelta(days=91)
    with time_machine.travel(later), pytest.raises(CommandError, match="no longer known"):
        call_command("recall", str(contact_list.uuid), output=str(tmp_path / "off.csv"))
