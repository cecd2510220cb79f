import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from audit import rules
from processors.choices import DataReturn
from processors.documents import storing
from processors.models import AdequacyDecision, ProcessingAgreement
from tests.factories import (
    AgreementFactory,
    OrganisationFactory,
    SubProcessorFactory,
    TransferFactory,
    UserFactory,
)
from tests.processors.pdfs import pdf

pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def codes(record: models.Model) -> set[str]:
    return {finding.rule.code for finding in rules.findings_for(record)}


def documented(**facts: Any) -> ProcessingAgreement:
    agreement = AgreementFactory(**facts)
    storing.attach(agreement, io.BytesIO(pdf()), title="Umowa")
    return agreement


def changed(record: models.Model, **facts: Any) -> models.Model:
    for name, value in facts.items():
        setattr(record, name, value)
    record.save()
    return record


# code, what raises it, what clears it again
OF_AGREEMENTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("agreement_incomplete", {"people": ""}, {"people": "klienci"}),
    (
        "agreement_not_signed",
        {"signed_on": None, "in_force_from": in_days(0)},
        {"signed_on": in_days(0)},
    ),
    ("agreement_expiring", {"in_force_until": in_days(90)}, {"in_force_until": in_days(91)}),
    ("agreement_expired", {"in_force_until": in_days(0)}, {"in_force_until": None}),
    (
        "agreement_nullity_documentary",
        {"nullity_clause": True, "form": "documentary"},
        {"form": "written"},
    ),
    ("agreement_breach_notice", {"breach_notice_hours": None}, {"breach_notice_hours": 48}),
    ("agreement_breach_notice", {"breach_notice_hours": 49}, {"breach_notice_hours": 24}),
    ("agreement_objection_days", {"sub_processing": "general"}, {"objection_days": 14}),
    (
        "agreement_return_unproven",
        {"terminated_on": in_days(0)},
        {"returned": DataReturn.DELETED, "return_proof": "protokół"},
    ),
]


@pytest.mark.parametrize(("code", "wrong", "mended"), OF_AGREEMENTS)
def test_what_is_wrong_with_an_agreement_is_found_until_it_is_mended(
    code: str, wrong: dict[str, Any], mended: dict[str, Any]
) -> None:
    agreement = AgreementFactory(**wrong)
    assert code in codes(agreement)
    assert code not in codes(changed(agreement, **mended))


def test_a_whole_agreement_has_no_finding() -> None:
    assert codes(documented()) == set()


def test_a_signed_agreement_without_its_document_is_found_until_it_is_attached() -> None:
    agreement = AgreementFactory()
    assert codes(agreement) == {"agreement_without_document"}
    storing.attach(agreement, io.BytesIO(pdf()), title="Umowa")
    assert codes(agreement) == set()


def test_a_draft_needs_no_document_yet() -> None:
    assert codes(AgreementFactory(draft=True)) == set()


@pytest.mark.parametrize("until", [in_days(-3), in_days(30)])
def test_an_agreement_that_another_one_follows_needs_no_renewal(until: date) -> None:
    ending = documented(in_force_until=until)
    AgreementFactory()
    assert codes(ending) == set()


def test_an_agreement_the_other_way_round_is_no_renewal() -> None:
    ending = documented(in_force_until=in_days(-3))
    AgreementFactory(controller=ending.processor, processor=ending.controller)
    assert codes(ending) == {"agreement_expired"}


OF_TRANSFERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("transfer_without_mechanism", {"mechanism": "", "scc_module": ""}, {"mechanism": "bcr"}),
    (
        "transfer_without_decision",
        {"mechanism": "adequacy", "scc_module": "", "country": "IN"},
        {"country": "JP"},
    ),
    (
        "transfer_without_decision",
        {"mechanism": "adequacy", "scc_module": "", "country": "US"},
        {"mechanism": "dpf"},
    ),
    ("transfer_without_assessment", {"tia_on": None}, {"tia_on": in_days(0)}),
    (
        "transfer_certificate_unchecked",
        {"mechanism": "dpf", "scc_module": "", "checked_on": in_days(-366)},
        {"checked_on": in_days(-365)},
    ),
    (
        "transfer_certificate_unchecked",
        {"mechanism": "dpf", "scc_module": ""},
        {"checked_on": in_days(0)},
    ),
    (
        "transfer_without_fallback",
        {"mechanism": "dpf", "scc_module": ""},
        {"fallback": "standardowe klauzule umowne"},
    ),
    (
        "transfer_derogation_unexplained",
        {"mechanism": "derogation", "scc_module": ""},
        {"derogation_reason": "wyraźna zgoda osoby"},
    ),
    ("transfer_review_due", {"review_on": in_days(0)}, {"review_on": in_days(1)}),
]


@pytest.mark.parametrize(("code", "wrong", "mended"), OF_TRANSFERS)
def test_what_is_wrong_with_a_transfer_is_found_until_it_is_mended(
    code: str, wrong: dict[str, Any], mended: dict[str, Any]
) -> None:
    transfer = TransferFactory(**wrong)
    assert code in codes(transfer)
    assert code not in codes(changed(transfer, **mended))


def test_a_transfer_that_has_ended_has_no_finding() -> None:
    assert codes(TransferFactory(mechanism="", scc_module="", until=in_days(0))) == set()


def test_data_within_the_eea_need_no_mechanism() -> None:
    assert codes(TransferFactory(mechanism="", scc_module="", country="DE")) == set()


def test_a_decision_that_falls_breaks_the_transfers_on_it() -> None:
    transfer = TransferFactory(
        mechanism="dpf", scc_module="", checked_on=in_days(0), fallback="klauzule"
    )
    assert codes(transfer) == set()
    changed(AdequacyDecision.objects.get(slug="us-dpf"), until=in_days(0))
    assert codes(transfer) == {"transfer_without_decision"}


OF_SUB_PROCESSORS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("sub_processor_unauthorised", {"authorised_on": None}, {"authorised_on": in_days(0)}),
    ("sub_processor_unauthorised", {"authorised_on": in_days(1)}, {"authorised_on": in_days(0)}),
    ("sub_processor_unauthorised", {"authorised_on": None}, {"until": in_days(0)}),
]


@pytest.mark.parametrize(("code", "wrong", "mended"), OF_SUB_PROCESSORS)
def test_a_sub_processor_without_leave_is_found_until_there_is_one(
    code: str, wrong: dict[str, Any], mended: dict[str, Any]
) -> None:
    record = SubProcessorFactory(agreement__sub_processing="specific", **wrong)
    assert code in codes(record)
    assert code not in codes(changed(record, **mended))


def test_a_sub_processor_where_none_is_allowed_is_found() -> None:
    record = SubProcessorFactory()
    assert codes(record) == {"sub_processor_forbidden"}
    changed(record.agreement, sub_processing="specific")
    assert codes(record) == set()


def test_our_own_sub_processor_is_bound_by_an_agreement_of_ours() -> None:
    record = SubProcessorFactory(
        agreement=AgreementFactory(taken=True, sub_processing="specific"),
    )
    assert codes(record) == {"sub_processor_without_agreement"}
    AgreementFactory(processor=record.organisation)
    assert codes(record) == set()


def test_a_sub_processor_of_an_ended_agreement_is_not_asked_for() -> None:
    record = SubProcessorFactory(authorised_on=None)
    changed(record.agreement, terminated_on=in_days(0))
    assert codes(record) == set()


def test_every_finding_leads_to_a_page_that_mends_it(client: Client) -> None:
    client.force_login(UserFactory())
    AgreementFactory(in_force_until=in_days(-1), nullity_clause=True, people="")
    AgreementFactory(terminated_on=in_days(-1), processor=OrganisationFactory(slug="archiwum"))
    AgreementFactory(
        breach_notice_hours=72,
        sub_processing="general",
        form="documentary",
        nullity_clause=True,
        people="",
    )
    client_work = AgreementFactory(taken=True)
    SubProcessorFactory(authorised_on=None, agreement=client_work)
    TransferFactory(mechanism="", scc_module="")
    links = {finding.mend_url for finding in rules.open_findings()}
    assert len(links) >= 8
    assert {client.get(link).status_code for link in links} == {200}
