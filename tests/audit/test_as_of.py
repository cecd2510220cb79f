"""Registers as they stood on a day: on screen, record by record, and in files."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from audit import as_of, bulk
from audit.act import acting, new_batch
from audit.models import AccessEvent
from consents.models import ContactPoint, LeadSource, SourceWording
from processors.models import Organisation
from tests.factories import (
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    UserFactory,
    WordingFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/processors/organisation/"
JUNE = datetime(2026, 6, 10, 9, tzinfo=UTC)
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
BUDGET = 14


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.SESSION_COOKIE_AGE = 366 * 24 * 3600  # who signs in in June is still here in November
    with time_machine.travel(JUNE, tick=False) as clock:
        yield clock


@pytest.fixture
def auditor(client: Client) -> User:
    user = UserFactory(auditor=True)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def vendor(clock: Any) -> Organisation:
    """Made in June as *Old name*, today called *New name*."""
    vendor = OrganisationFactory(vendor=True, name="Old name", country="PL")
    clock.move_to(TODAY)
    vendor.name, vendor.country = "New name", "DE"
    vendor.save()
    return vendor


def names(day: date, **states: str) -> list[str]:
    rows = as_of.stood(Organisation, as_of.end_of(day)).filter(**states)
    return sorted(row.name for row in rows)


def shown(client: Client, day: str, url: str = LIST, **query: str) -> str:
    client.cookies["django_language"] = "en"
    response = client.get(url, {"on": day, **query})
    assert response.status_code == 200
    return response.content.decode()


# What stood --------------------------------------------------------------------------------------


def test_what_was_created_later_was_not_there(vendor: Organisation) -> None:
    assert names(date(2026, 6, 9)) == []


def test_what_changed_later_stands_with_its_old_value(vendor: Organisation) -> None:
    assert names(date(2026, 6, 10)) == names(date(2026, 11, 23)) == ["Old name"]


def test_the_end_of_the_day_is_meant(vendor: Organisation) -> None:
    assert names(date(2026, 11, 24)) == ["New name"]


def test_a_day_ends_at_local_midnight(clock: Any) -> None:
    clock.move_to(datetime(2026, 6, 10, 22, 30, tzinfo=UTC))
    OrganisationFactory(name="After midnight in Warsaw")
    assert names(date(2026, 6, 10)) == []
    assert names(date(2026, 6, 11)) == ["After midnight in Warsaw"]


def test_a_record_that_has_left_a_state_is_not_found_in_it_again(vendor: Organisation) -> None:
    assert names(date(2026, 11, 24), country="PL") == []
    assert names(date(2026, 6, 10), country="PL") == ["Old name"]


def test_a_bulk_edit_is_a_version_like_any_other(vendor: Organisation, clock: Any) -> None:
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    with acting(batch=new_batch()):
        bulk.update(Organisation.objects.all(), name="Bulk name")
    assert names(date(2026, 11, 30)) == ["New name"]
    assert names(date(2026, 12, 1)) == ["Bulk name"]


def test_the_last_of_several_versions_of_one_instant_stood(vendor: Organisation) -> None:
    vendor.name = "Corrected at once"
    vendor.save()
    assert names(date(2026, 11, 24)) == ["Corrected at once"]


def test_rows_under_a_record_stood_where_they_hung_then(clock: Any) -> None:
    hung = SourceWording.objects.create(
        source=SourceFactory(), wording=WordingFactory(), shown_from=JUNE
    )
    before = hung.source
    clock.move_to(TODAY)
    hung.source = SourceFactory()
    hung.save()
    for day, source, found in (
        (date(2026, 6, 10), before, 1),
        (date(2026, 11, 24), before, 0),
        (date(2026, 11, 24), hung.source, 1),
    ):
        rows = as_of.parts_of(SourceWording, "source_id", source.pk, as_of.end_of(day))
        assert rows.count() == found


# The list ----------------------------------------------------------------------------------------


def test_the_list_shows_the_day_and_the_way_back(
    client: Client, auditor: User, vendor: Organisation
) -> None:
    content = shown(client, "2026-06-10")
    assert "Old name" in content
    assert "New name" not in content
    assert f'href="{LIST}">Back to today' in content


def test_today_s_list_asks_for_a_day(client: Client, auditor: User, vendor: Organisation) -> None:
    assert 'name="on"' in client.get(LIST).content.decode()


def test_the_list_is_narrowed_by_the_state_of_that_day(
    client: Client, auditor: User, vendor: Organisation
) -> None:
    found = {
        state: "Old name" in shown(client, "2026-06-10", diligence=state)
        for state in (vendor.diligence, "insufficient")
    }
    assert found == {vendor.diligence: True, "insufficient": False}


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "", "9999-12-31", "2026-11-25"])
def test_a_day_that_is_none_or_has_not_come_is_refused_beside_the_field(
    client: Client, auditor: User, vendor: Organisation, day: str
) -> None:
    content = shown(client, day)
    assert "errorlist" in content
    assert "Old name" not in content


def test_nothing_can_be_posted_to_the_past(
    client: Client, auditor: User, vendor: Organisation
) -> None:
    record = f"{LIST}{vendor.pk}/change/"
    for url in (LIST, record):
        assert client.post(f"{url}?on=2026-06-10", {"name": "x"}).status_code in (403, 405)


@pytest.mark.parametrize("trait", [{}, {"approver": True}, {"auditor": True}])
def test_who_may_see_the_register_may_see_its_past(
    client: Client, vendor: Organisation, trait: dict[str, bool]
) -> None:
    client.force_login(UserFactory(**trait))
    assert "Old name" in shown(client, "2026-06-10")


def test_a_supervisor_may_not(client: Client, vendor: Organisation) -> None:
    client.force_login(UserFactory(supervisor=True))
    for url in (LIST, f"{LIST}{vendor.pk}/change/", f"{LIST}export/"):
        assert client.get(f"{url}?on=2026-06-10").status_code == 403


def test_related_records_have_the_names_of_that_day(
    client: Client, auditor: User, vendor: Organisation, clock: Any
) -> None:
    clock.move_to(JUNE)
    SourceFactory(kind="purchased", vendor=vendor, name_pl="Baza", name_en="Base")
    clock.move_to(TODAY)
    source = LeadSource.objects.get(name_en="Base")
    url = reverse("admin:consents_leadsource_change", args=[source.pk])
    content = shown(client, "2026-06-10", url)
    assert "Old name" in content
    assert "New name" not in content


def test_a_big_register_goes_page_by_page(client: Client, auditor: User, clock: Any) -> None:
    subject = PointFactory().subject
    bulk.create(
        [
            ContactPoint(
                controller=subject.controller,
                subject=subject,
                kind="phone",
                **{"value": f"+4860160{n:04}", "key": f"+4860160{n:04}", "hmac": f"{n}"},
            )
            for n in range(70)
        ]
    )
    clock.move_to(TODAY)
    url = reverse("admin:consents_contactpoint_changelist")
    first = client.get(url, {"on": "2026-06-10"})
    second = client.get(url + first.context["next"])
    assert [len(page.context["rows"]) for page in (first, second)] == [50, 21]
    assert second.context["next"] == ""


def test_more_records_cost_no_more_queries(
    client: Client, auditor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(30):
        PurposeFactory()
    with django_assert_max_num_queries(BUDGET):
        client.get(reverse("admin:processing_purpose_changelist"), {"on": "2026-06-10"})


# One record --------------------------------------------------------------------------------------


def test_a_record_shows_its_values_of_the_day_and_what_changed_since(
    client: Client, auditor: User, vendor: Organisation
) -> None:
    page = client.get(f"{LIST}{vendor.pk}/change/", {"on": "2026-06-10"})
    facts = {
        label: value for _heading, group in page.context["groups"] for label, value, _x in group
    }
    assert facts["Name"] == "Old name"
    assert "Name" in {change.label for change in page.context["changes"]}


def test_a_record_of_later_says_that_it_was_not_there(
    client: Client, auditor: User, vendor: Organisation
) -> None:
    content = shown(client, "2026-06-09", f"{LIST}{vendor.pk}/change/")
    assert "This record was not there yet on that day." in content
    assert "Old name" not in content


def test_a_record_s_rows_stood_with_it(client: Client, auditor: User) -> None:
    shown_then = SourceWording.objects.create(
        source=SourceFactory(), wording=WordingFactory(), shown_from=JUNE
    )
    url = reverse("admin:consents_leadsource_change", args=[shown_then.source_id])
    ((_title, _columns, rows),) = client.get(url, {"on": "2026-06-10"}).context["parts"]
    assert rows[0][0] == str(shown_then.wording)


def test_withheld_values_show_as_withheld(client: Client, auditor: User) -> None:
    person = PointFactory().subject
    person.last_name = "Kowalewska"
    person.save()
    url = reverse("admin:consents_datasubject_change", args=[person.pk])
    content = shown(client, "2026-06-10", url)
    assert "Kowalewska" not in content
    assert "not kept in history" in content


# Files -------------------------------------------------------------------------------------------


def exported(client: Client, query: str) -> list[dict[str, str]]:
    url = f"{LIST}export/{query}"
    chosen = {n: "on" for n in client.get(url).context["form"].fields if "organisation" in n}
    response = client.post(url, {"format": "0", **chosen})
    assert response.status_code == 200
    body = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(body, newline="")))


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


def test_the_same_file_of_that_day(client: Client, dpo: User, vendor: Organisation) -> None:
    (then,) = exported(client, "?on=2026-06-10")
    (now,) = exported(client, "")
    assert (then["name"], now["name"]) == ("Old name", "New name")
    assert list(then) == list(now)
    assert then["uuid"] == now["uuid"]


def test_the_access_log_says_which_day(client: Client, dpo: User, vendor: Organisation) -> None:
    exported(client, "?on=2026-06-10&diligence=not_checked")
    opening = AccessEvent.objects.filter(closes=None).latest("pk")
    assert opening.filters == {"on": "2026-06-10", "diligence": "not_checked"}
    assert opening.closed_by.rows == 1


def test_a_file_of_no_day_is_none(client: Client, dpo: User, vendor: Organisation) -> None:
    assert client.get(f"{LIST}export/?on=2026-13-01").status_code == 404
