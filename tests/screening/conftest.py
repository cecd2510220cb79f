from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.utils import translation

from consents import services
from consents.models import ContactPoint
from processing.choices import Channel
from tests.factories import (
    NamedControllerFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    WordingFactory,
)

GIVEN_AT = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def consented(db: None) -> SimpleNamespace:
    """A person who agreed to a good wording on our own form, and may be written to."""
    purpose = PurposeFactory(slug="marketing")
    source = SourceFactory(slug="formularz")
    wording = WordingFactory(purpose=purpose, channel=Channel.EMAIL, version=3)
    NamedControllerFactory(wording=wording)
    shown = SourceWordingFactory(source=source, wording=wording)
    point = PointFactory(value="jan@poczta.example")
    told = {
        "source": source,
        "method": "form",
        "evidence": "formularz",
        "occurred_at": GIVEN_AT,
    }
    event = services.give(point, purpose, Channel.EMAIL, **told)
    return SimpleNamespace(
        purpose=purpose,
        source=source,
        wording=wording,
        shown=shown,
        point=point,
        event=event,
        told=told,
        value=point.value,
        subject=point.subject,
    )


def give(point: ContactPoint, case: SimpleNamespace, **changes: object) -> None:
    services.give(point, case.purpose, point.kind, **{**case.told, **changes})
