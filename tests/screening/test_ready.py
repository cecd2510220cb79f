"""The statements that are made ready once, against the whole one that is made for each question."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.exceptions import NotFound

from accounts.models import ApiClient
from audit import bulk
from processing.choices import Basis
from processing.models import Purpose
from screening import ready, rows
from screening.api.questions import question as asked
from screening.evidence import evidence
from screening.question import Question, ask
from screening.verdict import _columns, contacts_of, judge, judge_all
from tests.factories import ApiClientFactory, ClientGrantFactory
from tests.screening.lives import LATER, MOMENTS
from tests.screening.world import CHANNELS, World

pytestmark = pytest.mark.django_db
STRANGE = ["+48601999999", "nikt@nigdzie.example", "", "@nikt"]


@pytest.fixture
def world() -> World:
    return World(11, size=90)


@pytest.fixture
def client(world: World) -> ApiClient:
    client = ApiClientFactory()
    for purpose in world.purposes:
        ClientGrantFactory(client=client, purpose=purpose)
    return client


def values(world: World, question: Question) -> list[str]:
    held = dict.fromkeys(p.value for p in world.points if p.kind == question.contact_kind)
    return [*held, *STRANGE]


def places(world: World) -> list[tuple[Any, str]]:
    return [(purpose, channel) for purpose in world.purposes for channel in CHANNELS]


@pytest.mark.parametrize("moment", [*MOMENTS[::3], LATER])
def test_what_is_ready_says_what_the_whole_one_says(
    world: World, time_machine: Any, moment: datetime
) -> None:
    time_machine.move_to(moment, tick=False)
    for purpose, channel in places(world):
        question = ask(purpose, channel)
        contacts = values(world, question)
        assert judge(question, contacts) == judge_all([(question, contacts)])[0]


def test_what_has_settled_needs_no_more_than_what_is_ready(world: World, time_machine: Any) -> None:
    time_machine.move_to(LATER, tick=False)
    for purpose, channel in places(world):
        question = ask(purpose, channel)
        keys = contacts_of(question, values(world, question))[1]
        assert ready.rows(question, keys, _columns) is not None


def test_a_single_contact_is_answered_as_among_many(world: World, time_machine: Any) -> None:
    time_machine.move_to(LATER, tick=False)
    for purpose, channel in places(world)[::3]:
        question = ask(purpose, channel)
        contacts = values(world, question)
        assert [judge(question, [each])[0] for each in contacts] == judge(question, contacts)


@pytest.mark.parametrize("moment", [*MOMENTS[::3], LATER])
def test_registers_read_at_once_say_what_each_says_by_itself(
    world: World, client: ApiClient, time_machine: Any, moment: datetime
) -> None:
    time_machine.move_to(moment, tick=False)
    for purpose, channel in places(world):
        by_itself = ask(purpose, channel)
        at_once = asked(client, purpose=purpose.slug, channel=channel)
        assert at_once.reasons == by_itself.reasons
        assert at_once.obligations == by_itself.obligations
        contacts = values(world, by_itself)
        verdicts = judge(by_itself, contacts)
        assert judge(at_once, contacts) == verdicts
        assert evidence(at_once, verdicts) == evidence(by_itself, verdicts)


def test_registers_that_changed_are_read_anew(world: World, client: ApiClient) -> None:
    purpose, channel = places(world)[0]
    asked(client, purpose=purpose.slug, channel=channel)
    source = world.sources[0]
    source.name_pl = "Całkiem inne źródło"
    source.save()
    found = asked(client, purpose=purpose.slug, channel=channel)
    names = {each.name_pl for held in found.registers.sources.values() for each in held}
    assert (source.name_pl in names) == (source.controller_id == found.controller_id)


@pytest.mark.parametrize(
    ("asked_at", "asked_again", "is_known"),
    [
        ("2026-11-24T09:00:00+00:00", "2026-11-24T09:00:00.9+00:00", False),
        ("2026-11-24T09:00:00+00:00", "2026-11-24T09:00:01+00:00", True),
        ("2026-11-24T22:59:59.9+00:00", "2026-11-24T23:00:00+00:00", True),  # another day in Warsaw
        ("2026-11-24T09:00:00+00:00", "2026-11-24T08:59:59+00:00", True),  # the clock was set back
    ],
)
def test_machines_hear_of_a_change_within_a_second(
    world: World,
    client: ApiClient,
    monkeypatch: Any,
    time_machine: Any,
    asked_at: str,
    asked_again: str,
    is_known: bool,
) -> None:
    monkeypatch.setattr(rows, "KEPT", timedelta(seconds=1))
    purpose, channel = places(world)[0]
    time_machine.move_to(asked_at, tick=False)
    asked(client, purpose=purpose.slug, channel=channel)
    bulk.update(Purpose.objects.filter(pk=purpose.pk), basis_law="art. 1 innej ustawy")
    time_machine.move_to(asked_again, tick=False)
    found = asked(client, purpose=purpose.slug, channel=channel).purpose
    assert (found.basis_law == "art. 1 innej ustawy") == is_known


def test_what_is_asked_of_a_moment_is_never_kept(
    world: World, client: ApiClient, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rows, "KEPT", timedelta(seconds=1))
    purpose, channel = places(world)[0]
    named = {"purpose": purpose.slug, "channel": channel, "at": timezone.now()}
    asked(client, **named)
    bulk.update(Purpose.objects.filter(pk=purpose.pk), basis_law="art. 1 innej ustawy")
    assert asked(client, **named).purpose.basis_law == "art. 1 innej ustawy"


def test_a_grant_of_one_client_is_not_that_of_another(
    world: World, client: ApiClient, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rows, "KEPT", timedelta(seconds=1))
    purpose, channel = places(world)[0]
    asked(client, purpose=purpose.slug, channel=channel)
    with pytest.raises(NotFound):
        asked(ApiClientFactory(), purpose=purpose.slug, channel=channel)


def test_a_purpose_that_came_to_rest_on_a_balance_test_is_asked_for_one(
    world: World, client: ApiClient
) -> None:
    purpose = next(p for p in world.purposes if p.basis == Basis.CONSENT)
    for _twice in range(2):
        assert (
            "balance_test_missing"
            not in asked(client, purpose=purpose.slug, channel="post").reasons
        )
    purpose.basis = Basis.LEGITIMATE_INTEREST
    purpose.save()
    assert "balance_test_missing" in asked(client, purpose=purpose.slug, channel="post").reasons


def test_the_registers_take_one_statement(world: World, client: ApiClient) -> None:
    purpose, channel = places(world)[0]
    with CaptureQueriesContext(connection) as captured:
        question = asked(client, purpose=purpose.slug, channel=channel)
        evidence(question, judge(question, values(world, question)))
    assert len(captured) <= 4
