"""Registers in and out of files: by permission, with history, logged, without formulas."""

import csv
import io
import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from audit import trail, uploads
from audit.models import AccessEvent
from audit.resources import AuditedResource
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/admin/processors/organisation/"
CSV, XLSX = "0", "1"


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory(name="=2+3", address="+48601602603")


def exported(client: Client, file_format: str = CSV) -> bytes:
    page = client.get(f"{URL}export/")
    chosen = {n: "on" for n in page.context["form"].fields if n.startswith("organisation")}
    form = {"format": file_format, "resource": "", **chosen}
    response = client.post(f"{URL}export/", {k: v for k, v in form.items() if v})
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def upload(client: Client, rows: list[dict[str, Any]]) -> Any:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile("organisations.csv", out.getvalue().encode())
    return client.post(f"{URL}import/", {"format": "0", "import_file": file})


def confirm(client: Client, preview: Any) -> Any:
    return client.post(f"{URL}process_import/", preview.context["confirm_form"].initial)


def test_csv_cells_are_no_formulas(client: Client, dpo: User, organisation: Organisation) -> None:
    (row,) = rows_of(exported(client))
    assert (row["name"], row["address"]) == ("'=2+3", "+48601602603")


def test_xlsx_cells_are_strings(client: Client, dpo: User, organisation: Organisation) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(exported(client, XLSX))).active
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert "=2+3" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_an_export_is_logged_with_the_hash_of_its_bytes(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    body = exported(client)
    opening, closing = AccessEvent.objects.order_by("id")
    assert (opening.subject, closing.closes_id) == ("processors.organisation", opening.pk)
    assert "name" in opening.columns
    assert (closing.rows, closing.sha256) == (1, sha256(body).hexdigest())


def test_an_aborted_export_stays_open(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    page = client.get(f"{URL}export/")
    chosen = {n: "on" for n in page.context["form"].fields if n.startswith("organisation")}
    client.post(f"{URL}export/", {"format": CSV, **chosen})  # never read
    assert AccessEvent.objects.get().closes_id is None


@pytest.mark.parametrize("role", ["supervisor", "approver"])
@pytest.mark.parametrize("page", ["export/", "import/"])
def test_files_are_by_permission(client: Client, role: str, page: str) -> None:
    client.force_login(UserFactory(**{role: True}))
    assert client.get(URL + page).status_code == 403


def test_an_auditor_takes_out_but_not_in(client: Client) -> None:
    client.force_login(UserFactory(auditor=True))
    assert client.get(f"{URL}export/").status_code == 200
    assert client.get(f"{URL}import/").status_code == 403
    assert client.post(f"{URL}process_import/").status_code == 403


def test_an_own_export_changes_nothing(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    preview = upload(client, rows_of(exported(client)))
    confirm(client, preview)
    assert organisation.history.count() == 1


def test_an_import_is_one_entry_of_the_trail(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    (row,) = rows_of(exported(client))
    new = {**row, "uuid": "", "slug": "nowa", "name": "Nowa", "is_own": "0"}
    assert confirm(client, upload(client, [{**row, "name": "Inna"}, new])).status_code == 302
    entry = trail.page(trail.Asked(register="processors.organisation")).entries[0]
    assert (entry.is_batch, entry.way, entry.total, entry.by_id) == (True, "import", 2, dpo.pk)


def test_a_preview_records_nothing(client: Client, dpo: User, organisation: Organisation) -> None:
    (row,) = rows_of(exported(client))
    preview = upload(client, [{**row, "name": "Inna"}])
    assert organisation.history.count() == 1
    assert "<del>" in preview.content.decode()


def test_rows_are_validated(client: Client, dpo: User, organisation: Organisation) -> None:
    (row,) = rows_of(exported(client))
    preview = upload(client, [{**row, "nip": "123"}])
    assert preview.context.get("confirm_form") is None
    (problem,) = preview.context["preview"].problems
    assert (problem.line, problem.column, problem.value) == (2, "NIP", "123")
    assert problem.message in preview.content.decode()


def test_what_changed_since_the_preview_is_not_overwritten(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    (row,) = rows_of(exported(client))
    preview = upload(client, [{**row, "name": "Inna"}])
    organisation.name = "Zmieniona przez kogoś"
    organisation.save()
    assert confirm(client, preview).url.endswith("/import/")
    organisation.refresh_from_db()
    assert organisation.name == "Zmieniona przez kogoś"


def test_a_spreadsheet_goes_out_and_comes_in(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    file = SimpleUploadedFile("organisations.xlsx", exported(client, XLSX))
    preview = client.post(f"{URL}import/", {"format": "0", "import_file": file})
    assert (preview.context["preview"].unchanged, preview.context["preview"].rows) == (1, [])


def test_a_file_that_is_refused_says_why(client: Client, dpo: User) -> None:
    file = SimpleUploadedFile("organisations.xlsx", b"PK\x03\x04 broken")
    page = client.post(f"{URL}import/", {"format": "0", "import_file": file})
    assert "The archive is damaged." in page.context["form"].errors["import_file"]


def test_nobody_confirms_the_file_of_another(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    (row,) = rows_of(exported(client))
    preview = upload(client, [{**row, "name": "Inna"}])
    client.force_login(UserFactory())
    assert confirm(client, preview).status_code == 404
    assert organisation.history.count() == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "x", ""])
def test_a_made_up_file_is_not_found(client: Client, dpo: User, name: str) -> None:
    form = {"import_file_name": name or "-", "original_file_name": "a.csv", "format": "0"}
    form |= {"seen": "0"}
    assert client.post(f"{URL}process_import/", form).status_code == 404


def test_a_large_file_is_refused(client: Client, dpo: User) -> None:
    file = SimpleUploadedFile("large.csv", b"x" * (2 * 1024 * 1024 + 1))
    page = client.post(f"{URL}import/", {"format": "0", "import_file": file})
    assert "import_file" in page.context["form"].errors


def test_a_column_is_offered_by_its_name_on_screen(client: Client, dpo: User) -> None:
    fields = client.get(f"{URL}export/").context["form"].fields.items()
    labels = {name.removeprefix("organisationresource_"): field.label for name, field in fields}
    assert labels["is_own"] == "Our own centre (is_own)"
    assert labels["uuid"] == "uuid"


def test_abandoned_uploads_go_after_a_day(client: Client, dpo: User) -> None:
    folder = Path(default_storage.path(f"{uploads.FOLDER}/{dpo.pk}"))
    before = set(folder.iterdir()) if folder.exists() else set()
    upload(client, [{"uuid": "", "name": "kanarek"}])
    (kept,) = set(folder.iterdir()) - before
    uploads.remove_abandoned_uploads()
    assert kept.exists()
    os.utime(kept, (time.time() - 86_401,) * 2)
    uploads.remove_abandoned_uploads()
    assert not kept.exists()


def test_pages_carry_no_inline_script_or_style(client: Client, dpo: User) -> None:
    for page in ("export/", "import/"):
        text = client.get(URL + page).content.decode()
        assert "style=" not in text
        assert "onchange" not in text


def test_bulk_is_refused() -> None:
    class Bulk(AuditedResource):
        class Meta:
            model = Organisation
            fields = ("uuid", "name")
            use_bulk = True

    with pytest.raises(ImproperlyConfigured, match="use_bulk"):
        Bulk()


def test_fields_are_named() -> None:
    class Everything(AuditedResource):
        class Meta:
            model = Organisation

    with pytest.raises(ImproperlyConfigured, match="fields"):
        Everything()
