"""How large a file may be that somebody brings: a disk is not filled by one upload."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def refuse_large(file: Any) -> None:
    """Raises ValidationError where ``file`` has more bytes than ``IMPORT_LIMITS`` allow."""
    limit = settings.IMPORT_LIMITS["file_bytes"]
    if file.size > limit:
        raise ValidationError(
            _("The file is larger than %(limit)s MB. Split it into several."),
            code="too_large",
            params={"limit": limit // 1024**2},
        )
