from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from processors.choices import AgreementStatus, DataReturn, SubProcessing
from processors.models import AgreementClause, ClauseItem, ProcessingAgreement
from tests.factories import AgreementFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 1)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


IN_EVERY_STATUS: list[tuple[str, dict[str, Any]]] = [
    ("in_force", {}),
    ("in_force", {"in_force_until": 91}),
    ("expiring", {"in_force_until": 90}),
    ("expiring", {"terminated_on": 1}),
    ("expired", {"in_force_until": 0}),
    ("terminated", {"terminated_on": 0}),
    ("terminated", {"terminated_on": -1, "in_force_until": -1}),
    ("draft", {"draft": True}),
    ("draft", {"in_force_from": 1}),
    ("incomplete", {"subject_matter": ""}),
    ("incomplete", {"complete": False}),
    ("incomplete", {"draft": True, "people": ""}),
    ("expired", {"in_force_until": -5, "people": ""}),
]


def made(facts: dict[str, Any]) -> ProcessingAgreement:
    dated = {
        name: in_days(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in facts.items()
    }
    return AgreementFactory(**dated)


@pytest.mark.parametrize(("status", "facts"), IN_EVERY_STATUS)
def test_the_status_follows_from_dates_and_terms(status: str, facts: dict[str, Any]) -> None:
    assert made(facts).status == status


@pytest.mark.parametrize(("status", "facts"), IN_EVERY_STATUS)
def test_lists_ask_for_the_same_status(status: str, facts: dict[str, Any]) -> None:
    agreement = made(facts)
    found = [
        each
        for each in AgreementStatus.values
        if ProcessingAgreement.objects.with_status(each, timezone.localdate())
    ]
    assert found == [status]
    assert ProcessingAgreement.objects.with_completeness().get(pk=agreement.pk).status == status


def test_its_first_day_counts_and_its_last_does_not() -> None:
    agreement = AgreementFactory(in_force_from=DAY, in_force_until=date(2025, 7, 1))
    days = (date(2025, 5, 31), DAY, date(2025, 6, 30), date(2025, 7, 1))
    asked = [ProcessingAgreement.objects.in_force(day).exists() for day in days]
    assert asked == [False, True, True, False]
    assert [agreement.is_in_force(day) for day in days] == asked


def test_a_past_day_is_answered_as_it_was_after_a_termination() -> None:
    agreement = AgreementFactory()
    agreement.terminate(on=DAY)
    assert ProcessingAgreement.objects.in_force(DAY - timedelta(days=1)).exists()
    assert not ProcessingAgreement.objects.in_force(DAY).exists()


def test_a_clause_without_a_number_is_not_found() -> None:
    agreement = AgreementFactory()
    clause = agreement.clauses.get(item__slug="28-3-g")
    clause.found_at = ""
    clause.save()
    assert agreement in ProcessingAgreement.objects.incomplete()


def test_a_recommended_clause_may_be_missing() -> None:
    agreement = AgreementFactory()
    clause = agreement.clauses.get(item__slug="28-10")
    clause.found_at, clause.is_missing = "", True
    clause.save()
    assert agreement.status == AgreementStatus.IN_FORCE


def test_a_new_required_clause_is_asked_of_every_agreement() -> None:
    agreement = AgreementFactory()
    ClauseItem(slug="new", article="28(3)", name_pl="Nowa", name_en="New", position=99).save()
    assert agreement.status == AgreementStatus.INCOMPLETE


def test_the_list_of_clauses_holds_the_letters_of_the_regulation() -> None:
    required = ClauseItem.objects.filter(is_required=True).values_list("article", flat=True)
    assert list(required) == [f"28(3)({letter})" for letter in "abcdefgh"]


@pytest.mark.parametrize(
    ("language", "cited"), [("pl", "art. 28 ust. 3 lit. a"), ("en", "Art. 28(3)(a)")]
)
def test_a_provision_is_cited_as_its_reader_does(language: str, cited: str) -> None:
    with translation.override(language):
        assert ClauseItem.objects.get(slug="28-3-a").provision == cited


CONTRADICTIONS: list[dict[str, Any]] = [
    {"in_force_from": date(2025, 1, 1)},
    {"in_force_until": date(2025, 1, 2)},
    {"in_force_until": date(2025, 1, 1)},
    {"in_force_from": None, "in_force_until": date(2026, 1, 1)},
    {"terminated_on": date(2025, 1, 1)},
    {"returned": DataReturn.DELETED, "return_proof": "protokół"},
    {"terminated_on": DAY, "returned": DataReturn.DELETED},
    {"terminated_on": DAY, "return_proof": "protokół"},
    {"objection_days": 14},
    {"form": "oral"},
    {"sub_processing": "maybe"},
]


@pytest.mark.parametrize("wrong", CONTRADICTIONS)
def test_facts_that_contradict_each_other_are_refused(wrong: dict[str, Any]) -> None:
    agreement = AgreementFactory()
    for name, value in wrong.items():
        setattr(agreement, name, value)
    with pytest.raises(ValidationError):
        agreement.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        agreement.save()


@pytest.mark.parametrize(
    "right",
    [
        {"in_force_until": date(2025, 1, 3)},
        {"terminated_on": date(2025, 1, 2)},
        {"terminated_on": DAY, "returned": DataReturn.BOTH, "return_proof": "protokół"},
        {"sub_processing": SubProcessing.GENERAL, "objection_days": 14},
        {"signed_on": None},
    ],
)
def test_facts_that_agree_are_kept(right: dict[str, Any]) -> None:
    agreement = AgreementFactory(**right)
    agreement.full_clean()


def test_nobody_entrusts_data_to_themselves() -> None:
    own = OrganisationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementFactory(controller=own, processor=own)


def test_one_party_is_the_centre() -> None:
    client, vendor = OrganisationFactory(client=True), OrganisationFactory(vendor=True)
    OrganisationFactory()
    with pytest.raises(ValidationError, match="our own centre"):
        AgreementFactory(controller=client, processor=vendor).full_clean()


def test_nobody_has_signed_in_the_future() -> None:
    agreement = AgreementFactory.build(signed_on=in_days(1), in_force_from=in_days(1))
    with pytest.raises(ValidationError) as refusal:
        agreement.clean()
    assert "signed_on" in refusal.value.message_dict


def test_a_clause_is_missing_or_found_but_not_both() -> None:
    clause = AgreementFactory().clauses.first()
    clause.is_missing = True
    with pytest.raises(ValidationError):
        clause.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        clause.save()


def test_a_clause_is_answered_once() -> None:
    clause = AgreementFactory().clauses.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementClause(agreement=clause.agreement, item=clause.item).save()


def test_a_termination_says_what_became_of_the_data() -> None:
    agreement = AgreementFactory()
    agreement.terminate(on=DAY, returned=DataReturn.DELETED, proof="protokół 7/2025")
    agreement.refresh_from_db()
    assert (agreement.terminated_on, agreement.returned) == (DAY, DataReturn.DELETED)
    assert agreement.history.count() == 2


def test_an_agreement_ends_once() -> None:
    agreement = AgreementFactory(terminated_on=DAY)
    with pytest.raises(ValidationError, match="already"):
        agreement.terminate(on=DAY)


def test_the_return_may_be_proven_later() -> None:
    agreement = AgreementFactory()
    agreement.terminate(on=DAY)
    agreement.prove_return(returned=DataReturn.RETURNED, proof="protokół")
    agreement.refresh_from_db()
    assert agreement.return_proof == "protokół"


def test_the_return_is_not_proven_before_the_end() -> None:
    with pytest.raises(ValidationError):
        AgreementFactory().prove_return(returned=DataReturn.RETURNED, proof="protokół")


def test_both_ways_round_are_told_apart() -> None:
    given, taken = AgreementFactory(), AgreementFactory(taken=True)
    assert ProcessingAgreement.objects.given().get() == given
    assert ProcessingAgreement.objects.taken().get() == taken
    assert given.counterparty == given.processor
    assert taken.counterparty == taken.controller


def test_an_agreement_is_found_by_its_parties() -> None:
    agreement = AgreementFactory()
    between = ProcessingAgreement.objects.between
    assert between(agreement.controller, agreement.processor).get() == agreement
    assert not between(agreement.processor, agreement.controller).exists()
