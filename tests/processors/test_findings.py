from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit import rules
from processors.choices import Diligence
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def verified(days: int, **options: object) -> Organisation:
    """A company whose guarantees are to be verified again in so many days."""
    today = timezone.localdate()
    return OrganisationFactory(
        diligence=Diligence.SUFFICIENT,
        diligence_on=today - timedelta(days=365),
        diligence_review_on=today + timedelta(days=days),
        **options,
    )


@pytest.mark.parametrize(
    ("days", "codes"),
    [(-1, ["organisation_review_due"]), (0, ["organisation_review_due"]), (1, [])],
)
def test_a_review_is_due_on_its_day(days: int, codes: list[str]) -> None:
    vendor = verified(days, vendor=True)
    assert [finding.rule.code for finding in rules.findings_for(vendor)] == codes
    assert vendor.is_review_due(timezone.localdate()) == bool(codes)


def test_the_centre_does_not_verify_itself() -> None:
    assert rules.findings_for(verified(-1)) == []


def test_the_finding_leads_to_the_company(client: Client) -> None:
    client.force_login(UserFactory())
    [finding] = rules.findings_for(verified(-1, vendor=True))
    assert client.get(finding.mend_url).status_code == 200
