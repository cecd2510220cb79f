"""Each rule both ways: silent where all is well, and speaking where it is broken."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit import rules
from processing.choices import SpecialCondition
from processing.models import ProcessingActivity
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    OrganisationFactory,
    PurposeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ENDED = {"active_until": LONG_AGO + timedelta(days=1)}


def found(record: object) -> set[str]:
    return {finding.rule.code for finding in rules.findings_for(record)}


@pytest.fixture
def activity() -> ProcessingActivity:
    activity = ActivityFactory()
    PurposeFactory(activity=activity)
    return activity


def edit(activity: ProcessingActivity, **values: object) -> ProcessingActivity:
    for name, value in values.items():
        setattr(activity, name, value)
    activity.save()
    return activity


def test_a_whole_activity_has_no_findings(activity: ProcessingActivity) -> None:
    assert found(activity) == set()


def test_an_activity_without_a_purpose_is_found() -> None:
    assert found(ActivityFactory()) == {"activity_without_purpose"}


def test_an_ended_purpose_is_none() -> None:
    activity = PurposeFactory(**ENDED).activity
    assert found(activity) == {"activity_without_purpose"}


def test_an_ended_activity_needs_no_purpose() -> None:
    assert found(ActivityFactory(**ENDED)) == set()


def test_special_data_without_a_condition_are_found(activity: ProcessingActivity) -> None:
    edit(activity, special_data=True)
    assert found(activity) == {"activity_special_data_without_condition"}


def test_special_data_with_a_condition_are_fine(activity: ProcessingActivity) -> None:
    edit(activity, special_data=True)
    PurposeFactory(activity=activity, special_condition=SpecialCondition.EMPLOYMENT)
    assert found(activity) == set()


def test_a_needed_assessment_without_a_place_is_found(activity: ProcessingActivity) -> None:
    assert found(edit(activity, dpia_needed=True)) == {"activity_dpia_missing"}
    assert found(edit(activity, dpia_location="DPIA/2026/01")) == set()


@pytest.fixture
def for_client() -> ProcessingActivity:
    activity = ActivityFactory(controller=OrganisationFactory(client=True))
    PurposeFactory(activity=activity)
    return activity


def test_work_for_a_client_without_a_description_is_found(for_client: ProcessingActivity) -> None:
    assert found(for_client) == {"activity_for_client_undescribed"}


def test_described_work_for_a_client_is_fine(for_client: ProcessingActivity) -> None:
    assert found(edit(for_client, processing_pl="telefony", processing_en="calls")) == set()


def test_a_purpose_that_outlives_its_activity_is_found() -> None:
    purpose = PurposeFactory(activity=ActivityFactory(**ENDED))
    assert found(purpose) == {"purpose_outlives_activity"}


def test_a_purpose_of_an_activity_that_will_end_is_fine() -> None:
    activity = ActivityFactory(active_until=timezone.now() + timedelta(days=1))
    assert found(PurposeFactory(activity=activity)) == set()


def test_a_mend_link_leads_to_a_page_that_opens(client: Client) -> None:
    client.force_login(UserFactory())
    ActivityFactory()
    PurposeFactory(activity=ActivityFactory(special_data=True, dpia_needed=True))
    ours = [f for f in rules.open_findings() if f.rule.model is ProcessingActivity]
    assert len(ours) == 3
    assert {client.get(finding.mend_url).status_code for finding in ours} == {200}
