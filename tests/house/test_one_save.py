"""One save of one form is one entry of the trail, however many rows it changed."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import trail
from audit.act import acting, new_batch
from audit.choices import Way
from processors.models import AgreementClause, ProcessingAgreement
from tests.factories import (
    ActivityRecipientFactory,
    AgreementFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.processing.screens import as_posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def dpo(client: Client) -> Client:
    client.force_login(UserFactory())
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def agreement() -> ProcessingAgreement:
    return AgreementFactory(reference="UP/7", draft=True)


def entries() -> list[trail.Entry]:
    """What people saved by hand, the newest first."""
    return trail.page(trail.Asked(way=Way.ADMIN)).entries


def page(record: Any) -> str:
    return reverse(f"admin:{record._meta.label_lower.replace('.', '_')}_change", args=[record.pk])


def save(client: Client, record: Any, **changed: str) -> None:
    url = page(record)
    data = {**as_posted(client.get(url)), "change_cause": "correction", **changed}
    assert client.post(url, data).status_code == 302


def rows_named(client: Client, record: Any, name: str) -> list[str]:
    return [each for each in as_posted(client.get(page(record))) if each.endswith(f"-{name}")]


def test_a_record_and_the_rows_under_it_are_one_entry_that_names_it(
    dpo: Client, agreement: ProcessingAgreement
) -> None:
    clauses = dict.fromkeys(rows_named(dpo, agreement, "found_at"), "§ 99")
    save(dpo, agreement, people="pracownicy", **clauses)
    (entry,) = entries()
    assert entry.title == "Processing agreement UP/7"
    assert entry.total == 1 + len(clauses)


def test_rows_alone_are_one_entry_of_what_they_hang_on(
    dpo: Client, agreement: ProcessingAgreement
) -> None:
    first, second, *_others = rows_named(dpo, agreement, "found_at")
    save(dpo, agreement, **{first: "§ 98", second: "§ 99"})
    (entry,) = entries()
    assert (entry.title, entry.total) == ("Processing agreement UP/7", 2)


def test_one_changed_record_stands_alone_with_its_fields(
    dpo: Client, agreement: ProcessingAgreement
) -> None:
    save(dpo, agreement, people="pracownicy")
    (entry,) = entries()
    assert not entry.is_batch
    assert [change.after for change in entry.changes] == ["pracownicy"]


def test_one_changed_row_stands_alone(dpo: Client, agreement: ProcessingAgreement) -> None:
    save(dpo, agreement, **{rows_named(dpo, agreement, "found_at")[0]: "§ 99"})
    (entry,) = entries()
    assert not entry.is_batch
    assert entry.record_name.startswith("UP/7 · ")


def test_a_new_record_with_rows_is_one_entry(dpo: Client) -> None:
    own, vendor = OrganisationFactory(), OrganisationFactory(vendor=True)
    url = reverse("admin:processors_processingagreement_add")
    data = as_posted(dpo.get(url))
    answered = next(name for name in data if name.endswith("-item")).replace("item", "found_at")
    parties = {"controller": own.pk, "processor": vendor.pk}
    new = {"reference": "UP/8", "form": "written", **parties, answered: "§ 1"}
    assert dpo.post(url, {**data, **new}).status_code == 302
    (entry,) = entries()
    assert (entry.title, entry.total) == ("Processing agreement UP/8", 2)


def test_an_activity_and_its_parts_are_one_entry(dpo: Client) -> None:
    part = ActivityRecipientFactory()
    ended = dict.fromkeys(rows_named(dpo, part.activity, "until")[:1], "2026-01-01")
    save(dpo, part.activity, unit="Marketing", **ended)
    (entry,) = entries()
    assert entry.title == f"Processing activity {part.activity}"


def test_what_was_refused_leaves_no_batch_behind(
    dpo: Client, agreement: ProcessingAgreement
) -> None:
    url = page(agreement)
    first, second, *_others = rows_named(dpo, agreement, "found_at")
    wrong = {"reference": "", first: "§ 98", second: "§ 99"}
    assert dpo.post(url, {**as_posted(dpo.get(url)), **wrong}).status_code == 200
    assert entries() == []


def test_the_entry_opens_to_each_change(dpo: Client, agreement: ProcessingAgreement) -> None:
    first, second, *_others = rows_named(dpo, agreement, "found_at")
    save(dpo, agreement, **{first: "§ 98", second: "§ 99"})
    content = dpo.get(entries()[0].url).content.decode()
    assert "Processing agreement UP/7" in content
    assert "§ 98" in content
    assert "§ 99" in content


def test_changes_of_several_records_are_named_after_none_of_them() -> None:
    with acting(way=Way.ADMIN, batch=new_batch()):
        AgreementFactory()
        AgreementFactory()
    (entry,) = entries()
    assert entry.told is None


def test_more_such_entries_take_no_more_queries(dpo: Client) -> None:
    counts = []
    for _round in range(3):
        with acting(way=Way.ADMIN, batch=new_batch()):
            AgreementFactory()
        with CaptureQueriesContext(connection) as queries:
            entries()
        counts.append(len(queries))
    assert counts[1] == counts[2], counts


@pytest.mark.parametrize(
    "screen", [each for each in admin.site._registry.values() if each.inlines], ids=str
)
def test_every_row_under_a_record_is_named_by_it(screen: Any) -> None:
    for inline in screen.inlines:
        key = inline.model._meta.get_field(inline.model.named_by[0])
        assert key.related_model is screen.model


def test_a_row_of_the_trail_is_still_found_by_its_record(
    dpo: Client, agreement: ProcessingAgreement
) -> None:
    first, second, *_others = rows_named(dpo, agreement, "found_at")
    save(dpo, agreement, **{first: "§ 98", second: "§ 99"})
    asked = trail.Asked(register=AgreementClause._meta.label_lower, way=Way.ADMIN)
    assert [entry.total for entry in trail.page(asked).entries] == [2]
