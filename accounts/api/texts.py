"""Texts of the registers, which stand in Polish and in English."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.choices import Language


class TextsSerializer(serializers.Serializer):
    """One text in both languages."""

    pl = serializers.CharField(help_text="Polish.")
    en = serializers.CharField(help_text="English.")


@extend_schema_field(TextsSerializer)
class Texts(serializers.Field):
    """Both languages of a text: as the field ``name``, of ``name_pl`` and ``name_en``.

    ``source`` is the record that has them, the serialised one by default.
    """

    def __init__(self, source: str = "*", **options: Any) -> None:
        super().__init__(source=source, read_only=True, **options)

    def to_representation(self, record: Any) -> dict[str, str]:
        return {code: getattr(record, f"{self.field_name}_{code}") for code in Language.values}
