"""The two records of Art. 30: who stands in which, on paper, and as a workbook that comes back."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit import pdf
from audit.choices import Way
from audit.models import AccessEvent
from processing.models import (
    ActivityRecipient,
    ProcessingActivity,
    Purpose,
    Recipient,
    RetentionRule,
)
from processing.record import Kind, book, page_of
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    ActivityProcessorFactory,
    ActivityRecipientFactory,
    AgreementFactory,
    OrganisationFactory,
    PurposeFactory,
    RetentionRuleFactory,
    UserFactory,
)
from tests.processing.test_parts import involve

pytestmark = pytest.mark.django_db

needs_pango = pytest.mark.skipif(bool(pdf.missing()), reason="Pango is not installed")
IMPORT = "/admin/processing/record/import/"
CONFIRM = "/admin/processing/record/confirm/"


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


def said(kind: Kind, **asked: Any) -> str:
    """Everything that the record says."""
    rows = page_of(kind, **asked).rows
    return "\n".join(
        text for row in rows for line in row.lines for cell in line for text in cell.texts
    )


# What it says -------------------------------------------------------------------------------------


def test_own_work_stands_in_one_record_and_clients_work_in_the_other() -> None:
    own = ActivityFactory()
    for_client = ActivityFactory(controller=OrganisationFactory(client=True))
    found = {kind: [row.activity for row in page_of(kind).rows] for kind in Kind}
    assert found == {Kind.RCP: [own], Kind.RKCP: [for_client]}


def test_one_client_is_shown_its_own_rows_alone() -> None:
    its = ActivityFactory(controller=OrganisationFactory(client=True))
    ActivityFactory(controller=OrganisationFactory(slug="bank"))
    assert [row.activity for row in page_of(Kind.RKCP, client="sklep").rows] == [its]
    assert page_of(Kind.RKCP, client="nobody").rows == []


def test_an_ended_activity_stands_there_only_where_it_is_asked_for() -> None:
    ActivityFactory(active_from=LONG_AGO, active_until=LONG_AGO.replace(year=2025))
    assert not page_of(Kind.RCP).rows
    assert len(page_of(Kind.RCP, with_ended=True).rows) == 1


def test_a_row_names_purposes_recipients_processors_and_how_long() -> None:
    activity = PurposeFactory(name_pl="Newsletter").activity
    ActivityRecipientFactory(activity=activity, recipient__name_pl="firmy kurierskie")
    ActivityProcessorFactory(activity=activity, agreement=AgreementFactory(reference="UP/7"))
    rule = RetentionRuleFactory(activity=activity)
    text = said(Kind.RCP)
    for word in ("Newsletter", "firmy kurierskie", "UP/7", rule.sentence):
        assert word in text


def test_what_has_ended_is_no_longer_named() -> None:
    part = ActivityRecipientFactory(recipient__name_pl="firmy kurierskie")
    part.end()
    assert "kurierskie" not in said(Kind.RCP)


def test_a_clients_row_names_the_client_and_the_agreement() -> None:
    client = OrganisationFactory(client=True, dpo_name="Anna Lewicka")
    ActivityFactory(controller=client)
    AgreementFactory(taken=True, reference="UP/1")
    text = said(Kind.RKCP)
    assert client.name in text
    assert "Anna Lewicka" in text
    assert "UP/1" in text


@pytest.mark.parametrize("kind", Kind)
def test_more_activities_take_no_more_queries(kind: Kind) -> None:
    controller = OrganisationFactory(client=kind == Kind.RKCP)
    counts = []
    for name in ("jeden", "dwa", "trzy"):
        involve(PurposeFactory(activity__controller=controller).activity, name)
        with CaptureQueriesContext(connection) as queries:
            said(kind)
        counts.append(len(queries))
    assert counts[1] == counts[2]


# Who may take it away -----------------------------------------------------------------------------


@needs_pango
@pytest.mark.parametrize("kind", Kind)
def test_a_record_is_taken_away_as_pdf_and_that_is_logged(
    client: Client, dpo: User, kind: Kind
) -> None:
    ActivityFactory(controller=OrganisationFactory(client=kind == Kind.RKCP))
    answer = client.get(reverse(f"admin:processing_{kind}_pdf"), {"client": "sklep"})
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    closing = AccessEvent.objects.get(closes__isnull=False)
    assert (closing.action, closing.subject, closing.rows) == ("export", f"processing.{kind}", 1)


@needs_pango
def test_the_pdf_speaks_the_language_that_is_asked_for(
    client: Client, dpo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(pdf, "_drawn", lambda html: drawn.append(html) or b"%PDF")
    ActivityFactory(subjects_pl="klienci", subjects_en="customers")
    client.get(reverse("admin:processing_rcp_pdf"), {"language": "en"})
    client.get(reverse("admin:processing_rcp_pdf"), {"language": "pl"})
    assert "customers" in drawn[0]
    assert "klienci" in drawn[1]


MAY = [
    ("dpo", {"rcp": 200, "rcp_xlsx": 200, "record_import": 200}),
    ("approver", {"rcp": 200, "rcp_xlsx": 403, "rcp_pdf": 403, "record_import": 403}),
    ("auditor", {"rcp": 200, "rcp_xlsx": 200, "record_import": 403}),
    ("supervisor", {"rcp": 403, "rcp_xlsx": 403, "rcp_pdf": 403, "record_import": 403}),
]


@pytest.mark.parametrize(("trait", "answers"), MAY)
def test_each_role_sees_what_it_may(client: Client, trait: str, answers: dict[str, int]) -> None:
    client.force_login(UserFactory(**({} if trait == "dpo" else {trait: True})))
    found = {name: client.get(reverse(f"admin:processing_{name}")).status_code for name in answers}
    assert found == answers


# The workbook -------------------------------------------------------------------------------------


@pytest.fixture
def activity() -> ProcessingActivity:
    activity = PurposeFactory(name_pl="=2+3", description_pl="dwa\nwiersze").activity
    involve(activity, "wszystko")
    ActivityRecipientFactory(activity=activity).end()
    return activity


def exported(client: Client) -> bytes:
    answer = client.get(reverse("admin:processing_rcp_xlsx"))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def edited(content: bytes, *cells: tuple[str, int, str, Any]) -> bytes:
    """The workbook with other values: sheet, row, column, value."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    for sheet, row, column, value in cells:
        page = workbook[sheet]
        names = [cell.value for cell in page[1]]
        page.cell(row=row, column=names.index(column) + 1, value=value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def preview(client: Client, content: bytes) -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile("rcp.xlsx", content)})


def confirm(client: Client, previewed: Any) -> Any:
    return client.post(CONFIRM, previewed.context["confirm_form"].initial)


def totals(previewed: Any) -> tuple[int, int]:
    return previewed.context["preview"].new, previewed.context["preview"].changed


def test_the_workbook_has_a_sheet_for_each_table(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(exported(client)))
    assert set(workbook.sheetnames) == {sheet.name for sheet in book.SHEETS}
    assert all(page.max_row > 1 for page in workbook.worksheets)


def test_what_was_exported_comes_back_without_a_change(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    previewed = preview(client, exported(client))
    assert totals(previewed) == (0, 0)
    assert previewed.context["preview"].is_clean
    assert previewed.context["preview"].unchanged > 8
    assert previewed.context["confirm_form"] is None


def test_an_edited_cell_changes_exactly_that_record(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    before = {model: model.history.count() for model in book.MODELS}
    changed = edited(exported(client), ("retention_rules", 2, "period", 9))
    previewed = preview(client, changed)
    assert totals(previewed) == (0, 1)
    assert RetentionRule.objects.get().period == 6
    confirm(client, previewed)
    assert RetentionRule.objects.get().period == 9
    grown = {m: m.history.count() - before[m] for m in book.MODELS if m.history.count() > before[m]}
    assert grown == {RetentionRule: 1}


def test_a_new_recipient_and_its_use_come_in_one_workbook_as_one_entry(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    content = exported(client)
    recipients = len(Recipient.objects.all()) + 2
    uses = ActivityRecipient.objects.count() + 2
    new = [("slug", "poczta"), ("name_pl", "poczta"), ("name_en", "post")]
    used = [("activity", str(activity.uuid)), ("recipient", "poczta"), ("since", "2026-01-01")]
    previewed = preview(
        client,
        edited(
            content,
            *(("recipients", recipients, column, value) for column, value in new),
            *(("activity_recipients", uses, column, value) for column, value in used),
        ),
    )
    assert totals(previewed) == (2, 0)
    assert not Recipient.objects.filter(slug="poczta").exists()
    confirm(client, previewed)
    entries = [
        Recipient.objects.get(slug="poczta").history.get(),
        activity.recipients_named.get(recipient__slug="poczta").history.get(),
    ]
    assert len({entry.history_batch for entry in entries}) == 1
    assert {entry.history_way for entry in entries} == {Way.IMPORT}


def test_an_error_names_its_sheet_and_row_and_keeps_everything_out(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    content = edited(
        exported(client),
        ("activities", 2, "unit", "Inny dział"),
        ("retention_rules", 2, "action", "burn"),
        ("activity_recipients", 2, "recipient", "nobody"),
    )
    previewed = preview(client, content)
    wrong = {
        each.sheet.name: [(problem.line, problem.value) for problem in each.preview.problems]
        for each in previewed.context["preview"].sheets
        if each.preview.problems
    }
    assert wrong == {"activity_recipients": [(2, "nobody")], "retention_rules": [(2, "burn")]}
    assert previewed.context["confirm_form"] is None
    assert ProcessingActivity.objects.get().unit == ""


def test_a_confirmation_of_something_else_than_was_seen_is_taken_back(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    previewed = preview(client, edited(exported(client), ("activities", 2, "unit", "Nowy dział")))
    activity.unit = "Dział, który ktoś właśnie wpisał"
    activity.save()
    confirm(client, previewed)
    assert ProcessingActivity.objects.get().unit == activity.unit


def test_a_sheet_that_is_missing_is_left_alone(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(exported(client)))
    del workbook["purposes"]
    out = io.BytesIO()
    workbook.save(out)
    assert preview(client, out.getvalue()).context["preview"].is_clean
    assert Purpose.objects.count() == 1


def book_of(**sheets: list[list[Any]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


REFUSED = {
    "text": b"uuid,number\n",
    "a damaged archive": b"PK\x03\x04 and nothing more",
    "another sheet": book_of(activites=[["uuid"], [""]]),
    "no rows at all": book_of(activities=[]),
    "a stray cell": book_of(activities=[["uuid", "number"], ["", "1", "", "stray"]]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_no_such_workbook_is_refused(client: Client, dpo: User, what: str) -> None:
    page = preview(client, REFUSED[what])
    assert page.context["form"].errors["file"]


@pytest.mark.parametrize("header", [["number"], ["uuid", "numer"], ["uuid", "unit", "unit"]])
def test_a_sheet_with_other_columns_is_refused(
    client: Client, dpo: User, header: list[str]
) -> None:
    page = preview(client, book_of(activities=[header, ["1"] * len(header)]))
    (sheet,) = page.context["preview"].sheets
    assert sheet.preview.base_errors
    assert page.context["confirm_form"] is None


def test_nobody_confirms_the_upload_of_somebody_else(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    previewed = preview(client, edited(exported(client), ("activities", 2, "unit", "Nowy dział")))
    client.force_login(UserFactory())
    assert confirm(client, previewed).status_code == 404


def test_the_export_is_logged_with_its_rows(
    client: Client, dpo: User, activity: ProcessingActivity
) -> None:
    exported(client)
    closing = AccessEvent.objects.get(closes__isnull=False)
    assert closing.rows == sum(model.objects.count() for model in book.MODELS)
    assert closing.closes.filters["format"] == "xlsx"
