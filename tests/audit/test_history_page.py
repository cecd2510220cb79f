"""The history of a record, as people read it."""

import pytest
import time_machine
from django.contrib.admin.sites import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit.act import acting, new_batch
from audit.admin import history
from audit.changes import word_difference
from audit.choices import Way
from consents.models import DataSubject
from processing.models import Purpose
from processors.choices import Diligence
from processors.models import Organisation
from tests.factories import OrganisationFactory, PurposeFactory, SubjectFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> User:
    user = UserFactory(auditor=True)
    client.force_login(user)
    return user


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory(name="Przykład")


def change(record: Organisation, **values: object) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


def url(record: object, page: str = "history", *more: object) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[record.pk, *more])


def page_of(client: Client, record: object, **query: str) -> str:
    response = client.get(url(record), query)
    assert response.status_code == 200
    return response.content.decode()


def test_values_read_as_on_the_form(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    change(organisation, diligence=Diligence.SUFFICIENT, diligence_on="2026-03-09", krs="1")
    page = page_of(client, organisation)
    assert "<del>Not checked</del> → <ins>Sufficient guarantees</ins>" in page
    assert "not given</span> → <ins>9 Mar 2026</ins>" in page


def test_times_are_local(client: Client, auditor: User, organisation: Organisation) -> None:
    with time_machine.travel("2026-07-01T22:30:00Z", tick=False):
        change(organisation, name="Inna")
    assert "2 Jul 2026, 00:30" in page_of(client, organisation)


def test_who_way_and_reason_stand_in_the_head(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    dpo = UserFactory(full_name="Marta Zielińska")
    with acting(by=dpo, way=Way.API, reason="law: nowelizacja PKE"):
        change(organisation, name="Inna")
    page = page_of(client, organisation)
    for told in ("Marta Zielińska", "API", "change of law: nowelizacja PKE"):
        assert told in page


def test_long_texts_are_compared_word_by_word() -> None:
    before = "Rozmowę może prowadzić automat głosowy. Nagranie przechowujemy 180 dni."
    after = "Rozmowę prowadzi automat głosowy. Nagranie przechowujemy 90 dni."
    told = word_difference(before, after)
    assert "<del>180</del><ins>90</ins> dni." in told
    assert "automat głosowy. Nagranie przechowujemy" in told


def test_texts_are_escaped(client: Client, auditor: User, organisation: Organisation) -> None:
    change(organisation, name="<script>alert(1)</script>")
    page = page_of(client, organisation)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
    assert "<b>" not in word_difference("a <b> c", "a <i> c")


def test_related_records_go_by_name(client: Client, auditor: User) -> None:
    purpose = PurposeFactory()
    other = PurposeFactory(activity__name_pl="Windykacja", activity__name_en="Collection")
    purpose.activity = other.activity
    purpose.save()
    assert f"<ins>{other.activity.number}. Collection</ins>" in page_of(client, purpose)


def test_withheld_values_are_told_without_the_value(client: Client, auditor: User) -> None:
    subject = SubjectFactory(last_name="Kowalski")
    subject = DataSubject.objects.get(pk=subject.pk)
    subject.last_name = "Nowak"
    subject.save()
    page = page_of(client, subject)
    assert "Last name" in page
    assert "the value is not kept" in page
    assert "Nowak" not in page


def test_changes_of_one_instant_stay_in_order(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    with time_machine.travel("2026-07-01T22:30:00Z", tick=False):
        for name in ("Druga", "Trzecia"):
            change(organisation, name=name)
    page = page_of(client, organisation)
    assert page.index("<ins>Trzecia</ins>") < page.index("<ins>Druga</ins>")


def test_the_oldest_of_each_page_shows_its_difference(
    client: Client, auditor: User, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history.HistoryAdmin, "history_list_per_page", 2)
    for name in ("Druga", "Trzecia", "Czwarta"):
        change(organisation, name=name)
    assert "<del>Druga</del> → <ins>Trzecia</ins>" in page_of(client, organisation)
    older = page_of(client, organisation, p="2")
    assert "<del>Przykład</del> → <ins>Druga</ins>" in older
    assert "version 1" in older


def test_a_part_of_a_batch_leads_to_the_whole(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    batch = new_batch()
    with acting(batch=batch):
        change(organisation, name="Inna")
    assert f"/admin/trail/?batch={batch}" in page_of(client, organisation)


def queries(client: Client, record: Purpose) -> int:
    with CaptureQueriesContext(connection) as captured:
        page_of(client, record)
    return len(captured)


def test_the_number_of_queries_does_not_grow(client: Client, auditor: User) -> None:
    purpose = PurposeFactory()
    others = [PurposeFactory().activity for _ in range(4)]

    def move(times: int) -> None:
        for number in range(times):
            with acting(by=UserFactory()):
                purpose.activity = others[number % 4]
                purpose.save()

    move(5)
    few = queries(client, purpose)
    move(30)
    assert queries(client, purpose) == few


# Who may read it ----------------------------------------------------------------------------------


def test_a_supervisor_reads_no_history(client: Client, organisation: Organisation) -> None:
    client.force_login(UserFactory(supervisor=True))
    assert client.get(url(organisation)).status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_history_answers_to_reads_alone(
    client: Client, auditor: User, organisation: Organisation, method: str
) -> None:
    entry = organisation.history.first()
    for target in (url(organisation), url(organisation, "simple_history", entry.pk)):
        assert getattr(client, method)(target, {"name": "x"}).status_code == 405
    organisation.refresh_from_db()
    assert organisation.name == "Przykład"


def test_history_stays_within_the_queryset(
    client: Client, auditor: User, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = organisation.history.first()
    admin = site._registry[Organisation]
    monkeypatch.setattr(admin, "get_queryset", lambda request: Organisation.objects.none())
    assert client.get(url(organisation)).status_code == 404
    assert client.get(url(organisation, "simple_history", entry.pk)).status_code == 404


def test_a_version_shows_the_record_as_it_stood(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    entry = organisation.history.first()
    change(organisation, name="Inna")
    page = client.get(url(organisation, "simple_history", entry.pk)).content.decode()
    assert "<dd>Przykład</dd>" in page
    assert "<form" not in page.split('id="content-main"')[1]


@pytest.mark.parametrize("version", ["0", "x", "999999"])
def test_a_version_of_nothing_is_not_found(
    client: Client, auditor: User, organisation: Organisation, version: str
) -> None:
    assert client.get(url(organisation, "simple_history", version)).status_code == 404


def test_a_version_of_another_record_is_not_found(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    other = OrganisationFactory(client=True).history.first()
    assert client.get(url(organisation, "simple_history", other.pk)).status_code == 404
