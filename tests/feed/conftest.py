"""People who say something, and the feed of it."""

from types import SimpleNamespace

import pytest

from consents import services
from consents.models import ConsentEvent
from tests.factories import PointFactory, PurposeFactory, SourceFactory


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    """A purpose and a source of the centre, and one person."""
    return SimpleNamespace(
        purpose=PurposeFactory(slug="newsletter"), source=SourceFactory(), point=PointFactory()
    )


def told(house: SimpleNamespace, **act: object) -> dict[str, object]:
    return {"source": house.source, "method": "form", "evidence": "formularz", **act}


def give(house: SimpleNamespace, **act: object) -> ConsentEvent:
    return services.give(house.point, house.purpose, "email", **told(house, **act))


def withdraw(house: SimpleNamespace, **act: object) -> ConsentEvent:
    return services.withdraw(house.point, house.purpose, "email", **told(house, **act))
