"""A small centre as a program meets it: two purposes, a web form, three people, one client."""

from datetime import UTC, datetime
from types import SimpleNamespace

from consents import services
from consents.choices import Method
from consents.models import ContactPoint
from processing.choices import Channel
from processing.models import Purpose
from tests.factories import (
    ApiClientFactory,
    ClientGrantFactory,
    NamedControllerFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    WordingFactory,
)
from tests.notices.making import complete_purpose, published

GIVEN_AT = datetime(2025, 3, 1, 12, tzinfo=UTC)
CHANNELS = (Channel.EMAIL, Channel.VOICE)
GRANTED = ("newsletter", "marketing-own")


def furnish() -> SimpleNamespace:
    """The centre; its client has every scope, and every purpose but the last."""
    purposes = _purposes()
    source = SourceFactory(slug="web-form")
    for purpose in purposes.values():
        for channel in CHANNELS:
            wording = WordingFactory(purpose=purpose, channel=channel)
            NamedControllerFactory(wording=wording)
            SourceWordingFactory(source=source, wording=wording)
    told = {"source": source, "method": Method.FORM, "evidence": "formularz 17"}
    events = [
        services.give(point, purposes["newsletter"], channel, occurred_at=GIVEN_AT, **told)
        for point, channel in _people()
    ]
    published(purposes["newsletter"], slug="klienci")
    client = ApiClientFactory(name="crm", daily_contacts=10**9)
    for slug in GRANTED:
        ClientGrantFactory(client=client, purpose=purposes[slug])
    return SimpleNamespace(client=client, events=events, source=source, **_known(purposes))


def _purposes() -> dict[str, Purpose]:
    activity = complete_purpose().activity
    slugs = (*GRANTED, "of-somebody-else")
    return {slug: PurposeFactory(slug=slug, activity=activity) for slug in slugs}


def _people() -> list[tuple[ContactPoint, Channel]]:
    return [
        (PointFactory(value="jan@poczta.example"), Channel.EMAIL),
        (PointFactory(value="ewa@poczta.example"), Channel.EMAIL),
        (PointFactory(phone=True, value="+48601234567"), Channel.VOICE),
    ]


def _known(purposes: dict[str, Purpose]) -> dict[str, Purpose]:
    return {slug.replace("-", "_"): purpose for slug, purpose in purposes.items()}
