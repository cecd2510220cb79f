"""Register texts that outsiders read stand in Polish and in English."""

from typing import Any

from django.utils.translation import get_language


def localised(field: str) -> property:
    """A property: ``field_pl`` or ``field_en`` by the active language, Polish if empty."""

    def read(self: Any) -> str:
        language = "en" if (get_language() or "pl").startswith("en") else "pl"
        return getattr(self, f"{field}_{language}") or getattr(self, f"{field}_pl")

    return property(read)
