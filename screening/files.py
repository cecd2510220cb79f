"""Where commands write their files: whole or not at all, for their owner alone."""

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import CommandError

# The exit code of what cannot be answered: nothing is written then.
REFUSED = 2


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
