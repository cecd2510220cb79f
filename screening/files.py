"""What commands of lists share: how they are asked, and how a file leaves, whole or not at all."""

import hashlib
import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from screening.models import ContactList
from screening.question import Question, ask

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


def add_question(parser: ArgumentParser) -> None:
    """What a list is for, and where it goes: the arguments that ``asked`` and ``write`` read."""
    parser.add_argument("--purpose", required=True, metavar="KEY", help="key of the purpose")
    parser.add_argument("--channel", required=True, metavar="CODE", help="code of the channel")
    parser.add_argument("--tool", default="", metavar="KEY", help="by which tool, if by one")
    parser.add_argument("--as-of", default="", metavar="ISO", help="the moment, by default now")
    parser.add_argument("--output", required=True, metavar="FILE", help="- for standard output")
    parser.add_argument("--json", action="store_true", help="print what came of it as JSON")


def asked(options: dict[str, Any]) -> Question:
    """The question of a command line. Raises Unanswerable; CommandError for no moment."""
    at = moment(options["as_of"])
    return ask(options["purpose"], options["channel"], at=at, tool=options["tool"])


class Remembered:
    """Chunks of a list, whose hash ``remember`` is given once the last one is taken.

    ``contact_list`` stands from then on: nothing leaves that nobody could recall.
    """

    def __init__(self, chunks: Iterable[bytes], remember: Callable[[str], ContactList]) -> None:
        self.chunks, self.remember = chunks, remember
        self.contact_list: ContactList

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for chunk in self.chunks:
            digest.update(chunk)
            yield chunk
        self.contact_list = self.remember(digest.hexdigest())


def write(output: str, chunks: Iterable[bytes]) -> None:
    """Write ``chunks`` to the path ``output``, or to standard output where that is ``-``.

    Not a byte before the last is there. Raises CommandError, with exit code 2, where nothing can
    be written there.
    """
    if output == "-":
        with tempfile.TemporaryFile() as whole:
            _pour(chunks, whole)
            whole.seek(0)
            shutil.copyfileobj(whole, sys.stdout.buffer)
        sys.stdout.flush()
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
