"""What commands of lists share: how a moment is typed, where a file goes, whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

# The exit code of what cannot be answered: nothing is written then.
REFUSED = 2


def moment(text: str) -> datetime | None:
    """An instant in ISO 8601; without a zone it is in the house's own. None where none is typed.

    Raises CommandError, with exit code 2, where it is no moment.
    """
    if not text:
        return None
    try:
        typed = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            _("“{text}” is no moment in ISO 8601, such as 2026-11-24T09:00+01:00.").format(
                text=text
            ),
            returncode=REFUSED,
        ) from error
    return typed if timezone.is_aware(typed) else timezone.make_aware(typed)


def write(output: str, chunks: Iterable[bytes]) -> None:
    """Write ``chunks`` to the path ``output``, or to standard output where that is ``-``.

    Raises CommandError, with exit code 2, where nothing can be written there.
    """
    if output == "-":
        _pour(chunks, sys.stdout.buffer)
        return
    path = Path(output)
    try:
        _write_whole(path, chunks)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=REFUSED) from error


def _write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Nothing half written: beside its place first, then moved there, for its owner alone."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            _pour(chunks, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def _pour(chunks: Iterable[bytes], file: BinaryIO) -> None:
    for chunk in chunks:
        file.write(chunk)
    file.flush()
