"""What an uploaded PDF is, told by a process of its own within settings.DOCUMENT_LIMITS."""

import shutil
import subprocess
import sys
from tempfile import NamedTemporaryFile
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from processors.documents import pdf_child


def pages_of(file: IO[bytes]) -> int:
    """How many pages it has. Raises ValidationError that says why it cannot be kept."""
    _refuse_large(file)
    with NamedTemporaryFile(suffix=".pdf") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        return _told(copy.name)


def _refuse_large(file: IO[bytes]) -> None:
    limit = settings.DOCUMENT_LIMITS["bytes"]
    if file.seek(0, 2) > limit:
        said = _("The file is larger than %(limit)s MB.") % {"limit": limit // 1024**2}
        raise ValidationError(said, code="too_large")


def _told(path: str) -> int:
    limits = settings.DOCUMENT_LIMITS
    names = ("memory_bytes", "cpu_seconds", "pages")
    command = [sys.executable, "-E", "-s", "-B", pdf_child.__file__, path]
    command += [str(limits[name]) for name in names]
    try:
        # Twice the time of the processor: it may also wait for the disk.
        child = subprocess.run(
            command, capture_output=True, env={}, timeout=2 * limits["cpu_seconds"], check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused("too_large") from error
    if child.returncode == pdf_child.OK:
        return int(child.stdout)
    raise _refused(child.stderr.decode(errors="replace"))


def _refused(code: str) -> ValidationError:
    reasons = _reasons()
    code = code if code in reasons else "too_large"
    return ValidationError(reasons[code], code=code)


def _reasons() -> dict[str, str]:
    return {
        "no_pdf": _("This is no PDF. Attach the signed agreement as a PDF file."),
        "more_behind": _("Other data stand behind the end of the PDF. Ask for a clean file."),
        "damaged": _("The PDF is damaged. Ask for a whole one."),
        "encrypted": _("The PDF is protected by a password. Attach it without one."),
        "javascript": _("The PDF holds JavaScript. Ask for one without it."),
        "launch": _("The PDF starts programs or sends data. Ask for one without such actions."),
        "embedded": _("Other files are packed into the PDF. Attach them one by one."),
        "open_action": _("The PDF does something when it is opened. Ask for one that does not."),
        "xfa": _("The PDF is a dynamic form (XFA). Print it to a plain PDF."),
        "other_type": _(
            "The PDF can also be read as a file of another type. Ask for a clean file."
        ),
        "other_file": _("The PDF opens or fetches other files. Ask for one that does not."),
        "too_large": _("The PDF cannot be looked into safely: it is too large or too deep."),
    }
