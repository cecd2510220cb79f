"""Signed documents in the storage of the house: written once, with their row, never rewritten."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.act import acting, current_act, new_batch
from audit.jobs import sweep
from audit.results import ANSWER_LOST
from processors.choices import DocumentState
from processors.documents.inspection import pages_of
from processors.documents.scanning import refuse_infected
from processors.models import AgreementDocument, DocumentCheck, ProcessingAgreement

FOLDER = "agreements"
CHUNK = 1 << 16  # bytes
# An upload takes seconds; what stands for longer without a row was left by a killed process.
ABANDONED = timedelta(hours=1)


def attach(agreement: ProcessingAgreement, file: IO[bytes], *, title: str) -> AgreementDocument:
    """Keep ``file`` as a document of ``agreement``: the bytes as they are, and a row with them.

    In a transaction of its own: where it fails, the bytes go too, at once or by the sweep. Raises
    ValidationError where the file is no PDF that may be kept, does not pass the scanner, or is
    there already.
    """
    pages = pages_of(file)
    refuse_infected(file)
    digest = _digest(_chunks(file))
    document = AgreementDocument(
        agreement=agreement,
        title=title,
        file=f"{FOLDER}/{uuid4()}.pdf",
        original_size=file.seek(0, os.SEEK_END),
        pages=pages,
        sha256=digest,
    )
    document.full_clean()
    try:
        with transaction.atomic():
            document.file = _written(document.file, file)
            _refuse_half_written(document)
            document.save()
    except ANSWER_LOST:
        raise  # the row may stand all the same
    except BaseException:
        default_storage.delete(document.file)
        raise
    return document


def content(document: AgreementDocument) -> Iterator[bytes]:
    """The stored bytes. Raises OSError where there are none."""
    with default_storage.open(document.file) as file:
        yield from _chunks(file)


def found(document: AgreementDocument) -> tuple[DocumentState, str]:
    """What stands in its place now, and the SHA-256 of it."""
    try:
        digest = _digest(content(document))
    except OSError:
        return DocumentState.MISSING, ""
    is_same = digest == document.sha256
    return (DocumentState.INTACT if is_same else DocumentState.DIFFERS), digest


def check(document: AgreementDocument) -> DocumentCheck:
    """Hash it again, and keep the answer with its date."""
    state, digest = found(document)
    checked = DocumentCheck(document=document, state=state, sha256=digest)
    checked.save()
    return checked


def check_all() -> Iterator[DocumentCheck]:
    """Hash every document again, as one batch of the trail; the oldest first."""
    with acting(batch=current_act().batch or new_batch()):
        documents = AgreementDocument.objects.select_related("agreement").order_by("id")
        for document in documents.iterator(chunk_size=200):
            yield check(document)


@sweep
def remove_abandoned() -> None:
    """Remove bytes that got no row, because a process was killed between the two."""
    if not default_storage.exists(FOLDER):
        return
    kept = set(AgreementDocument.objects.values_list("file", flat=True))
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        with suppress(FileNotFoundError):  # another worker's sweep may be faster
            is_old = default_storage.get_modified_time(path) < timezone.now() - ABANDONED
            if path not in kept and is_old and _is_ours(name):
                default_storage.delete(path)


def _written(name: str, file: IO[bytes]) -> str:
    """The name under which the storage has it now, on disk and not only in memory."""
    file.seek(0)
    stored = default_storage.save(name, File(file))
    if isinstance(default_storage, FileSystemStorage):
        path = Path(default_storage.path(stored))
        for each in (path, path.parent):
            _flush(each)
    return stored


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_half_written(document: AgreementDocument) -> None:
    if found(document)[0] != DocumentState.INTACT:
        raise ValidationError(_("The file could not be stored as it came. Try again."))


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _is_ours(name: str) -> bool:
    try:
        return name.endswith(".pdf") and bool(UUID(name.removesuffix(".pdf")))
    except ValueError:
        return False
