"""What upper rooms add to the page of a purpose: they register, and are never named here."""

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString

from processing.models import Purpose

PanelSource = Callable[[Purpose, Any], SafeString | str]

_sources: list[PanelSource] = []


def register_panel(source: PanelSource) -> PanelSource:
    """``source(purpose, user)`` gives a ``section.module``, or nothing for that purpose or user."""
    _sources.append(source)
    return source


def panels_of(purpose: Purpose, user: Any) -> list[SafeString | str]:
    """The panels that ``user`` sees on the page of ``purpose``, in the order of registration."""
    return [panel for source in _sources if (panel := source(purpose, user))]
