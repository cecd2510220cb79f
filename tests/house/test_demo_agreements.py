"""The agreements of the demo: every status, and the client's purposes have their instruction."""

from datetime import date

import pytest

from ccgdpr.demo import agreements, registers
from ccgdpr.demo.making import by_the_demo
from processors.choices import AgreementStatus
from processors.documents import storing
from processors.models import AgreementDocument, DocumentCheck, ProcessingAgreement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _built() -> None:
    with by_the_demo():
        registers.create()
        agreements.create()


def test_there_is_an_agreement_in_every_status() -> None:
    assert {each.status for each in ProcessingAgreement.objects.all()} == set(AgreementStatus)
    assert ProcessingAgreement.objects.given().values("processor").distinct().count() == 8


def test_the_client_has_instructed_us_since_the_gdpr_applies() -> None:
    taken = ProcessingAgreement.objects.taken()
    assert taken.in_force(date(2018, 5, 25)).count() == 1
    assert taken.in_force(date(2026, 11, 1)).get().controller.slug == registers.CLIENT


def test_its_documents_are_real_and_intact() -> None:
    assert {storing.found(each)[0] for each in AgreementDocument.objects.all()} == {"intact"}
    assert DocumentCheck.objects.count() == AgreementDocument.objects.count() == 8


def test_a_second_run_changes_nothing() -> None:
    before = ProcessingAgreement.history.count(), AgreementDocument.objects.count()
    with by_the_demo():
        agreements.create()
    after = ProcessingAgreement.history.count(), AgreementDocument.objects.count()
    assert after == before
