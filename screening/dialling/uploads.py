"""The bytes of a dial list: kept until its job ends, and no longer (Art. 5(1)(c), (e))."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from os import SEEK_END
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from accounts.models import ApiClient
from audit.jobs import sweep
from screening.models import DialList
from screening.models.lists import members_kept_since

FOLDER = "dial-lists"


def received(file: UploadedFile, *, owner: Any = None, client: ApiClient | None = None) -> DialList:
    """Keep the bytes of ``file``, which a user or a client brought; not read yet."""
    size = file.seek(0, SEEK_END)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    dial_list = DialList(
        owner=owner,
        client=client,
        file_name=Path(file.name or "").name[:200],
        size=size,
        sha256=digest,
        expires_at=timezone.now() + timedelta(hours=settings.DIAL_LIST_KEEP_HOURS),
    )
    file.seek(0)
    dial_list.stored_as = default_storage.save(f"{FOLDER}/{dial_list.uuid}", file)
    dial_list.save()
    return dial_list


@contextmanager
def kept(dial_list: DialList) -> Iterator[str]:
    """A path at which the bytes can be read. Raises FileNotFoundError where they are erased."""
    if not dial_list.stored_as:
        raise FileNotFoundError(dial_list.pk)
    with default_storage.open(dial_list.stored_as) as file, NamedTemporaryFile() as copy:
        if isinstance(default_storage, FileSystemStorage):
            yield default_storage.path(dial_list.stored_as)
            return
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield copy.name


def forget(dial_list: DialList) -> None:
    """Erase the bytes, then say so: a kill between the two leaves a row that is swept again."""
    if dial_list.stored_as:
        default_storage.delete(dial_list.stored_as)
        dial_list.stored_as = ""
        dial_list.save(update_fields=["stored_as"])


@sweep
def erase_dial_lists() -> None:
    """Erase bytes that nobody will screen any more, and rows whose list can't be recalled."""
    for dial_list in DialList.objects.overdue().iterator(chunk_size=200):
        forget(dial_list)
    DialList.objects.filter(stored_as="", created_at__lte=members_kept_since()).delete()
    _erase_orphans()


def _erase_orphans() -> None:
    """Bytes that a killed process left without a row."""
    if not default_storage.exists(FOLDER):
        return
    old = timezone.now() - timedelta(hours=settings.DIAL_LIST_KEEP_HOURS)
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        with suppress(FileNotFoundError):  # another worker's sweep may be faster
            is_kept = DialList.objects.filter(stored_as=path).exists()
            if not is_kept and default_storage.get_modified_time(path) < old:
                default_storage.delete(path)
