"""A look at an archive before anything of it is unpacked (security.md 28)."""

import os
import re
import struct
import zipfile
from pathlib import PurePosixPath

from django.conf import settings
from django.utils.translation import gettext as _

from audit.reading.errors import Refused

_END = b"PK\x05\x06"
_RATIO_FROM = 1 << 20
_PROLOG = 1 << 16
_ROOT = re.compile(r"<[A-Za-z_]")


def open_archive(path: str) -> zipfile.ZipFile:
    """The archive at ``path``; Refused where it is broken or would cost too much to unpack."""
    limits = settings.IMPORT_LIMITS
    if _promised_members(path) > limits["archive_members"]:
        raise Refused(_("The archive holds too many files."))
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Refused(_("The archive is damaged.")) from error
    members = archive.infolist()
    if len(members) > limits["archive_members"]:
        raise Refused(_("The archive holds too many files."))
    if any(member.flag_bits & 1 for member in members):
        raise Refused(_("The archive is encrypted."))
    if sum(member.file_size for member in members) > limits["unpacked_bytes"]:
        raise Refused(_("The archive is too large unpacked."))
    if any(_is_bomb(member, limits["ratio"]) for member in members):
        raise Refused(_("The archive unpacks to far more than it holds: it may be a bomb."))
    return archive


def is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    return "[Content_Types].xml" in archive.namelist()


def csv_members(archive: zipfile.ZipFile) -> list[str]:
    """Names of the CSV files in the archive, without what macOS adds."""
    names = (name for name in archive.namelist() if not name.endswith("/"))
    return [name for name in names if not name.startswith("__MACOSX/") and _is_csv(name)]


def refuse_document_types(archive: zipfile.ZipFile) -> None:
    """Refused where a part of a spreadsheet declares a DTD: entities can grow without end."""
    for name in archive.namelist():
        if name.endswith((".xml", ".rels", ".vml")):
            _refuse_document_type(archive, name)


def _refuse_document_type(archive: zipfile.ZipFile, name: str) -> None:
    try:
        with archive.open(name) as part:
            start = part.read(_PROLOG)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused(_("The archive is damaged.")) from error
    text = start.replace(b"\0", b"").decode("latin-1")  # UTF-16 reads the same without its NULs
    root = _ROOT.search(text)
    if "<!DOCTYPE" in text[: root.start() if root else None] or (start and not root):
        raise Refused(_("The spreadsheet holds a document type declaration."))


def _is_csv(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in (".csv", ".txt")


def _is_bomb(member: zipfile.ZipInfo, ratio: int) -> bool:
    return member.file_size > _RATIO_FROM and member.file_size > ratio * member.compress_size


def _promised_members(path: str) -> int:
    """What the end of the archive says: asked before the directory itself is read."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (1 << 16) - 22))
        tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        raise Refused(_("The archive is damaged."))
    return struct.unpack_from("<H", tail, place + 10)[0]
