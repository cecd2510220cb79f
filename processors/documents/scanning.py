"""The malware scanner of the house, where it has one (settings.DOCUMENT_SCANNER)."""

import logging
import os
import shutil
import subprocess
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CLEAN, INFECTED = 0, 1
log = logging.getLogger(__name__)


def refuse_infected(file: IO[bytes]) -> None:
    """Raise ValidationError where the scanner objects to ``file``, or does not answer."""
    if not settings.DOCUMENT_SCANNER:
        return
    answer = _answer(file)
    if answer == INFECTED:
        said = _("The malware scanner refuses this file. Do not open it, and ask for a clean one.")
        raise ValidationError(said, code="infected")
    if answer != CLEAN:
        said = _(
            "The file could not be checked for malware, so it was not stored. Try again, or tell "
            "whoever runs the system."
        )
        raise ValidationError(said, code="not_checked")


def _answer(file: IO[bytes]) -> int | None:
    """The exit status of the scanner, which reads ``file`` on its standard input; None: no answer.

    It sees none of the environment but the way to programs: keys and passwords stand there.
    """
    with TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        try:
            return _ran(copy)
        except (OSError, subprocess.TimeoutExpired) as error:
            log.error("The scanner of documents gave no answer: %s", type(error).__name__)
            return None


def _ran(copy: IO[bytes]) -> int:
    status = subprocess.run(
        settings.DOCUMENT_SCANNER,
        stdin=copy,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", os.defpath)},
        timeout=settings.DOCUMENT_LIMITS["scanner_seconds"],
        check=False,
    ).returncode
    if status != CLEAN:
        log.warning("The scanner of documents answered with %d.", status)
    return status
