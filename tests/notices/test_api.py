"""What a client of the API reads of privacy notices."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notices import services
from tests.api import Caller
from tests.factories import ApiClientFactory, ClientGrantFactory, NoticeFactory, UserFactory
from tests.notices.making import LAST_YEAR, approved, complete_purpose, drafted, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller(ApiClientFactory())


def test_a_client_reads_the_notice_in_force_to_the_letter(caller: Caller) -> None:
    version = published(slug="klienci")

    notice = caller.get("notices/klienci/").json()

    assert notice["text"] == {"pl": version.text_pl, "en": version.text_en}
    assert (notice["version"], notice["sha256"]) == (1, version.sha256)
    assert notice["status"] == "in_force"
    assert notice["url"].endswith("/n/klienci/")


def test_a_new_version_takes_the_place_of_the_old_one_which_can_still_be_read(
    caller: Caller,
) -> None:
    purpose = complete_purpose()
    first = published(purpose, slug="klienci")
    second = approved(purpose, notice=first.notice)
    services.publish(second, by=UserFactory(), effective_from=timezone.now())

    now, before = caller.get("notices/klienci/"), caller.get("notices/klienci/", {"version": 1})

    assert (now.json()["version"], now.json()["status"]) == (2, "in_force")
    assert (before.json()["version"], before.json()["status"]) == (1, "archived")


def test_a_version_that_is_to_come_is_read_by_its_number_alone(caller: Caller) -> None:
    published(slug="klienci", effective_from=timezone.now() + timedelta(days=3))

    assert caller.get("notices/klienci/").status_code == 404
    assert caller.get("notices/klienci/", {"version": 1}).json()["status"] == "scheduled"


def test_a_draft_is_nobodys_to_read(caller: Caller) -> None:
    drafted(slug="klienci")

    assert caller.get("notices/klienci/").status_code == 404
    assert caller.get("notices/klienci/", {"version": 1}).status_code == 404


def test_a_draft_and_a_notice_that_is_none_answer_with_the_same_bytes(caller: Caller) -> None:
    NoticeFactory(slug="klienci")

    assert caller.get("notices/klienci/").content == caller.get("notices/nikt/").content


def test_purposes_of_others_are_not_named(caller: Caller) -> None:
    mine = complete_purpose(slug="mine")
    others = complete_purpose(slug="others", activity=mine.activity)
    ClientGrantFactory(client=caller.client, purpose=mine)
    published(mine, others, slug="klienci")

    assert caller.get("notices/klienci/").json()["purposes"] == ["mine"]


@pytest.mark.parametrize("query", [{"version": "x"}, {"version": 0}, {"wersja": 1}])
def test_a_query_that_cannot_be_read_is_refused(caller: Caller, query: dict[str, object]) -> None:
    published(slug="klienci", effective_from=LAST_YEAR)

    assert caller.get("notices/klienci/", query).status_code == 400
