"""Files that jobs make: kept flat in memory, handed out through the access log, erased in time."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from audit import access
from audit.jobs import hold, sweep
from audit.models import Job, ResultFile

FOLDER = "results"
CHUNK = 64 * 1024  # bytes
# What grows is younger; what stands for longer without a row was left by a killed worker.
ABANDONED = timedelta(hours=1)
# A commit whose answer never came may have happened.
ANSWER_LOST = (OperationalError, InterfaceError)
Rows = int | Callable[[], int] | None


def keep(
    job: Job,
    *,
    name: str,
    content_type: str,
    chunks: Iterable[bytes],
    expires_at: datetime,
    rows: Rows = None,
) -> ResultFile:
    """Keep ``chunks`` as a file of ``job``, called ``name``, until ``expires_at``.

    Row and bytes are there whole or not at all. ``rows`` is asked for after the last chunk. A file
    of the same name that an earlier attempt left is replaced. Raises Lost where another worker
    holds the job now.
    """
    file = f"{FOLDER}/{uuid4()}"
    try:
        size, digest = _written(file, chunks)
        result = ResultFile(
            job=job,
            name=name,
            content_type=content_type,
            file=file,
            size=size,
            sha256=digest,
            rows=rows() if callable(rows) else rows,
            expires_at=expires_at,
        )
        _store(job, result)
    except ANSWER_LOST:
        raise  # the row may stand all the same: the sweep erases bytes without one
    except BaseException:
        default_storage.delete(file)
        raise
    return result


@transaction.atomic
def _store(job: Job, result: ResultFile) -> None:
    """Write the row where the job is still held, and drop the file that it replaces."""
    hold(job)
    older = ResultFile.objects.filter(job=job, name=result.name)
    for file in older.values_list("file", flat=True):
        transaction.on_commit(partial(default_storage.delete, file))
    older.delete()
    result.save(force_insert=True)


def _written(name: str, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Size and SHA-256 of ``chunks``, which stand on disk under ``name`` when this returns."""
    folder = _folder()
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
        try:
            size, digest = _filled(file, chunks)
            if folder is None:
                file.seek(0)
                default_storage.save(name, File(file))
            else:
                _moved(file.name, default_storage.path(name))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(file.name)
    return size, digest


def _folder() -> str | None:
    """Where a file may grow beside its place; None where the storage is no directory of ours."""
    if not isinstance(default_storage, FileSystemStorage):
        return None
    folder = default_storage.path(FOLDER)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder


def _filled(file: IO[bytes], chunks: Iterable[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return size, digest.hexdigest()


def _moved(source: str, target: str) -> None:
    os.replace(source, target)
    handle = os.open(Path(target).parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# Out ---------------------------------------------------------------------------------------------


def served(
    request: HttpRequest,
    result: ResultFile | None,
    *,
    action: str,
    subject: str,
    filters: dict[str, Any] | None = None,
    columns: Iterable[str] = (),
) -> HttpResponseBase:
    """``result`` as an attachment, in the access log as ``action`` of ``subject`` (ids and slugs).

    Whoever calls has checked that the reader may have it. Where it has expired or is gone: a page
    with status 404 that says so, and nothing in the log. Not within a transaction.
    """
    if result is None or not is_kept(result):
        return TemplateResponse(request, "result_gone.html", status=404)
    event = access.opened(action, subject, filters=filters, columns=columns)
    outgoing = access.Outgoing(event, content(result), rows=result.rows or 0)
    response = StreamingHttpResponse(outgoing, content_type=result.content_type)
    response["Content-Length"] = str(result.size)
    response["Content-Disposition"] = content_disposition_header(True, result.name) or ""
    response["Cache-Control"] = "no-store"
    return response


def is_kept(result: ResultFile) -> bool:
    """Whether it may still be taken away, and its bytes are there."""
    return result.is_available() and default_storage.exists(result.file)


def content(result: ResultFile) -> Iterator[bytes]:
    """The bytes. Raises OSError where there are none."""
    with default_storage.open(result.file) as file:
        while chunk := file.read(CHUNK):
            yield chunk


# Erased ------------------------------------------------------------------------------------------


def erase(result: ResultFile) -> None:
    """Erase the bytes, then the row: a kill between the two leaves a row that is swept again."""
    default_storage.delete(result.file)
    ResultFile.objects.filter(pk=result.pk).delete()


@sweep
def erase_expired() -> None:
    """Erase results whose time is over, and bytes that a killed worker left without a row."""
    for result in ResultFile.objects.expired().iterator(chunk_size=200):
        erase(result)
    _erase_orphans()


def _erase_orphans() -> None:
    if not default_storage.exists(FOLDER):
        return
    old = timezone.now() - ABANDONED
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        with suppress(FileNotFoundError):  # another worker's sweep may be faster
            if default_storage.get_modified_time(path) < old and not _has_row(path):
                default_storage.delete(path)


def _has_row(path: str) -> bool:
    return ResultFile.objects.filter(file=path).exists()
