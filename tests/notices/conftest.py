from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Sentences of the house in the words of its code; pages still follow their readers."""
    with translation.override("en"):
        yield
