"""Who gets in: a key that holds, of a client that may, from where it may (security.md 24)."""

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import ApiView
from accounts.models import ApiClient, ApiKey
from audit.act import current_act
from audit.choices import Way
from tests.api import issued
from tests.factories import ApiClientFactory, UserFactory


class Door(ApiView):
    """Says who came in; each method asks for another scope."""

    scopes = {"GET": "read", "POST": "record"}

    def get(self, request: Request) -> Response:
        act = current_act()
        return Response({"name": act.username, "way": act.way, "by": act.by_id})

    post = get

    def put(self, request: Request) -> Response:
        raise RuntimeError("ccgdpr_ says nothing of what failed")


urlpatterns = [path("door/", Door.as_view())]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def machine() -> ApiClient:
    return ApiClientFactory(name="Dialler")


@pytest.fixture
def key(machine: ApiClient) -> str:
    return issued(machine)


def call(key: str = "", method: str = "get", **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    client = Client(raise_request_exception=False)
    return getattr(client, method)("/door/", headers=headers, **options)


def test_a_key_opens(key: str) -> None:
    assert call(key).status_code == 200


def test_what_is_done_is_attributed_to_the_client(key: str) -> None:
    assert call(key).json() == {"name": "Dialler", "way": Way.API, "by": None}


def test_a_person_who_is_signed_in_beside_it_is_not_the_one_who_acts(key: str) -> None:
    client = Client()
    client.force_login(UserFactory())
    answer = client.get("/door/", headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["by"] is None


def test_nobody_comes_in_by_a_session() -> None:
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    assert client.get("/door/").status_code == 401


def test_a_call_without_a_key_is_asked_for_one() -> None:
    answer = call()
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def foreign(machine: ApiClient) -> None:
    machine.networks = "203.0.113.0/24"
    machine.save()


def deactivated(machine: ApiClient) -> None:
    machine.deactivate()


def ended(machine: ApiClient) -> None:
    machine.keys.get().end()


REFUSALS = [foreign, deactivated, ended]


@pytest.mark.parametrize("refuse", REFUSALS)
def test_the_very_next_call_is_refused(machine: ApiClient, key: str, refuse: Any) -> None:
    assert call(key).status_code == 200
    refuse(machine)
    assert call(key).status_code == 401


def test_a_key_opens_until_its_end_and_not_at_it(machine: ApiClient, key: str) -> None:
    end = machine.keys.get().active_until
    with time_machine.travel(end - timedelta(milliseconds=1), tick=False):
        assert call(key).status_code == 200
    with time_machine.travel(end, tick=False):
        assert call(key).status_code == 401


def test_every_key_that_does_not_open_is_refused_in_the_same_bytes(machine: ApiClient) -> None:
    refused = {call(f"ccgdpr_{'0' * 12}_{'a' * 43}").content, call("nonsense").content}
    for refuse in REFUSALS:
        other = ApiClientFactory()
        text = issued(other)
        refuse(other)
        refused.add(call(text).content)
    right = issued(machine)
    refused.add(call(right[:-1] + ("a" if right[-1] != "a" else "b")).content)
    assert len(refused) == 1


@pytest.mark.parametrize(
    "text", ["Basic {key}", "Bearer", "Bearer  x  y", "{key}", "Bearer \xff\0"]
)
def test_what_is_no_bearer_key_opens_nothing(key: str, text: str) -> None:
    answer = Client().get("/door/", headers={"Authorization": text.format(key=key)})
    assert answer.status_code == 401


def test_the_address_is_that_which_the_proxy_saw(
    machine: ApiClient, key: str, settings: Any
) -> None:
    settings.BEHIND_PROXY = True
    foreign(machine)
    claimed = "203.0.113.7, 198.51.100.1"
    assert call(key, HTTP_X_FORWARDED_FOR=claimed).status_code == 401
    assert call(key, HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.7").status_code == 200


# Scopes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "lacking"), [("get", "may_read"), ("head", "may_read"), ("post", "may_record")]
)
def test_a_client_without_the_scope_is_not_allowed(method: str, lacking: str) -> None:
    key = issued(ApiClientFactory(**{lacking: False}))
    assert call(key, method).status_code == 403


@pytest.mark.parametrize(("method", "other"), [("get", "may_record"), ("post", "may_read")])
def test_a_scope_opens_its_own_method_alone(method: str, other: str) -> None:
    assert call(issued(ApiClientFactory(**{other: False})), method).status_code == 200


def test_what_nobody_foresaw_tells_nothing(key: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = call(key, "put")
    assert answer.status_code == 500
    assert b"says nothing" not in answer.content


# Use ----------------------------------------------------------------------------------------------


def test_the_first_use_is_noted(machine: ApiClient, key: str) -> None:
    call(key)
    used = machine.keys.get().last_used_at
    assert timezone.now() - used < timedelta(minutes=1)


def test_the_use_is_noted_once_a_minute(machine: ApiClient, key: str) -> None:
    start = timezone.now()
    for seconds, expected in ((0, 0), (59, 0), (60, 60)):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            call(key)
        assert machine.keys.get().last_used_at == start + timedelta(seconds=expected)


def test_a_refused_key_is_not_used(machine: ApiClient, key: str) -> None:
    deactivated(machine)
    call(key)
    assert machine.keys.get().last_used_at is None


def test_noting_the_use_takes_back_no_end(machine: ApiClient, key: str) -> None:
    stale = ApiKey.of(key)
    ended(machine)
    stale.last_used_at = timezone.now()
    stale.save(update_fields=["last_used_at"])
    assert machine.keys.get().is_ended


# Where a key is not -------------------------------------------------------------------------------


def test_no_table_holds_a_key(machine: ApiClient, key: str) -> None:
    call(key)
    secret = key.split("_", 2)[2]
    assert secret not in dump()


def dump() -> str:
    """All that the database holds, as text."""
    said = StringIO()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            said.write(repr(cursor.fetchall()))
    return said.getvalue()


def test_the_dump_would_show_it(machine: ApiClient, key: str) -> None:
    assert machine.keys.get().prefix in dump()


@pytest.mark.parametrize("method", ["get", "put"])
def test_no_log_holds_a_key(key: str, method: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        call(key, method)
        call(key[:-1], method)
    assert key.split("_", 2)[2][:-1] not in caplog.text


def test_no_command_prints_a_key(key: str) -> None:
    said = StringIO()
    call_command("reconcile_history", "--check", stdout=said)
    assert key not in said.getvalue()
