from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from audit import rules


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> Iterator[None]:
    """What the code says itself: the words of the catalogue are another folder's business."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _own_storage(settings: Any, tmp_path: Path) -> None:
    """Each test finds the storage of signed documents empty."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def _rules_of_this_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the conditions that rooms above register on tools."""
    known = rules.registered()
    ours = {rule.code: rule for rule in known if rule.broken.__module__.startswith("processors.")}
    monkeypatch.setattr(rules, "_rules", ours)
