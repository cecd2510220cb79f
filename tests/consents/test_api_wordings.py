"""What a form asks the API for: the wordings that it must show."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consents.models import SourceWording
from processing.models import Purpose
from tests.api import Caller
from tests.factories import (
    ApiClientFactory,
    ClientGrantFactory,
    NamedControllerFactory,
    OrganisationFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    WordingFactory,
)
from tests.notices.making import complete_purpose, published

pytestmark = pytest.mark.django_db
QUERY = {"purpose": "newsletter", "channel": "email"}


@pytest.fixture
def newsletter() -> Purpose:
    return PurposeFactory(slug="newsletter")


@pytest.fixture
def caller(newsletter: Purpose) -> Caller:
    return Caller(ClientGrantFactory(purpose=newsletter).client)


def _shown(purpose: Purpose, source: str = "web-form", **wording: object) -> SourceWording:
    return SourceWordingFactory(
        wording=WordingFactory(purpose=purpose, **wording), source=SourceFactory(slug=source)
    )


def _uuids(answer: object) -> list[str]:
    return [each["uuid"] for each in answer.json()["results"]]


def test_a_form_reads_the_text_it_shows_to_the_letter(caller: Caller, newsletter: Purpose) -> None:
    wording = _shown(newsletter, valid_months=24).wording
    NamedControllerFactory(wording=wording)

    [read] = caller.get("wordings/", QUERY).json()["results"]

    assert (read["uuid"], read["text"]) == (str(wording.uuid), wording.text)
    assert (read["sha256"], read["version"]) == (wording.sha256, wording.version)
    assert (read["regime"], read["valid_months"]) == ("pke398", 24)
    assert read["controllers"] == [{"slug": "centrum", "name": "Centrum sp. z o.o."}]
    assert [source["slug"] for source in read["sources"]] == ["web-form"]


def test_a_wording_that_no_source_shows_is_not_offered(caller: Caller, newsletter: Purpose) -> None:
    WordingFactory(purpose=newsletter)

    assert _uuids(caller.get("wordings/", QUERY)) == []


def test_a_wording_is_offered_from_the_moment_it_is_shown_until_it_is_not(
    caller: Caller, newsletter: Purpose
) -> None:
    now = timezone.now()
    past, future = _shown(newsletter, "past"), _shown(newsletter, "future")
    past.shown_until = now - timedelta(seconds=1)
    past.save()
    future.shown_from = now + timedelta(hours=1)
    future.save()
    present = _shown(newsletter, "present")

    assert _uuids(caller.get("wordings/", QUERY)) == [str(present.wording.uuid)]


def test_language_and_source_narrow_what_is_read(caller: Caller, newsletter: Purpose) -> None:
    polish, english = _shown(newsletter), _shown(newsletter, "phone", language="en")

    in_english = caller.get("wordings/", {**QUERY, "language": "en"})
    of_form = caller.get("wordings/", {**QUERY, "source": "web-form"})

    assert _uuids(in_english) == [str(english.wording.uuid)]
    assert _uuids(of_form) == [str(polish.wording.uuid)]


def test_another_channel_has_its_own_wording(caller: Caller, newsletter: Purpose) -> None:
    _shown(newsletter)

    assert _uuids(caller.get("wordings/", {**QUERY, "channel": "sms"})) == []


def test_a_form_learns_which_notices_to_link_to(caller: Caller) -> None:
    purpose = complete_purpose(slug="marketing")
    ClientGrantFactory(client=caller.client, purpose=purpose)
    published(purpose, slug="klienci")

    [notice] = caller.get("wordings/", {**QUERY, "purpose": "marketing"}).json()["notices"]

    assert (notice["slug"], notice["version"]) == ("klienci", 1)
    assert notice["url"] == "https://testserver/n/klienci/"


def test_a_purpose_of_others_and_none_at_all_answer_with_the_same_bytes(caller: Caller) -> None:
    PurposeFactory(slug="others")
    others = caller.get("wordings/", {**QUERY, "purpose": "others"})
    nothing = caller.get("wordings/", {**QUERY, "purpose": "nothing"})

    assert others.status_code == 404
    assert others.content == nothing.content


def test_a_source_of_another_controller_is_not_found(caller: Caller) -> None:
    SourceFactory(slug="theirs", controller=OrganisationFactory(client=True))

    assert caller.get("wordings/", {**QUERY, "source": "theirs"}).status_code == 404


def test_following_next_reads_every_wording_once(caller: Caller, newsletter: Purpose) -> None:
    shown = {str(_shown(newsletter, f"form-{n}").wording.uuid) for n in range(5)}

    seen, url = [], ""
    while url is not None:
        answer = caller.web.get(url) if url else caller.get("wordings/", {**QUERY, "limit": 2})
        seen += _uuids(answer)
        url = answer.json()["next"]

    assert sorted(seen) == sorted(shown)


def test_many_wordings_cost_as_many_queries_as_one(
    caller: Caller, newsletter: Purpose, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(6):
        NamedControllerFactory(wording=_shown(newsletter, f"form-{n}").wording)
    # The key's use is noted once a minute.
    caller.get("wordings/", QUERY)

    with django_assert_max_num_queries(8):
        caller.get("wordings/", QUERY)


def test_a_client_without_scopes_for_data_reads_what_forms_show(newsletter: Purpose) -> None:
    client = ApiClientFactory(may_read=False, may_check=False, may_screen=False)
    ClientGrantFactory(client=client, purpose=newsletter)

    assert Caller(client).get("wordings/", QUERY).status_code == 200
