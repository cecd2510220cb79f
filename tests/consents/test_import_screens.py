"""The import on screen: upload, preview, confirm, outcome."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit import jobs
from audit.models import AccessEvent, Job
from consents.choices import ImportState
from consents.importing import uploads
from consents.models import Consent, ConsentImport, MappingPreset, StagedContact
from tests.factories import PurposeFactory, SourceFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
QUARTICON = (
    b"email,emailSendAgreement\nanna@poczta.example,true\njan@poczta.example,false\nx,true\n"
)


@pytest.fixture
def dpo() -> Client:
    client = Client()
    client.force_login(UserFactory())
    return client


@pytest.fixture
def house() -> dict[str, int]:
    return {
        "source": SourceFactory(slug="web-form").pk,
        "purpose": PurposeFactory(slug="newsletter").pk,
    }


def _upload(client: Client, house: dict[str, int], body: bytes, name: str = "ludzie.csv", **more):
    file = SimpleUploadedFile(name, body)
    data = {**house, "as_of": "2026-01-31T12:00", **more, "file": file}
    return client.post(reverse("admin:consents_import"), data, follow=True)


def _confirm(client: Client, upload: ConsentImport, sha256: str = ""):
    url = reverse("admin:consents_import_confirm", args=[upload.uuid])
    return client.post(url, {"sha256": sha256 or upload.sha256})


def _work() -> None:
    for job in Job.objects.filter(state="queued"):
        jobs.perform(job)


def test_an_upload_is_previewed_and_nothing_is_recorded(dpo: Client, house: dict[str, int]) -> None:
    page = _upload(dpo, house, QUARTICON).content.decode()
    assert ConsentImport.objects.get().state == ImportState.STAGED
    assert not Consent.objects.exists()
    assert "QuarticOn" in page


def test_a_confirmed_upload_is_recorded_by_the_worker(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    _confirm(dpo, ConsentImport.objects.get())
    _work()
    states = sorted(Consent.objects.values_list("state", flat=True))
    assert (states, ConsentImport.objects.get().state) == (["given", "refused"], "applied")


def test_the_outcome_counts_and_offers_a_wording(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    upload = ConsentImport.objects.get()
    _confirm(dpo, upload)
    _work()
    response = dpo.get(reverse("admin:consents_import_file", args=[upload.uuid]))
    assert [each["count"] for each in response.context["unknown"]] == [1]
    assert response.context["counts"]["applied"] == 2


def test_changed_bytes_are_not_confirmed(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    upload = ConsentImport.objects.get()
    with uploads.kept_file(upload) as path:
        Path(path).write_bytes(QUARTICON + b"obca@poczta.example,true\n")
    assert _confirm(dpo, upload).status_code == 409


def test_another_preview_is_not_confirmed(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    assert _confirm(dpo, ConsentImport.objects.get(), "0" * 64).status_code == 409


def test_a_preview_is_confirmed_within_its_day(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    ConsentImport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert _confirm(dpo, ConsentImport.objects.get()).status_code == 409


def test_another_persons_file_does_not_exist(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    upload = ConsentImport.objects.get()
    other = Client()
    other.force_login(UserFactory())
    names = ("file", "columns", "rejects")
    urls = [reverse(f"admin:consents_import_{name}", args=[upload.uuid]) for name in names]
    assert [other.get(url).status_code for url in urls] == [404, 404, 404]
    assert _confirm(other, upload).status_code == 404


@pytest.mark.parametrize("trait", ["supervisor", "auditor", "approver"])
def test_nobody_else_imports(trait: str) -> None:
    client = Client()
    client.force_login(UserFactory(**{trait: True}))
    assert client.get(reverse("admin:consents_import")).status_code == 403


def test_an_unknown_encoding_is_asked_for_with_polish_words(
    dpo: Client, house: dict[str, int]
) -> None:
    body = (SAMPLES / "excel_cp1250.csv").read_bytes()
    response = _upload(dpo, house, body)
    words = dict(response.context["encodings"])
    assert "Kamińska" in words["cp1250"]
    assert "cp1250" in response.context["problem"]


def test_columns_are_picked_and_saved_as_a_format(dpo: Client, house: dict[str, int]) -> None:
    body = (SAMPLES / "excel_cp1250.csv").read_bytes()
    _upload(dpo, house, body, as_of="")
    upload = ConsentImport.objects.get()
    meanings = [
        "field:first_name",
        "field:last_name",
        "field:phone",
        "field:email",
        "consent:newsletter:sms",
        "field:given_at",
    ]
    picked = {f"meaning-{n}": meaning for n, meaning in enumerate(meanings)}
    reading = {
        "format": "map",
        "encoding": "cp1250",
        "delimiter": ";",
        "header": "on",
        "time_zone": "Europe/Warsaw",
        "save_as": "konkurs",
        "format-5": "%d.%m.%Y",
    }
    dpo.post(reverse("admin:consents_import_columns", args=[upload.uuid]), {**picked, **reading})
    upload.refresh_from_db()
    counts = {name: upload.counts[name] for name in ("rows", "given", "refused", "rejected")}
    assert counts == {"rows": 400, "given": 76, "refused": 94, "rejected": 137}
    assert MappingPreset.objects.get(slug="konkurs").mapping["encoding"] == "cp1250"


def test_a_missing_moment_is_asked_for(dpo: Client, house: dict[str, int]) -> None:
    response = _upload(dpo, house, QUARTICON, as_of="")
    assert "as-of" in response.context["problem"]


def test_rejected_rows_are_downloaded_and_the_download_is_logged(
    dpo: Client, house: dict[str, int]
) -> None:
    _upload(dpo, house, QUARTICON)
    url = reverse("admin:consents_import_rejects", args=[ConsentImport.objects.get().uuid])
    lines = b"".join(dpo.post(url).streaming_content).decode().splitlines()
    assert lines[0] == "line,column,value,reason,hint"
    assert lines[1].startswith("4,email,x,email_invalid,")
    assert AccessEvent.objects.filter(closes=None, closed_by__rows=1).exists()


def test_a_dropped_file_leaves_nothing(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    upload = ConsentImport.objects.get()
    with uploads.kept_file(upload) as path:
        kept = Path(path)
    dpo.post(reverse("admin:consents_import_abandon", args=[upload.uuid]))
    assert not kept.exists()
    assert not StagedContact.objects.exists()


def test_what_nobody_came_for_is_swept_after_a_day(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    upload = ConsentImport.objects.get()
    with uploads.kept_file(upload) as path:
        kept = Path(path)
    uploads.sweep(timezone.now() + timedelta(hours=25))
    upload.refresh_from_db()
    assert (upload.state, kept.exists(), StagedContact.objects.count()) == ("abandoned", False, 0)


def test_a_large_file_is_read_by_the_worker(
    dpo: Client, house: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consents.admin.importing.READ_AT_ONCE", 10)
    response = _upload(dpo, house, QUARTICON)
    assert response["Refresh"] == "2"
    _work()
    assert ConsentImport.objects.get().state == ImportState.STAGED


def test_the_job_of_an_import_leads_to_the_import(dpo: Client, house: dict[str, int]) -> None:
    _upload(dpo, house, QUARTICON)
    _confirm(dpo, ConsentImport.objects.get())
    page = dpo.get(f"/admin/audit/job/{Job.objects.get().pk}/change/").content.decode()
    url = reverse("admin:consents_import_file", args=[ConsentImport.objects.get().uuid])
    assert f'href="{url}"' in page
