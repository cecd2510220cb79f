"""How texts leave the house: register texts in Polish and in English, instants in UTC."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import get_language


def localised(field: str) -> property:
    """A property: ``field_pl`` or ``field_en`` by the active language, Polish if empty."""

    def read(self: Any) -> str:
        language = "en" if (get_language() or "pl").startswith("en") else "pl"
        return getattr(self, f"{field}_{language}") or getattr(self, f"{field}_pl")

    return property(read)


def iso(moment: datetime) -> str:
    """An instant as files, evidence and the API write it: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat()
