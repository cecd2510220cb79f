import hashlib
import io
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from audit import rules
from audit.models import AppendOnly
from processors.choices import DocumentState
from processors.documents import storing
from processors.models import AgreementDocument, DocumentCheck, ProcessingAgreement
from tests.factories import AgreementFactory
from tests.processors.pdfs import pdf

pytestmark = pytest.mark.django_db
SIGNED = pdf()


def attached(agreement: ProcessingAgreement | None = None) -> AgreementDocument:
    return storing.attach(agreement or AgreementFactory(), io.BytesIO(SIGNED), title="Umowa")


def on_disk(document: AgreementDocument) -> Path:
    return Path(default_storage.path(document.file))


def stored_files() -> list[str]:
    if not default_storage.exists(storing.FOLDER):
        return []
    return default_storage.listdir(storing.FOLDER)[1]


def swap_one_byte(document: AgreementDocument) -> None:
    path = on_disk(document)
    path.write_bytes(path.read_bytes()[:-2] + b"\0\n")


def test_the_bytes_are_kept_as_they_came() -> None:
    document = attached()
    assert on_disk(document).read_bytes() == SIGNED
    assert document.sha256 == hashlib.sha256(SIGNED).hexdigest()
    assert (document.original_size, document.pages) == (len(SIGNED), 1)


def test_the_stored_name_tells_nothing_and_is_open_to_nobody_else() -> None:
    document = attached()
    assert uuid.UUID(Path(document.file).stem)
    assert on_disk(document).stat().st_mode & 0o077 == 0


def test_the_same_document_is_not_attached_twice() -> None:
    document = attached()
    with pytest.raises(ValidationError, match="already attached"):
        attached(document.agreement)
    assert len(stored_files()) == 1


def test_a_refused_file_leaves_nothing() -> None:
    with pytest.raises(ValidationError):
        storing.attach(AgreementFactory(), io.BytesIO(b"MZ"), title="Umowa")
    assert stored_files() == []
    assert not AgreementDocument.objects.exists()


def test_a_row_that_fails_takes_its_bytes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **options: Any) -> None:
        raise IntegrityError("disk full")

    monkeypatch.setattr(AgreementDocument, "save", full)
    with pytest.raises(IntegrityError):
        attached()
    assert stored_files() == []


def test_bytes_that_a_killed_process_left_are_swept_away() -> None:
    document = attached()
    left = default_storage.save(f"{storing.FOLDER}/{uuid.uuid4()}.pdf", ContentFile(b"%PDF-"))
    for each in (left, document.file):
        os.utime(default_storage.path(each), (0, 0))
    storing.remove_abandoned()
    assert stored_files() == [Path(document.file).name]


def test_an_upload_that_is_under_way_is_not_swept_away() -> None:
    name = f"{storing.FOLDER}/{uuid.uuid4()}.pdf"
    default_storage.save(name, ContentFile(b"%PDF-"))
    storing.remove_abandoned()
    assert default_storage.exists(name)


def test_the_row_stays_as_it_was_written() -> None:
    document = attached()
    with pytest.raises(AppendOnly):
        document.save()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {AgreementDocument._meta.db_table} SET pages = 2")


def test_a_document_as_uploaded_is_intact(capsys: pytest.CaptureFixture[str]) -> None:
    attached()
    call_command("verify_documents")
    assert "1 documents are as uploaded" in capsys.readouterr().out
    assert DocumentCheck.objects.get().state == DocumentState.INTACT


def test_a_swapped_document_names_its_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    document = attached()
    swap_one_byte(document)
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("verify_documents")
    assert document.agreement.reference in capsys.readouterr().err
    assert DocumentCheck.objects.get().state == DocumentState.DIFFERS


def test_a_missing_document_is_told_too() -> None:
    document = attached()
    on_disk(document).unlink()
    with pytest.raises(CommandError):
        call_command("verify_documents")
    assert DocumentCheck.objects.get().state == DocumentState.MISSING


def test_a_check_of_many_documents_is_one_entry_of_the_trail() -> None:
    for _turn in range(2):
        attached()
    assert len({check.batch for check in storing.check_all()}) == 1
    assert DocumentCheck.objects.filter(batch=None).count() == 0


def test_a_document_that_differs_is_a_finding_until_it_is_whole_again() -> None:
    document = attached()
    swap_one_byte(document)
    storing.check(document)
    assert "document_hash_mismatch" in codes(document.agreement)
    on_disk(document).write_bytes(SIGNED)
    storing.check(document)
    assert "document_hash_mismatch" not in codes(document.agreement)


def codes(agreement: ProcessingAgreement) -> list[str]:
    return [finding.rule.code for finding in rules.findings_for(agreement)]
