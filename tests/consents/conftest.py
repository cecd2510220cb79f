"""The register that files are imported into."""

import pytest

from tests.factories import PurposeFactory, SourceFactory


@pytest.fixture
def import_house() -> None:
    """Two purposes of one activity, a form and a phone line."""
    newsletter = PurposeFactory(slug="newsletter")
    PurposeFactory(slug="marketing-own", activity=newsletter.activity)
    SourceFactory(slug="web-form")
    SourceFactory(slug="phone")
