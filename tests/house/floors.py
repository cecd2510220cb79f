"""The floor plan and the models that stand on it."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.db import models

HOUSE = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text())
# From the roof to the ground, as import-linter holds it too.
FLOORS: list[str] = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]


def house_models() -> list[type[models.Model]]:
    """Every table of our own apps: history and through tables included."""
    everything = apps.get_models(include_auto_created=True)
    ours = [model for model in everything if model._meta.app_label in FLOORS]
    return [model for model in ours if not model._meta.proxy]


def is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "instance_type")


def keys(model: type[models.Model]) -> list[models.ForeignKey]:
    """Foreign keys that are columns of ``model``."""
    fields = model._meta.concrete_fields
    return [field for field in fields if isinstance(field, models.ForeignKey)]
