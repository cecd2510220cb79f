"""System checks: whether signed documents are looked at for malware."""

import shutil
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register


@register(Tags.security, deploy=True)
def documents_are_scanned(**_: Any) -> Iterator[CheckMessage]:
    """A scanner is the choice of the installation; one that is not there refuses every document."""
    command = settings.DOCUMENT_SCANNER
    if not command:
        yield Info(
            "No malware scanner looks at signed documents.",
            hint='Set DOCUMENT_SCANNER, for example to "clamdscan --no-summary -".',
            id="processors.I001",
        )
    elif not shutil.which(command[0]):
        yield Warning(
            f"DOCUMENT_SCANNER names {command[0]!r}, which cannot be run: no document is accepted.",
            hint="Install it, or empty DOCUMENT_SCANNER to do without.",
            id="processors.W001",
        )
