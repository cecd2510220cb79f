from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> Iterator[None]:
    """What the code says itself: the words of the catalogue are another folder's business."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
