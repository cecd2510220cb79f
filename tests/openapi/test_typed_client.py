"""What a public generator makes of the description works, without a line written by hand."""

from collections.abc import Callable

import pytest

from tests.openapi.conftest import TypedClient

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_reads_the_purposes_of_its_client(client: TypedClient) -> None:
    answer = client.ask("registers", "list_purposes")
    assert [purpose.slug for purpose in answer.parsed.results] == ["marketing-own", "newsletter"]


def test_a_list_goes_on_where_its_page_ended(client: TypedClient) -> None:
    first = client.ask("registers", "list_purposes", limit=1).parsed
    rest = client.ask("registers", "list_purposes", after=first.results[-1].slug).parsed
    assert [purpose.slug for purpose in (*first.results, *rest.results)] == [
        "marketing-own",
        "newsletter",
    ]


def test_a_refusal_is_a_problem(typed: Callable[[str], TypedClient]) -> None:
    answer = typed("ccgdpr_000000000000_wrong").ask("registers", "list_purposes")
    assert isinstance(answer.parsed, typed("").models.Problem)
    assert (answer.parsed.status, answer.parsed.code) == (401, "authentication_failed")
