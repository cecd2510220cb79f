"""The lists of the room: exact searches by POST, pages by key, nothing told by a filter."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consents import services
from consents.choices import SuppressionOrigin, SuppressionScope
from consents.lookup import find
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ContactPoint,
    DataSubject,
    Restriction,
    Suppression,
)
from tests.consents.screens import client_of, given, listing, searching
from tests.factories import (
    ActivityFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

NUMBER = "+48601602603"
SPELLINGS = ["601602603", "+48 601 602 603", "0048601602603", "601-602-603", "(601) 602 603"]


def phone(value: str = NUMBER, **fields: Any) -> ContactPoint:
    return PointFactory(kind="phone", value=value, **fields)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_number_is_found_in_any_spelling(typed: str) -> None:
    consent = given(phone())
    answer = client_of().post(searching(Consent), {"contact": typed}, follow=True)
    assert [row.pk for row in answer.context["cl"].result_list] == [consent.pk]


def test_an_address_is_found_whatever_its_case() -> None:
    point = PointFactory(value="Anna.Nowak@poczta.example")
    answer = client_of().post(
        searching(ContactPoint), {"contact": " anna.nowak@POCZTA.example "}, follow=True
    )
    assert list(answer.context["cl"].result_list) == [point]


def test_a_person_is_found_by_reference_and_by_external_id() -> None:
    subject = PointFactory(subject__external_id="CRM-17").subject
    assert find(subject.reference).people == (subject.pk,)
    assert find("CRM-17").people == (subject.pk,)
    assert find(str(subject.uuid)).people == (subject.pk,)


def test_a_contact_never_stands_in_an_address() -> None:
    given(phone())
    answer = client_of().post(searching(Consent), {"contact": NUMBER})
    assert "601602603" not in answer["Location"]
    assert "contact=" in answer["Location"]


def test_a_search_is_a_post() -> None:
    assert client_of().get(searching(Consent), {"contact": NUMBER}).status_code == 405


def test_a_value_keeps_its_head_where_the_heads_have_no_room() -> None:
    given(phone())
    page = client_of().get(listing(Consent)).content.decode()
    heads = re.findall(r'<td data-head="([^"]+)" class="field-', page)
    assert {"Kanał", "Źródło"} <= set(heads)
    assert '<td class="field-' not in page


def test_a_search_goes_by_index() -> None:
    with CaptureQueriesContext(connection) as queries:
        find(NUMBER)
    plan = explained(queries.captured_queries[0]["sql"])
    assert "contact_hmac" in plan


def explained(sql: str) -> str:
    how = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Few rows are scanned, or walked in their order, whatever the indexes say.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute(f"{how} {sql}")
        return " ".join(str(row) for row in cursor.fetchall())


def test_the_suppression_list_is_searched_by_digest() -> None:
    controller = OrganisationFactory()
    entry = services.suppress(
        controller,
        "phone",
        NUMBER,
        origin=SuppressionOrigin.DO_NOT_CALL,
        scope=SuppressionScope.ALL,
    )
    answer = client_of().post(searching(Suppression), {"contact": "601 602 603"}, follow=True)
    assert list(answer.context["cl"].result_list) == [entry]


@pytest.mark.parametrize(
    "model", [Consent, ConsentEvent, DataSubject, ContactPoint, Acquisition, Restriction]
)
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(model: Any) -> None:
    client = client_of()
    told(1)
    few = queries_of(client, model)
    told(5)
    assert queries_of(client, model) == few


def told(count: int) -> None:
    for _ in range(count):
        consent = given()
        services.restrict(consent.contact_point, "objection", words="nie chcę")
        services.acquire(
            consent.contact_point, consent.event.source, obtained_on=timezone.localdate()
        )


def queries_of(client: Any, model: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(listing(model)).status_code == 200
    return len(queries)


def test_no_list_counts_its_rows() -> None:
    given()
    with CaptureQueriesContext(connection) as queries:
        client_of().get(listing(Consent))
    counted = [
        q["sql"] for q in queries if "COUNT(" in q["sql"] and '"consents_consent"' in q["sql"]
    ]
    assert counted == []


def test_pages_follow_one_another_without_gap_or_repeat(monkeypatch: Any) -> None:
    monkeypatch.setattr("consents.admin.consents.ConsentAdmin.list_per_page", 2)
    for _ in range(5):
        given()
    client, seen, url = client_of(), [], "?"
    while url:
        changelist = client.get(listing(Consent) + url).context["cl"]
        seen += [row.pk for row in changelist.result_list]
        url = changelist.older_url
    newest_first = Consent.objects.order_by("-last_recorded_at", "-id")
    assert seen == list(newest_first.values_list("pk", flat=True))


def test_a_page_leads_back_to_the_newer_one(monkeypatch: Any) -> None:
    monkeypatch.setattr("consents.admin.consents.ConsentAdmin.list_per_page", 2)
    for _ in range(4):
        given()
    client = client_of()
    first = client.get(listing(Consent)).context["cl"]
    second = client.get(listing(Consent) + first.older_url).context["cl"]
    back = client.get(listing(Consent) + second.newer_url).context["cl"]
    assert list(back.result_list) == list(first.result_list)


def test_a_cursor_that_nobody_handed_out_begins_anew() -> None:
    consent = given()
    answer = client_of().get(listing(Consent), {"p": "older.yesterday~x"})
    assert list(answer.context["cl"].result_list) == [consent]


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (DataSubject, "last_name__startswith"),
        (ContactPoint, "value__startswith"),
        (Consent, "contact_point__value__contains"),
        (Suppression, "hmac__startswith"),
    ],
)
def test_a_filter_that_no_list_offers_is_refused(model: Any, lookup: str) -> None:
    assert client_of("auditor").get(listing(model), {lookup: "K"}).status_code == 400


def test_states_are_filtered_as_the_badge_says_them() -> None:
    soon = timezone.now() + timedelta(days=9)
    past = timezone.now() - timedelta(days=1)
    ends, gone, stays = given(valid_until=soon), given(valid_until=past), given()
    client = client_of()
    rows = {
        state: set(client.get(listing(Consent), {"state": state}).context["cl"].result_list)
        for state in ("expiring", "expired", "given")
    }
    assert rows == {"expiring": {ends}, "expired": {gone}, "given": {ends, stays}}


def test_attention_asks_for_consents_on_unknown_words() -> None:
    consent = given()
    rows = client_of().get(listing(Consent), {"attention": "1"}).context["cl"].result_list
    assert list(rows) == [consent]


def test_a_house_with_one_controller_never_sees_the_field() -> None:
    given()
    assert b"Centrum sp. z o.o." not in client_of().get(listing(Consent)).content


def test_a_house_with_several_names_the_controller_of_each_row() -> None:
    given()
    client_house = OrganisationFactory(client=True)
    purpose = PurposeFactory(activity=ActivityFactory(controller=client_house))
    given(PointFactory(controller=client_house), purpose)
    content = client_of().get(listing(Consent)).content.decode()
    assert "Centrum sp. z o.o." in content
    assert "Sklep sp. z o.o." in content


def test_controllers_are_told_apart_by_a_filter() -> None:
    ours = SourceFactory()
    client_house = OrganisationFactory(client=True)
    ActivityFactory(controller=ours.controller)
    ActivityFactory(controller=client_house)
    point = PointFactory(controller=client_house)
    PointFactory()
    answer = client_of().get(listing(ContactPoint), {"controller": client_house.pk})
    assert list(answer.context["cl"].result_list) == [point]


@pytest.mark.parametrize("model", [Consent, DataSubject, ContactPoint, ConsentEvent])
def test_lists_mask_every_contact(model: Any) -> None:
    given(phone())
    content = client_of().get(listing(model)).content.decode()
    assert "601 602 603" not in content
    assert "601602603" not in content
    assert "Kowalski" not in content
