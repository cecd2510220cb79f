from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import translation

from processing.choices import DOUBTFUL, Basis, Campaign, Channel, Nature, Protects, Regime
from processing.models import ChannelRule, ProcessingActivity, Purpose, PurposeGrant
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    GrantFactory,
    OrganisationFactory,
    PurposeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def refused(record: models.Model) -> None:
    """By the form, and by the database where somebody goes past the form."""
    with pytest.raises(ValidationError):
        record.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()


def edited(record: models.Model, **values: Any) -> models.Model:
    for name, value in values.items():
        setattr(record, name, value)
    return record


# Activities ---------------------------------------------------------------------------------------


def test_a_number_stands_once_in_the_record_of_a_controller() -> None:
    row = ActivityFactory(number=5)
    refused(edited(ActivityFactory(number=6), number=row.number))


def test_the_same_number_stands_in_the_record_of_a_client() -> None:
    ActivityFactory(number=5)
    ActivityFactory(number=5, controller=OrganisationFactory(client=True)).full_clean()


def test_an_activity_ends_after_it_began() -> None:
    refused(edited(ActivityFactory(), active_until=LONG_AGO))


@pytest.mark.parametrize(
    ("language", "name"), [("pl", "Marketing bezpośredni"), ("en", "Direct marketing")]
)
def test_texts_read_in_the_language_in_use(language: str, name: str) -> None:
    with translation.override(language):
        assert ActivityFactory().name == name


def test_a_missing_english_text_reads_in_polish() -> None:
    with translation.override("en"):
        assert ActivityFactory(recipients_pl="kurier", recipients_en="").recipients == "kurier"


# Purposes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("campaign", [Campaign.MATTER, Campaign.INTERNAL])
def test_a_matter_of_the_person_is_service(campaign: str) -> None:
    PurposeFactory(service=True, campaign=campaign).full_clean()


@pytest.mark.parametrize("campaign", [Campaign.OFFER, Campaign.CONSENT_REQUEST, *DOUBTFUL])
def test_what_may_be_commercial_is_not_called_service_on_ones_own_word(campaign: str) -> None:
    refused(edited(PurposeFactory(campaign=campaign), nature=Nature.SERVICE))


@pytest.mark.parametrize("basis", [Basis.LEGAL_OBLIGATION, Basis.PUBLIC_TASK])
def test_a_duty_names_its_provision(basis: str) -> None:
    purpose = PurposeFactory(service=True)
    refused(edited(purpose, basis=basis))
    edited(purpose, basis_law="art. 7a ustawy o prawach konsumenta").full_clean()


def test_a_purpose_ends_after_it_began() -> None:
    refused(edited(PurposeFactory(), active_until=LONG_AGO))


@pytest.mark.parametrize(
    ("field", "value"), [("basis", "6-1-z"), ("campaign", "spam"), ("nature", "grey")]
)
def test_unknown_words_are_refused(field: str, value: str) -> None:
    refused(edited(PurposeFactory(), **{field: value}))


def test_the_key_of_a_purpose_is_frozen() -> None:
    with pytest.raises(ValidationError) as refusal:
        edited(PurposeFactory(), slug="inny-klucz").full_clean()
    assert "slug" in refusal.value.message_dict


def test_a_purpose_stays_with_its_controller() -> None:
    elsewhere = ActivityFactory(controller=OrganisationFactory(client=True))
    with pytest.raises(ValidationError) as refusal:
        edited(PurposeFactory(), activity=elsewhere).full_clean()
    assert "activity" in refusal.value.message_dict


def test_a_purpose_moves_to_another_activity_of_its_controller() -> None:
    edited(PurposeFactory(), activity=ActivityFactory()).full_clean()


def test_active_purposes_are_those_of_the_moment() -> None:
    PurposeFactory(active_until=LONG_AGO + timedelta(days=1))
    lasting = PurposeFactory()
    assert list(Purpose.objects.active()) == [lasting]


@pytest.mark.parametrize("campaign", DOUBTFUL)
def test_an_approver_records_why_a_survey_is_not_commercial(campaign: str) -> None:
    purpose, approver = PurposeFactory(campaign=campaign), UserFactory(approver=True)
    purpose.approve_as_service(by=approver, reason="Bez promocji", opinion="Bez zastrzeżeń")
    purpose.refresh_from_db()
    assert (purpose.nature, purpose.service_approved_by) == (Nature.SERVICE, approver)
    assert purpose.service_approved_at


@pytest.mark.parametrize("campaign", [Campaign.OFFER, Campaign.CONSENT_REQUEST, Campaign.MATTER])
def test_nothing_else_is_approved_as_service(campaign: str) -> None:
    purpose = PurposeFactory(campaign=campaign)
    with pytest.raises(ValidationError):
        purpose.approve_as_service(by=UserFactory(approver=True), reason="Bo tak", opinion="Tak")


@pytest.mark.parametrize(("reason", "opinion"), [("", "Tak"), ("Bo tak", " ")])
def test_an_approval_has_a_reason_and_the_opinion_of_the_dpo(reason: str, opinion: str) -> None:
    purpose = PurposeFactory(campaign=Campaign.SURVEY)
    with pytest.raises(ValidationError):
        purpose.approve_as_service(by=UserFactory(approver=True), reason=reason, opinion=opinion)


# Channel rules ------------------------------------------------------------------------------------


@pytest.fixture
def rule() -> ChannelRule:
    return ChannelRule.objects.create(
        slug="nowa-regula",
        channel=Channel.POST,
        regime=Regime.PKE398,
        protects=Protects.EVERYBODY,
        consent_required=True,
        provision_pl="art. 1",
        provision_en="art. 1",
        valid_from=date(2027, 1, 1),
    )


@pytest.mark.parametrize(
    ("field", "value"), [("channel", "fax"), ("regime", "old"), ("protects", "cats")]
)
def test_a_rule_knows_its_words(rule: ChannelRule, field: str, value: str) -> None:
    refused(edited(rule, **{field: value}))


def test_a_rule_ends_after_it_began(rule: ChannelRule) -> None:
    refused(edited(rule, valid_until=rule.valid_from))


def test_a_rule_holds_from_its_first_day_to_the_day_before_its_end(rule: ChannelRule) -> None:
    edited(rule, valid_until=date(2028, 1, 1)).save()
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1)]
    held = [rule in ChannelRule.objects.in_force(day) for day in days]
    assert held == [False, True, True, False]


# Grants -------------------------------------------------------------------------------------------


def test_a_person_has_a_purpose_once() -> None:
    grant = GrantFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantFactory(user=grant.user, purpose=grant.purpose)


def test_an_ended_grant_may_be_given_anew() -> None:
    grant = GrantFactory(active_until=LONG_AGO + timedelta(days=9))
    GrantFactory(user=grant.user, purpose=grant.purpose)
    assert list(Purpose.objects.granted_to(grant.user)) == [grant.purpose]


def test_an_ended_grant_opens_nothing() -> None:
    grant = GrantFactory(active_until=LONG_AGO + timedelta(days=9))
    assert not Purpose.objects.granted_to(grant.user).exists()


def test_a_grant_ends_after_it_began() -> None:
    refused(edited(GrantFactory(), active_until=LONG_AGO))


@pytest.mark.parametrize("model", [ProcessingActivity, Purpose, ChannelRule, PurposeGrant])
def test_registers_are_never_deleted(model: type[models.Model]) -> None:
    with pytest.raises(TypeError):
        model.objects.all().delete()
