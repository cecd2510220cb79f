from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from processors.choices import Diligence
from processors.models import Organisation
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

NIP = "0001000019"


def raises_in_the_database(record: Organisation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()


def test_a_company_without_tax_number_is_fine() -> None:
    OrganisationFactory(slug="bez-nip").full_clean()


@pytest.mark.parametrize("typed", ["0001000019", "000-100-00-19", "000 100 00 19"])
def test_a_tax_number_is_kept_as_ten_digits(typed: str) -> None:
    company = Organisation(slug="nowa", name="Nowa", nip=typed)
    company.full_clean()
    assert company.nip == NIP


@pytest.mark.parametrize("typed", ["0001000018", "12345", "abcdefghij"])
def test_a_wrong_tax_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Organisation(slug="nowa", name="Nowa", nip=typed).full_clean()
    assert "nip" in refusal.value.message_dict


def test_a_second_company_with_the_tax_number_is_refused() -> None:
    OrganisationFactory(slug="pierwsza", nip=NIP)
    second = Organisation(slug="druga", name="Druga", nip=NIP)
    with pytest.raises(ValidationError):
        second.full_clean()
    raises_in_the_database(second)


def test_the_house_has_one_centre_of_its_own() -> None:
    OrganisationFactory(is_own=True)
    second = Organisation(slug="druga", name="Druga", is_own=True)
    with pytest.raises(ValidationError):
        second.full_clean()
    raises_in_the_database(second)


def test_guarantees_are_sufficient_only_with_a_day() -> None:
    vendor = OrganisationFactory(vendor=True)
    vendor.diligence = Diligence.SUFFICIENT
    with pytest.raises(ValidationError):
        vendor.full_clean()
    raises_in_the_database(vendor)


def test_the_next_verification_comes_after_the_last() -> None:
    vendor = OrganisationFactory(vendor=True)
    vendor.diligence_on = vendor.diligence_review_on = date(2026, 1, 12)
    with pytest.raises(ValidationError):
        vendor.full_clean()
    raises_in_the_database(vendor)


def test_a_verified_vendor_is_fine() -> None:
    OrganisationFactory(
        vendor=True,
        diligence=Diligence.SUFFICIENT,
        diligence_on="2026-01-12",
        diligence_review_on="2027-01-12",
    ).full_clean()
