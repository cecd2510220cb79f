"""Uploaded register files between preview and confirmation: per person, gone after a day."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.utils import timezone
from import_export.tmp_storages import BaseStorage

from audit.act import current_act
from audit.jobs import sweep

FOLDER = "register-imports"
KEPT = timedelta(hours=24)


class OwnUploads(BaseStorage):
    """The uploads of whoever acts: nobody confirms the file of somebody else."""

    def save(self, data: bytes) -> None:
        self.name = str(uuid4())
        default_storage.save(self._path(), ContentFile(data))

    def read(self) -> Any:
        if not default_storage.exists(self._path()):
            raise Http404
        with default_storage.open(self._path()) as file:
            data = file.read()
        return data.decode(self.encoding) if self.read_mode == "r" else data

    def remove(self) -> None:
        default_storage.delete(self._path())

    def _path(self) -> str:
        try:
            name = UUID(self.name)
        except ValueError as error:
            raise Http404 from error
        return f"{FOLDER}/{current_act().by_id}/{name}"


@sweep
def remove_abandoned_uploads() -> None:
    """Remove what nobody confirmed within a day (security.md 31)."""
    if not default_storage.exists(FOLDER):
        return
    for person in default_storage.listdir(FOLDER)[0]:
        folder = f"{FOLDER}/{person}"
        for name in default_storage.listdir(folder)[1]:
            path = f"{folder}/{name}"
            if default_storage.get_modified_time(path) < timezone.now() - KEPT:
                default_storage.delete(path)
