"""An upload from its file to its outcome: opened, staged, applied, swept away."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from os import SEEK_END
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.reading.encodings import known_encoding
from audit.reading.errors import Refused, nearest
from audit.reading.tables import members
from consents.choices import ImportState
from consents.importing.mapping import checked
from consents.importing.plan import Plan, planned
from consents.importing.staging import clear, first_imported_at, stage
from consents.importing.times import BadTime, Clock
from consents.models import ConsentImport, LeadSource
from processing.models import Purpose

UNFINISHED = Q(state__in=(ImportState.UPLOADED, ImportState.STAGED))


def source_of(key: str) -> LeadSource:
    """The lead source of this key; Refused names the nearest."""
    return _by_key(LeadSource.objects.select_related("controller"), key, _("Unknown lead source"))


def purpose_of(key: str, source: LeadSource) -> Purpose:
    """The purpose of this key, of the source's controller; Refused names the nearest."""
    purposes = Purpose.objects.select_related("activity")
    purpose = _by_key(purposes, key, _("Unknown purpose"))
    if purpose.activity.controller_id != source.controller_id:
        raise Refused(_("Purpose “{key}” belongs to another controller.").format(key=key))
    return purpose


def _by_key(records: Any, key: str, unknown: str) -> Any:
    if found := records.filter(slug=key).first():
        return found
    known = list(records.values_list("slug", flat=True))
    raise Refused(f"{unknown}: {nearest(key, known)}.")


def new_upload(
    file: IO[bytes],
    *,
    source: LeadSource,
    purpose: Purpose,
    name: str,
    owner: Any = None,
    mapping: dict[str, Any] | None = None,
    encoding: str = "",
    time_zone: str = "",
    as_of: str = "",
    reason: str = "",
) -> ConsentImport:
    """An upload of ``file``, which was called ``name``; not read yet. ``as_of`` is local text.

    Raises Refused where a zone, an encoding, a moment or the mapping makes no sense.
    """
    upload = ConsentImport(
        source=source,
        purpose=purpose,
        owner=owner,
        file_name=Path(name).name[:200],
        size=file.seek(0, SEEK_END),
        sha256=_sha256(file),
        mapping=_checked_map(mapping, source),
        encoding=known_encoding(encoding) if encoding else "",
        time_zone=_zone(time_zone),
        reason=reason,
        expires_at=timezone.now() + timedelta(hours=settings.IMPORT_KEEP_HOURS),
    )
    upload.as_of = _moment(as_of, upload) if as_of else None
    upload.save()
    return upload


def received(file: UploadedFile, **facts: Any) -> ConsentImport:
    """An upload from a page: its bytes are kept until applied, or for a day. As ``new_upload``."""
    upload = new_upload(file.file, **facts)
    file.seek(0)
    upload.stored_as = default_storage.save(f"imports/{upload.uuid}", file)
    upload.save(update_fields=["stored_as"])
    return upload


def sha256_of(path: str | Path) -> str:
    with open(path, "rb") as file:
        return _sha256(file)


def _sha256(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def read(
    upload: ConsentImport,
    path: str | Path,
    *,
    preset: str = "",
    contacts: str | Path = "",
    beat: Callable[[], None] = lambda: None,
) -> Plan:
    """Recognise and stage the file at ``path``; Refused where that fails, and nothing is staged."""
    plan = planned(
        str(path),
        upload.file_name,
        preset=preset,
        mapping=upload.mapping or None,
        encoding=upload.encoding,
    )
    upload.preset = plan.format
    upload.save(update_fields=["preset"])
    second = members(contacts)[0] if contacts else None
    stage(upload, plan, contacts=second, beat=beat)
    return plan


def ask(upload: ConsentImport, refused: Refused) -> None:
    """Keep the file and say why it can't be read yet: its owner may know what it is."""
    counts, unfinished = {"problem": str(refused)}, (ImportState.UPLOADED, ImportState.STAGED)
    waiting = ConsentImport.objects.filter(pk=upload.pk, state__in=unfinished)
    if waiting.update(counts=counts, state=ImportState.UPLOADED):
        upload.counts, upload.state = counts, ImportState.UPLOADED


def refuse(upload: ConsentImport) -> None:
    """Nothing of it is recorded; the file and the staged rows go."""
    _end(upload, ImportState.REFUSED)


def abandon(upload: ConsentImport) -> None:
    """Its owner does not want it after all, or nobody came for it in time."""
    _end(upload, ImportState.ABANDONED)


def _end(upload: ConsentImport, state: str) -> None:
    clear(upload)
    forget_file(upload)
    upload.state = state
    upload.save(update_fields=["state"])


def forget_file(upload: ConsentImport) -> None:
    if upload.stored_as:
        default_storage.delete(upload.stored_as)
        upload.stored_as = ""
        upload.save(update_fields=["stored_as"])


@contextmanager
def kept_file(upload: ConsentImport) -> Iterator[str]:
    """A path at which the kept bytes can be read, wherever the storage has them."""
    with default_storage.open(upload.stored_as) as file, NamedTemporaryFile() as copy:
        if isinstance(default_storage, FileSystemStorage):
            yield default_storage.path(upload.stored_as)
            return
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield copy.name


def sweep(now: datetime | None = None) -> int:
    """Erase files and staged rows whose day is over; returns of how many (security.md 31)."""
    due = ConsentImport.objects.filter(expires_at__lt=now or timezone.now())
    swept = 0
    for upload in due.filter(UNFINISHED):
        abandon(upload)
        swept += 1
    for upload in due.exclude(UNFINISHED).exclude(state=ImportState.APPLYING):
        clear(upload)
        forget_file(upload)
        swept += 1
        ConsentImport.objects.filter(pk=upload.pk).update(expires_at=None)
    return swept


def unfinished_twin(upload: ConsentImport) -> ConsentImport | None:
    """The same import, killed while it was being recorded: it can go on where it stood."""
    same = ("sha256", "source", "purpose", "mapping", "encoding", "time_zone", "as_of", "preset")
    facts = {name: getattr(upload, name) for name in same}
    twins = ConsentImport.objects.filter(**facts, state=ImportState.APPLYING, job=None)
    return twins.exclude(pk=upload.pk).order_by("pk").first()


def _checked_map(mapping: dict[str, Any] | None, source: LeadSource) -> dict[str, Any]:
    if mapping is None:
        return {}
    purposes = Purpose.objects.filter(activity__controller=source.controller_id)
    checked(mapping, purposes.values_list("slug", flat=True))
    if encoding := mapping.get("encoding"):
        known_encoding(str(encoding))
    return mapping


def correct(
    upload: ConsentImport,
    *,
    preset: str,
    mapping: dict[str, Any] | None,
    encoding: str,
    time_zone: str,
    as_of: str,
) -> None:
    """Say otherwise how the file is read. Raises Refused where a name or moment makes no sense."""
    upload.mapping = _checked_map(mapping, upload.source)
    upload.preset = "" if mapping else preset
    upload.encoding = known_encoding(encoding) if encoding else ""
    upload.time_zone = _zone(time_zone)
    upload.as_of = _moment(as_of, upload) if as_of else None
    upload.counts, upload.state = {}, ImportState.UPLOADED
    upload.save()


def _zone(name: str) -> str:
    name = name or "Europe/Warsaw"
    zones = sorted(available_timezones())
    if name not in zones:
        raise Refused(_("Unknown time zone {name}.").format(name=nearest(name, zones)))
    return ZoneInfo(name).key


def _moment(text: str, upload: ConsentImport) -> datetime:
    """As of when the file was true: of a day, its end or, today, when it was first imported."""
    clock = Clock(upload.time_zone, timezone.now(), first_imported_at(upload))
    try:
        return clock.no(clock.read(text.strip()))
    except BadTime as error:
        refusal = _("“{text}” is no moment in the past, such as 2026-01-31T14:00.")
        raise Refused(refusal.format(text=text)) from error
