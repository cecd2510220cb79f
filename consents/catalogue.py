"""What an empty house starts with: the file formats that the importer knows."""

from typing import Any

from audit import bulk
from consents.importing.presets import BUILT_IN
from consents.models import MappingPreset


def create_after_migrate(**_: Any) -> None:
    """Create the formats that are missing; those there are, edited or not, stay as they are."""
    known = set(MappingPreset.objects.values_list("slug", flat=True))
    bulk.create(
        MappingPreset(
            slug=preset.slug,
            name_pl=preset.name_pl,
            name_en=preset.name_en,
            mapping=preset.mapping,
            confirmed=preset.confirmed,
        )
        for preset in BUILT_IN
        if preset.slug not in known
    )
