"""Registers in and out of files: the same file again changes nothing, and rules hold there too."""

from datetime import UTC, datetime
from typing import Any

import pytest
import tablib

from audit.models import AuditedModel
from audit.resources import AuditedResource
from processing.choices import Basis, Campaign, Nature
from processing.models import ChannelRule, ProcessingActivity, Purpose
from processing.resources import ChannelRuleResource, ProcessingActivityResource, PurposeResource
from processors.models import Organisation
from processors.resources import OrganisationResource
from tests.factories import (
    ActivityFactory,
    OrganisationFactory,
    PurposeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

RESOURCES = (
    OrganisationResource,
    ProcessingActivityResource,
    PurposeResource,
    ChannelRuleResource,
)


def exported(resource: type[AuditedResource]) -> tablib.Dataset:
    return tablib.Dataset().load(resource().export().csv, format="csv")


def with_first(data: tablib.Dataset, **values: str) -> tablib.Dataset:
    """``data`` with other values in its first row."""
    rows = data.dict
    rows[0] |= values
    changed = tablib.Dataset()
    changed.dict = rows
    return changed


def put(resource: type[AuditedResource], data: tablib.Dataset) -> Any:
    return resource().import_data(data)


def complaints(result: Any) -> int:
    return len(result.invalid_rows) + len(result.row_errors())


@pytest.fixture
def _house() -> None:
    """A survey approved as service, at an odd microsecond, for a client as well."""
    purpose = PurposeFactory(
        campaign=Campaign.SURVEY, active_from=datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC)
    )
    purpose.approve_as_service(by=UserFactory(approver=True), reason="Bez promocji", opinion="Tak")
    PurposeFactory(activity=ActivityFactory(controller=OrganisationFactory(client=True)))


@pytest.mark.usefixtures("_house")
@pytest.mark.parametrize("resource", RESOURCES)
def test_an_export_read_again_changes_nothing(resource: type[AuditedResource]) -> None:
    model: type[AuditedModel] = resource._meta.model
    before = (model.objects.count(), model.history.count())
    result = put(resource, exported(resource))
    assert complaints(result) == 0
    assert (model.objects.count(), model.history.count()) == before


def test_a_changed_cell_changes_one_record_with_history() -> None:
    purpose = PurposeFactory()
    put(PurposeResource, with_first(exported(PurposeResource), name_pl="Nowa nazwa"))
    purpose.refresh_from_db()
    assert purpose.name_pl == "Nowa nazwa"
    assert purpose.history.count() == 2


def test_a_new_row_makes_a_record() -> None:
    PurposeFactory(slug="jeden")
    put(PurposeResource, with_first(exported(PurposeResource), uuid="", slug="drugi"))
    assert set(Purpose.objects.values_list("slug", flat=True)) == {"jeden", "drugi"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "inny-klucz"},
        {"nature": Nature.SERVICE},
        {"basis": Basis.LEGAL_OBLIGATION},
        {"campaign": "spam"},
        {"activity": "00000000-0000-4000-8000-000000000000"},
        {"active_until": "2018-01-01 00:00:00"},
    ],
)
def test_a_file_says_no_more_of_a_purpose_than_a_form(wrong: dict[str, str]) -> None:
    purpose = PurposeFactory(campaign=Campaign.SURVEY)
    assert complaints(put(PurposeResource, with_first(exported(PurposeResource), **wrong))) == 1
    assert purpose.history.count() == 1


def test_a_file_moves_no_activity_to_another_controller() -> None:
    activity = PurposeFactory().activity
    OrganisationFactory(client=True)
    data = with_first(exported(ProcessingActivityResource), controller="sklep")
    assert complaints(put(ProcessingActivityResource, data)) == 1
    activity.refresh_from_db()
    assert activity.controller.is_own


@pytest.mark.parametrize("wrong", [{"controller": "nikt"}, {"number": "-1"}, {"name_pl": ""}])
def test_a_wrong_activity_is_refused(wrong: dict[str, str]) -> None:
    activity = ActivityFactory()
    data = with_first(exported(ProcessingActivityResource), **wrong)
    assert complaints(put(ProcessingActivityResource, data)) == 1
    assert activity.history.count() == 1
    assert ProcessingActivity.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-07-01T12:00:00.123456+02:00", datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-07-01 12:00:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T10:00:00Z", datetime(2026, 7, 1, 10, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_zone_or_as_local_time(typed: str, read: datetime) -> None:
    purpose = PurposeFactory()
    put(PurposeResource, with_first(exported(PurposeResource), active_from=typed))
    purpose.refresh_from_db()
    assert purpose.active_from == read


def test_an_instant_that_is_none_is_refused() -> None:
    PurposeFactory()
    data = with_first(exported(PurposeResource), active_from="31.02.2026")
    assert complaints(put(PurposeResource, data)) == 1


def test_a_rule_read_from_a_file_knows_its_words() -> None:
    data = with_first(exported(ChannelRuleResource), regime="dawne")
    assert complaints(put(ChannelRuleResource, data)) == 1
    assert not ChannelRule.objects.filter(regime="dawne").exists()


def test_a_company_keeps_the_leading_zeros_of_its_numbers() -> None:
    OrganisationFactory(nip="0001000019", krs="0009000001")
    put(OrganisationResource, with_first(exported(OrganisationResource), name="Nowa nazwa"))
    company = Organisation.objects.get()
    assert (company.nip, company.krs) == ("0001000019", "0009000001")
