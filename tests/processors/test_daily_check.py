"""Signed documents are hashed again each day, by a job that is one entry of the trail."""

import io
import os
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from audit import jobs
from audit.models import Job
from processors.documents import storing
from processors.models import AgreementDocument, DocumentCheck
from tests.factories import AgreementFactory
from tests.processors.pdfs import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> AgreementDocument:
    return storing.attach(AgreementFactory(), io.BytesIO(pdf()), title="Umowa")


def done() -> Job:
    job = jobs.enqueue("processors.verify_documents", label="Próba", owner=None)
    jobs.perform(job)
    job.refresh_from_db()
    return job


def test_each_document_is_checked(document: AgreementDocument) -> None:
    job = done()
    assert (job.result, job.done) == ({"documents": 1, "wrong": 0}, 1)
    assert DocumentCheck.objects.get().batch == job.uuid


def test_a_swapped_document_is_told(document: AgreementDocument) -> None:
    path = Path(default_storage.path(document.file))
    os.chmod(path, 0o600)
    path.write_bytes(path.read_bytes() + b" ")
    assert done().result == {"documents": 1, "wrong": 1}
    assert list(AgreementDocument.objects.not_intact()) == [document]
