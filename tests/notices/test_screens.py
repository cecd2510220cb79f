"""Notices on screens: who may do what, and what a page shows."""

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from audit.act import acting
from audit.panels import panels_of
from consents.older_notices import given_before, last_material_change
from notices import services
from notices.choices import Coverage, VersionState
from notices.models import Notice, NoticeVersion
from notices.resources import NoticeResource, NoticeVersionResource
from tests.consents.screens import client_of, given, page, user_of
from tests.factories import NoticeFactory, ToolFactory, UserFactory
from tests.notices import making

pytestmark = pytest.mark.django_db


def verb(version: Any, name: str) -> str:
    return reverse(
        f"admin:{version._meta.app_label}_{version._meta.model_name}_{name}", args=[version.pk]
    )


WHY = {"cause": "other", "reason_text": "poprawki"}


def test_the_dpo_drafts_from_the_registers() -> None:
    purpose = making.complete_purpose()
    notice = NoticeFactory(controller=purpose.activity.controller)
    client_of().post(verb(notice, "draft"), {"purposes": [purpose.pk]})
    assert notice.versions.get().state == VersionState.DRAFT


def test_the_dpo_submits_and_the_approver_approves_and_the_dpo_publishes() -> None:
    version = making.drafted()
    dpo = client_of()
    dpo.post(verb(version, "submit"))
    client_of("approver").post(verb(version, "approve"))
    dpo.post(verb(version, "publish"), {"effective_from": ""})
    version.refresh_from_db()
    assert version.is_published


@pytest.mark.parametrize(
    ("trait", "make", "name"),
    [
        ("", making.submitted, "approve"),
        ("", making.submitted, "send-back"),
        ("approver", making.drafted, "submit"),
        ("approver", making.approved, "publish"),
        ("approver", making.submitted, "take-back"),
        ("approver", making.published, "archive"),
        ("auditor", making.submitted, "approve"),
        ("auditor", making.approved, "publish"),
        ("auditor", making.drafted, "discard"),
    ],
)
def test_a_verb_of_somebody_else_is_refused(trait: str, make: Any, name: str) -> None:
    version = make()
    before = version.state
    response = client_of(trait).post(verb(version, name), WHY)
    version.refresh_from_db()
    assert (response.status_code, version.state) == (403, before)


@pytest.mark.parametrize(
    ("trait", "make", "name", "state"),
    [
        ("", making.submitted, "take-back", VersionState.DRAFT),
        ("approver", making.submitted, "send-back", VersionState.DRAFT),
        ("", making.drafted, "discard", VersionState.DISCARDED),
    ],
)
def test_a_verb_with_a_reason(trait: str, make: Any, name: str, state: VersionState) -> None:
    version = make()
    client_of(trait).post(verb(version, name), WHY)
    version.refresh_from_db()
    assert version.state == state
    assert version.history.first().history_change_reason


def test_an_incomplete_draft_says_on_its_page_what_is_missing() -> None:
    version = making.drafted(making.complete_purpose(legitimate=True))
    text = client_of().get(page(version)).content.decode()
    assert "nie ma aktualnego testu równowagi" in text
    assert "disabled" in text


def test_the_form_of_a_published_version_takes_nothing() -> None:
    version = making.published()
    response = client_of().post(page(version), {"text_pl": "inny", "text_en": "other"})
    assert response.status_code == 403
    assert NoticeVersion.objects.get().text_pl == version.text_pl


def test_the_dpo_writes_in_a_draft() -> None:
    version = making.drafted()
    client = client_of()
    form = client.get(page(version)).context["adminform"].form
    data = {
        **{name: form.initial.get(name) or "" for name in form.fields},
        "text_pl": "Nowy tekst.",
        "checks-TOTAL_FORMS": "0",
        "checks-INITIAL_FORMS": "0",
    }
    client.post(page(version), data)
    assert NoticeVersion.objects.get().text_pl == "Nowy tekst."


def test_a_stale_notice_says_on_its_page_what_moved() -> None:
    purpose = making.complete_purpose()
    notice = making.published(purpose).notice
    making.used(ToolFactory(name="Voicebot X"), purpose.activity)
    assert "Voicebot X" in client_of().get(page(notice)).content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 3), ("?state=in_force", 1), ("?state=none", 2), ("?making=draft", 1)],
)
def test_the_views_of_the_list(query: str, shown: int) -> None:
    making.published()
    making.drafted()
    making.submitted()
    response = client_of().get(reverse("admin:notices_notice_changelist") + query)
    assert len(response.context["cl"].result_list) == shown


def test_the_list_and_the_pages_take_so_many_queries_for_any_number(
    django_assert_max_num_queries: Any,
) -> None:
    client, list_url = client_of(), reverse("admin:notices_notice_changelist")
    for _each in range(4):
        version = making.published(making.complete_purpose())
    client.get(list_url)
    with django_assert_max_num_queries(60):
        client.get(list_url)
    with django_assert_max_num_queries(70):
        client.get(page(version))


def test_the_preview_shows_a_draft_as_the_public_will_see_it() -> None:
    version = making.drafted()
    url = reverse("admin:notices_noticeversion_preview", args=[version.pk])
    response = client_of("approver").get(f"{url}?lang=en")
    assert "Who is responsible for your data" in response.content.decode()
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize(("trait", "method"), [("supervisor", "get"), ("", "post")])
def test_the_preview_is_only_read_by_those_who_see_notices(trait: str, method: str) -> None:
    url = reverse("admin:notices_noticeversion_preview", args=[making.drafted().pk])
    assert getattr(client_of(trait), method)(url).status_code == 403


def test_purposes_and_tools_say_which_notice_tells_of_them() -> None:
    purpose = making.complete_purpose()
    tool = making.used(ToolFactory(), purpose.activity)
    version = making.published(purpose)
    for record in (purpose, tool):
        (panel,) = panels_of(record, user_of())
        assert panel.holds["versions"] == [version]


def test_consents_given_before_the_last_material_change_are_counted() -> None:
    purpose = making.complete_purpose()
    version = making.published(purpose)
    older = given(purpose=purpose, occurred_at=making.LAST_YEAR.replace(year=2024))
    given(purpose=purpose, occurred_at=making.LAST_YEAR.replace(month=9))
    given(occurred_at=making.LAST_YEAR.replace(year=2024))
    assert list(given_before(version)) == [older]
    (panel,) = panels_of(version.notice, user_of())
    assert panel.holds["count"] == "1"


def test_a_change_that_is_not_material_calls_for_no_message() -> None:
    first = making.published()
    second = making.drafted(making.complete_purpose(), notice=first.notice)
    second.is_material = False
    second.save()
    second.submit()
    second.approve(by=UserFactory(approver=True))
    services.publish(second, by=UserFactory())
    assert last_material_change(first.notice) == first


def test_the_document_is_a_pdf_in_the_language_asked_for() -> None:
    version = making.published()
    url = reverse("admin:notices_noticeversion_pdf", args=[version.pk])
    response = client_of("auditor").get(f"{url}?language=en")
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert f"{version.notice.slug}-v1.pdf" in response["Content-Disposition"]


def exported(resource: Any) -> Any:
    return resource.export()


@pytest.mark.parametrize("resource", [NoticeResource, NoticeVersionResource])
def test_an_export_reads_back_as_it_was(resource: Any) -> None:
    making.published()
    making.drafted()
    result = resource().import_data(exported(resource()), raise_errors=True)
    assert result.totals["skip"] == result.total_rows


def test_a_draft_comes_in_from_a_file_and_waits_for_its_checklist() -> None:
    purpose = making.complete_purpose(slug="oferty")
    notice = NoticeFactory(controller=purpose.activity.controller)
    rows = exported(NoticeVersionResource())
    values = {
        "notice": notice.slug,
        "number": "1",
        "purposes": "oferty",
        "text_pl": "Treść",
        "text_en": "Text",
        "is_material": "1",
    }
    rows.append([values.get(name, "") for name in rows.headers])
    with acting(by=UserFactory()):
        NoticeVersionResource().import_data(rows, raise_errors=True)
    version = notice.versions.get()
    assert version.is_draft
    assert set(version.checks.values_list("coverage", flat=True)) == {Coverage.MISSING}
    assert version.basis["records"]


@pytest.mark.parametrize("column", ["text_pl", "change_en"])
def test_a_file_changes_no_published_version(column: str) -> None:
    version = making.published()
    rows = exported(NoticeVersionResource())
    row = list(rows[0])
    row[rows.headers.index(column)] = "inny"
    del rows[0]
    rows.append(row)
    result = NoticeVersionResource().import_data(rows)
    assert result.has_errors() or result.has_validation_errors()
    assert NoticeVersion.objects.get().text_pl == version.text_pl


def test_the_list_goes_out_as_a_spreadsheet() -> None:
    making.published()
    client = client_of()
    url = reverse("admin:notices_notice_export")
    response = client.post(url, {"format": "1", "resource": "0", "noticeresource_slug": "on"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert book.active["A2"].value == Notice.objects.get().slug
