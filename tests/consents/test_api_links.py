"""Links for mailings, as clients ask for them."""

from typing import Any

import pytest
from django.test import Client

from audit.models import AccessEvent
from consents import services
from tests.api import Caller
from tests.factories import ApiClientFactory, ClientGrantFactory, PointFactory, PurposeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant() -> Any:
    return ClientGrantFactory(purpose__slug="newsletter")


def ask(grant: Any, *contacts: str, **body: Any) -> Any:
    asked = {"purpose": "newsletter", "channel": "email", "contacts": list(contacts), **body}
    return Caller(grant.client).post("links/", asked)


def results(grant: Any, *contacts: str) -> list[dict[str, Any]]:
    return ask(grant, *contacts).json()["results"]


def test_a_known_contact_has_both_links(grant: Any) -> None:
    PointFactory(value="jan@poczta.example")
    (found,) = results(grant, "JAN@poczta.example")
    assert found["list_unsubscribe"].startswith("<http")
    assert found["list_unsubscribe"].endswith("/one-click/>")
    assert found["list_unsubscribe_post"] == "List-Unsubscribe=One-Click"
    assert Client().get(path_of(found["preferences_url"])).status_code == 200


def path_of(url: str) -> str:
    return "/z/" + url.partition("/z/")[2]


def test_the_links_hold_no_contact(grant: Any) -> None:
    PointFactory(value="jan@poczta.example")
    (found,) = results(grant, "jan@poczta.example")
    assert "jan" not in found["preferences_url"] + found["list_unsubscribe"]


def test_answers_stand_in_the_order_of_the_questions(grant: Any) -> None:
    PointFactory(value="b@poczta.example")
    found = results(grant, "a@poczta.example", "b@poczta.example", "nie adres", "")
    assert [bool(each["preferences_url"]) for each in found] == [False, True, False, False]
    assert [each["contact"] for each in found][2] == "nie adres"


def test_a_retired_contact_is_unknown(grant: Any) -> None:
    point = PointFactory(value="jan@poczta.example")
    services.reassign(point, retired_for="closed", reason="nie istnieje")
    (found,) = results(grant, "jan@poczta.example")
    assert found["preferences_url"] is None


def test_a_contact_of_another_controller_is_unknown(grant: Any) -> None:
    PointFactory(value="jan@poczta.example", controller__slug="sklep")
    assert results(grant, "jan@poczta.example")[0]["preferences_url"] is None


def test_a_purpose_that_is_not_granted_is_not_found(grant: Any) -> None:
    PurposeFactory(slug="obcy")
    foreign, none = ask(grant, "a@b.pl", purpose="obcy"), ask(grant, "a@b.pl", purpose="brak")
    assert foreign.status_code == 404
    assert foreign.content == none.content


def test_a_client_without_the_scope_is_refused() -> None:
    grant = ClientGrantFactory(purpose__slug="newsletter", client=ApiClientFactory(may_check=False))
    assert ask(grant, "a@b.pl").status_code == 403


@pytest.mark.parametrize(
    "body",
    [{"contacts": []}, {"contacts": ["a@b.pl"] * 1001}, {"channel": "fax"}, {"more": 1}],
)
def test_a_question_that_is_none_is_refused(grant: Any, body: dict[str, Any]) -> None:
    assert ask(grant, "a@b.pl", **body).status_code == 400


def test_a_thousand_cost_as_many_queries_as_one(
    grant: Any, django_assert_max_num_queries: Any
) -> None:
    caller = Caller(grant.client)
    contacts = [f"osoba{n}@poczta.example" for n in range(1000)]
    body = {"purpose": "newsletter", "channel": "email", "contacts": contacts}
    caller.post("links/", body | {"contacts": contacts[:1]})
    with django_assert_max_num_queries(14):
        assert caller.post("links/", body).status_code == 200


def test_the_access_log_keeps_how_many_and_no_contact(grant: Any) -> None:
    PointFactory(value="jan@poczta.example")
    ask(grant, "jan@poczta.example", "ola@poczta.example")
    event = AccessEvent.objects.latest("pk")
    assert (event.rows, event.filters["links"]) == (1, 2)
    assert "jan" not in str(event.filters) + event.subject


def test_each_contact_counts_against_the_quota() -> None:
    grant = ClientGrantFactory(
        purpose__slug="newsletter", client=ApiClientFactory(daily_contacts=2)
    )
    assert ask(grant, "a@b.pl", "b@b.pl", "c@b.pl").status_code == 429
