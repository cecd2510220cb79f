"""What upper rooms add to the page of a record of a lower one: they register, and are not named.

Such as the notices that tell people about a tool, on the tool's page.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Panel:
    """A module of a record's page: ``template`` draws it with ``panel`` and what it ``holds``."""

    title: Any
    template: str
    holds: dict[str, Any] = field(default_factory=dict)


Source = Callable[[Any, Any], Panel | None]

_sources: dict[type[models.Model], list[Source]] = {}


def register(model: type[models.Model]) -> Callable[[Source], Source]:
    """``source(record, user)`` gives the panel of a record of ``model``, or None."""

    def add(source: Source) -> Source:
        _sources.setdefault(model, []).append(source)
        return source

    return add


def panels_of(record: models.Model, user: Any) -> list[Panel]:
    """The panels of ``record`` that ``user`` may see, in the order in which rooms registered."""
    found = (source(record, user) for source in _sources.get(type(record), ()))
    return [panel for panel in found if panel]
