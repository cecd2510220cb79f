"""What a public generator makes of the description works, without a line written by hand."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.openapi.conftest import TypedClient

pytestmark = pytest.mark.django_db(transaction=True)
GRANTED = ["marketing-own", "newsletter"]


def test_it_reads_the_purposes_of_its_client(typed: TypedClient) -> None:
    answer = typed.ask("registers", "list_purposes")
    assert [purpose.slug for purpose in answer.parsed.results] == GRANTED


def test_a_list_goes_on_where_its_page_ended(typed: TypedClient) -> None:
    first = typed.ask("registers", "list_purposes", limit=1).parsed
    rest = typed.ask("registers", "list_purposes", after=first.results[-1].slug).parsed
    assert [purpose.slug for purpose in (*first.results, *rest.results)] == GRANTED


def test_a_refusal_is_a_problem(typed_with: Callable[[str], TypedClient]) -> None:
    typed = typed_with("ccgdpr_000000000000_wrong")
    problem = typed.ask("registers", "list_purposes").parsed
    assert isinstance(problem, typed.models.Problem)
    assert (problem.status, problem.code) == (401, "authentication_failed")


def test_it_asks_before_it_dials(typed: TypedClient) -> None:
    asked = typed.models.CheckRequest(
        purpose="newsletter",
        channel=typed.models.ChannelCode.VOICE,
        contacts=["601 234 567", "22 555 01 23"],
    )
    answer = typed.ask("checks", "ask_checks", body=asked).parsed
    assert [each.verdict for each in answer.results] == ["allow", "deny"]
    assert answer.results[0].evidence.source == "web-form"
    assert answer.results[1].evidence is None


def test_what_it_records_comes_back_by_the_feed(
    typed: TypedClient, centre: SimpleNamespace
) -> None:
    models = typed.models
    act = models.StatementRequest(
        kind=models.StatementKind.WITHDRAWN,
        contact="601 234 567",
        purpose="newsletter",
        channel=models.ChannelCode.VOICE,
        source="web-form",
        method=models.StatementMethod.CALL,
    )
    said = models.EventsRequest(events=[act])
    told = typed.ask("events", "record_events", body=said, idempotency_key="call-7").parsed
    feed = typed.ask("events", "follow_events").parsed
    assert [entry.uuid for entry in feed.results if entry.type_ == "consent.withdrawn"] == [
        told.results[0].uuid
    ]
