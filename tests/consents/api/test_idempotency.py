"""A request sent twice is done once (security.md 25), whatever happens to the first."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.api import idempotency
from accounts.jobs import forget_old_answers
from accounts.models import IdempotencyKey
from audit.sql import is_postgresql
from consents.models import ConsentEvent, ContactPoint, Suppression
from consents.recording.whom import Contacts
from tests.api import Caller
from tests.consents.api.house import NUMBER, House
from tests.factories import ApiClientFactory, ClientGrantFactory, PointFactory
from tests.process import HOUSE, environment

pytestmark = pytest.mark.django_db
PROCESSES, THREADS = 4, 25
committing = pytest.mark.django_db(transaction=True)


def test_the_same_request_gets_the_same_bytes(house: House) -> None:
    first, second = (house.post(house.item(), key="k") for _time in range(2))
    assert (second.status_code, second.content) == (201, first.content)
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
    assert ConsentEvent.objects.count() == 1


def test_an_objection_is_done_once_too(house: House) -> None:
    first, second = (house.objects(key="k") for _time in range(2))
    assert (second.status_code, second.content) == (201, first.content)
    assert Suppression.objects.count() == 1


def test_another_request_under_the_same_key_is_refused(house: House) -> None:
    house.post(house.item(), key="k")
    answer = house.post(house.item("withdrawn"), key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert ConsentEvent.objects.count() == 1


def test_the_same_bytes_to_another_address_are_another_request(house: House) -> None:
    house.objects(key="k")
    answer = house.caller.post(
        "events/", {"contact": "+48601602603", "kind": "objection"}, Idempotency_Key="k"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_its_clients_alone(house: House) -> None:
    other = ApiClientFactory()
    ClientGrantFactory(client=other, purpose=house.purpose)
    body = {"events": [house.item()]}
    house.caller.post("events/", body, Idempotency_Key="k")
    answer = Caller(other).post("events/", body, Idempotency_Key="k")
    assert answer.json()["results"][0]["status"] == "known"
    assert "Idempotent-Replayed" not in answer


def test_a_client_whose_scope_was_taken_gets_no_old_answer(house: House) -> None:
    house.post(house.item(), key="k")
    house.client.may_record = False
    house.client.save()
    assert house.post(house.item(), key="k").status_code == 403


def test_without_a_key_nothing_is_recorded(house: House) -> None:
    answer = house.caller.post("events/", {"events": [house.item()]})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize("key", ["z odstępem", "x" * 256, "klucz-ą"])
def test_a_key_of_other_characters_is_refused(house: House, key: str) -> None:
    header = {"Idempotency_Key": key.encode().decode("latin-1")}
    answer = house.caller.post("events/", {"events": [house.item()]}, **header)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize("body", [{"events": []}, {"events": [{"kind": "given"}]}, "text"])
def test_what_was_refused_as_a_whole_leaves_no_key(house: House, body: Any) -> None:
    assert house.caller.post("events/", body, Idempotency_Key="k").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert house.post(house.item(), key="k").status_code == 201


def test_a_request_that_is_too_large_says_so(house: House, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = house.post(house.item())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_answer_is_kept_for_thirty_days(house: House) -> None:
    for key, age in (("older", timedelta(days=31)), ("younger", timedelta(days=29))):
        house.post(house.item(), key=key)
        kept = IdempotencyKey.objects.filter(key=key)
        kept.update(created_at=timezone.now() - age)
    forget_old_answers()
    assert IdempotencyKey.objects.get().key == "younger"


def test_no_contact_is_kept_beside_a_key(house: House) -> None:
    house.post(house.item(), house.item(contact="601 602 60"), key="k")
    kept = bytes(IdempotencyKey.objects.get().body)
    assert NUMBER.encode() not in kept
    assert b"601 602 60" not in kept


def test_what_others_enter_meanwhile_is_found_the_second_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, entered = Contacts._make, []

    def beaten(contacts: Contacts, statements: list[Any]) -> None:
        if not entered:
            entered.append(PointFactory(phone=True, value=NUMBER))
        make(contacts, statements)

    monkeypatch.setattr(Contacts, "_make", beaten)
    assert house.told(house.item())[0]["status"] == "recorded"
    assert entered


def test_what_keeps_going_wrong_is_not_tried_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def fail(*_arguments: Any) -> None:
        tries.append(1)
        raise IntegrityError

    monkeypatch.setattr(Contacts, "_make", fail)
    assert house.post(house.item(), key="k").status_code == 500
    assert len(tries) == idempotency.ATTEMPTS
    assert not IdempotencyKey.objects.exists()


# Processes ---------------------------------------------------------------------------------------


def killed(house: House, when: str) -> int:
    """How a process ended that was to be killed ``when``."""
    process = poster("killed", house, "k", when)
    process.communicate(timeout=120)
    return process.returncode


def poster(mode: str, house: House, *arguments: str) -> subprocess.Popen[str]:
    body = json.dumps({"events": [house.item()]})
    command = [sys.executable, "-m", "tests.consents.api.poster", mode, house.key, body]
    return subprocess.Popen(
        [*command, *arguments],
        cwd=HOUSE,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@committing
def test_a_hundred_posts_at_once_under_one_key_are_one_event() -> None:
    house = House()
    posters = [poster("together", house, "k", str(THREADS)) for _process in range(PROCESSES)]
    ended = [each.communicate(timeout=240) for each in posters]
    assert [each.returncode for each in posters] == [0] * PROCESSES, ended[0][1]

    answers = [json.loads(line) for out, _errors in ended for line in out.splitlines()]
    assert len(answers) == PROCESSES * THREADS
    in_flight = {409} if is_postgresql() else set()
    assert {code for code, _body in answers} - in_flight == {201}
    assert len({body for code, body in answers if code == 201}) == 1
    assert ConsentEvent.objects.count() == 1


@committing
def test_killed_after_the_commit_the_answer_is_replayed_to_the_byte() -> None:
    house = House()
    assert killed(house, "committed") == -signal.SIGKILL
    kept = IdempotencyKey.objects.get()
    body = json.dumps({"events": [house.item()]})
    answer = house.caller.post("events/", body, Idempotency_Key="k")
    assert (answer.content, answer["Idempotent-Replayed"]) == (bytes(kept.body), "true")
    assert ConsentEvent.objects.count() == 1


@committing
def test_killed_before_the_commit_nothing_is_there_and_the_second_try_records() -> None:
    house = House()
    assert killed(house, "written") == -signal.SIGKILL
    assert not IdempotencyKey.objects.exists()
    assert not ContactPoint.objects.exists()
    assert house.told(house.item(), key="k")[0]["status"] == "recorded"


@committing
def test_while_a_request_is_being_done_the_same_one_waits_or_is_told_so() -> None:
    if not is_postgresql():
        pytest.skip("SQLite: the second writer waits for the first")
    house = House()
    with transaction.atomic():
        idempotency._hold(house.client, "k")
        out, errors = poster("together", house, "k", "1").communicate(timeout=120)
    assert out, errors
    code, body = json.loads(out)
    assert (code, json.loads(body)["code"]) == (409, "in_flight")
