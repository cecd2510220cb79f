"""Each code both ways: what brings it up, and what keeps it away."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from consents import services
from consents.choices import RestrictionKind, SubjectKind
from consents.models import WordingReview
from processing.choices import Basis, Campaign, Channel, Nature
from screening.question import Unanswerable, ask
from screening.verdict import judge, judge_one
from tests.factories import (
    NamedControllerFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    UserFactory,
    WordingFactory,
)
from tests.screening.conftest import GIVEN_AT, give
from tests.screening.registers import approved_test

NOW = datetime(2025, 6, 1, tzinfo=UTC)
BOXES = dict.fromkeys(
    (
        "distinguishable",
        "not_conditional",
        "no_preticked_box",
        "told_of_withdrawal",
        "channels_apart",
        "controller_named",
        "meets_recital_171",
    ),
    True,
)


def reasons(case: SimpleNamespace, channel: str = "email", at: datetime | None = None) -> tuple:
    return judge_one(ask(case.purpose, channel, at=at), case.value).reasons


def test_whoever_consented_may_be_contacted(consented: SimpleNamespace) -> None:
    assert reasons(consented) == ()


# Of the purpose ----------------------------------------------------------------------------------


def test_an_ended_purpose_closes_from_its_end(consented: SimpleNamespace) -> None:
    consented.purpose.active_until = NOW
    consented.purpose.save()
    assert reasons(consented, at=NOW - timedelta(seconds=1)) == ()
    assert reasons(consented, at=NOW) == ("purpose_inactive",)


def test_a_request_for_consent_is_blocked_where_the_rule_requires_one(
    consented: SimpleNamespace,
) -> None:
    asking = PurposeFactory(campaign=Campaign.CONSENT_REQUEST, basis=Basis.LEGITIMATE_INTEREST)
    approved_test(asking)
    assert "consent_request_blocked" in judge_one(ask(asking, "email"), consented.value).reasons
    letter = PointFactory(kind="postal", value="ul. Prosta 1")
    assert judge_one(ask(asking, "post"), letter.value).reasons == ()


# Of the contact ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "jan@", "+48 601 602 603", "6,01603E+08"])
def test_nothing_else_is_asked_of_what_is_no_address(
    consented: SimpleNamespace, value: str
) -> None:
    assert judge_one(ask(consented.purpose, "email"), value).reasons == ("invalid_contact",)


def test_the_register_never_says_yes_to_a_stranger(consented: SimpleNamespace) -> None:
    service = PurposeFactory(service=True)
    verdict = judge_one(ask(service, "email"), "obcy@poczta.example")
    assert verdict.reasons == ("unknown_contact",)


def test_a_contact_of_another_controller_is_a_stranger(consented: SimpleNamespace) -> None:
    other = PointFactory(controller=OrganisationFactory(client=True), value="anna@poczta.example")
    verdict = judge_one(ask(consented.purpose, "email"), other.value)
    assert verdict.reasons == ("unknown_contact",)


def test_a_reassigned_address_begins_anew(consented: SimpleNamespace) -> None:
    services.reassign(consented.point, retired_for="reassigned", reason="nowy właściciel")
    assert reasons(consented) == ("unknown_contact",)
    PointFactory(value=consented.value)
    assert reasons(consented) == ("no_consent",)
    assert reasons(consented, at=GIVEN_AT) == ()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (RestrictionKind.UNDELIVERABLE, "undeliverable"),
        (RestrictionKind.PROCESSING_RESTRICTED, "processing_restricted"),
        (RestrictionKind.DO_NOT_CONTACT, "do_not_contact"),
        (RestrictionKind.OBJECTION, "objection"),
    ],
)
def test_a_restriction_closes_until_it_is_lifted(
    consented: SimpleNamespace, kind: str, code: str
) -> None:
    restriction = services.restrict(consented.point, kind, words="proszę przestać")
    assert reasons(consented) == (code,)
    services.lift(restriction, reason="na prośbę osoby")
    assert reasons(consented) == ()


def test_a_later_confirmation_ends_undeliverable(consented: SimpleNamespace) -> None:
    moment = timezone.now() - timedelta(days=1)
    services.restrict(
        consented.point, RestrictionKind.UNDELIVERABLE, words="odbicie", effective_at=moment
    )
    services.confirm(consented.event, method="link", evidence="klik")
    assert reasons(consented) == ()


def test_a_confirmation_that_was_struck_out_reaches_nobody(consented: SimpleNamespace) -> None:
    services.restrict(
        consented.point, RestrictionKind.UNDELIVERABLE, words="odbicie", effective_at=GIVEN_AT
    )
    confirmation = services.confirm(consented.event, method="link", evidence="klik")
    services.invalidate(confirmation, method="link", reason="kliknął robot")
    assert reasons(consented) == ("undeliverable",)


def test_a_restriction_of_another_channel_leaves_this_one_open(consented: SimpleNamespace) -> None:
    services.restrict(
        consented.point, RestrictionKind.DO_NOT_CONTACT, words="nie", channel=Channel.SMS
    )
    assert reasons(consented) == ()


def test_an_objection_follows_the_person_to_every_address(consented: SimpleNamespace) -> None:
    phone = PointFactory(phone=True, subject=consented.subject)
    services.restrict(phone, "objection", words="żadnych reklam")
    assert reasons(consented) == ("objection",)


def test_a_no_to_one_number_is_none_to_another(consented: SimpleNamespace) -> None:
    phone = PointFactory(phone=True, subject=consented.subject)
    services.restrict(phone, RestrictionKind.DO_NOT_CONTACT, words="nie na ten numer")
    assert reasons(consented) == ()


def test_an_objection_to_marketing_leaves_service_open(consented: SimpleNamespace) -> None:
    services.restrict(consented.point, "objection", words="żadnych reklam")
    assert judge_one(ask(PurposeFactory(service=True), "email"), consented.value).is_allowed


def test_an_objection_to_a_purpose_closes_that_one_alone(consented: SimpleNamespace) -> None:
    service = PurposeFactory(service=True)
    services.restrict(
        consented.point, RestrictionKind.OBJECTION_PURPOSE, words="nie", purpose=service
    )
    assert judge_one(ask(service, "email"), consented.value).reasons == ("objection",)
    assert reasons(consented) == ()


@pytest.mark.parametrize(("scope", "service_too"), [("all", ("suppressed",)), ("commercial", ())])
def test_a_suppression_closes_its_scope_until_it_is_lifted(
    consented: SimpleNamespace, scope: str, service_too: tuple
) -> None:
    entry = services.suppress(
        consented.point.controller, "email", "JAN@poczta.example", origin="do_not_call", scope=scope
    )
    service = judge_one(ask(PurposeFactory(service=True), "email"), consented.value)
    assert (reasons(consented), service.reasons) == (("suppressed",), service_too)
    services.lift_suppression(entry, reason="pomyłka")
    assert reasons(consented) == ()


def test_a_minor_is_closed_to_marketing_from_that_day(consented: SimpleNamespace) -> None:
    consented.subject.minor_since = date(2025, 6, 1)
    consented.subject.save()
    # Half past midnight in Warsaw is still the day before in UTC.
    assert reasons(consented, at=datetime(2025, 5, 31, 22, 30, tzinfo=UTC)) == ("minor",)
    assert reasons(consented, at=datetime(2025, 5, 31, 21, 30, tzinfo=UTC)) == ()


def test_nobody_informed_in_time_is_contacted(consented: SimpleNamespace) -> None:
    partner = SourceFactory(kind="partner", vendor=OrganisationFactory(vendor=True))
    acquisition = services.acquire(consented.point, partner, obtained_on=date(2025, 4, 1))
    assert reasons(consented, at=datetime(2025, 5, 1, 12, tzinfo=UTC)) == ()
    assert reasons(consented, at=datetime(2025, 5, 2, 12, tzinfo=UTC)) == ("art14_overdue",)
    acquisition.inform(on=date(2025, 5, 3), how="SMS")
    assert reasons(consented, at=datetime(2025, 5, 4, 12, tzinfo=UTC)) == ()


def test_a_contact_known_from_the_person_too_is_not_overdue(consented: SimpleNamespace) -> None:
    partner = SourceFactory(kind="partner", vendor=OrganisationFactory(vendor=True))
    services.acquire(consented.point, partner, obtained_on=date(2025, 4, 1))
    services.acquire(consented.point, consented.source, obtained_on=date(2025, 4, 2))
    assert reasons(consented) == ()


def test_a_purchase_needs_proof(consented: SimpleNamespace) -> None:
    bought = SourceFactory(purchased=True)
    services.acquire(consented.point, bought, obtained_on=date(2025, 6, 1))
    assert reasons(consented, at=NOW) == ("source_unproven",)
    bought.names_controller, bought.proof, bought.proof_on = True, "nagranie", date(2025, 5, 1)
    bought.save()
    assert reasons(consented, at=NOW) == ()


def test_proof_opens_a_purchase_from_its_own_day(consented: SimpleNamespace) -> None:
    bought = SourceFactory(
        purchased=True, names_controller=True, proof="nagranie", proof_on=date(2025, 6, 2)
    )
    services.acquire(consented.point, bought, obtained_on=date(2025, 5, 20))
    assert reasons(consented, at=NOW) == ("source_unproven",)
    assert reasons(consented, at=NOW + timedelta(days=1)) == ()


def test_a_survey_is_commercial_until_somebody_approved_why_not(
    consented: SimpleNamespace,
) -> None:
    survey = PurposeFactory(
        basis=Basis.CONTRACT,
        campaign=Campaign.SURVEY,
        nature=Nature.SERVICE,
        service_reason="Badamy tylko obsługę zgłoszenia.",
        service_opinion="Bez zastrzeżeń.",
        service_approved_by=UserFactory(approver=True),
        service_approved_at=NOW,
    )
    before = ask(survey, "email", at=NOW - timedelta(seconds=1))
    assert judge_one(before, consented.value).reasons == ("no_consent",)
    assert judge_one(ask(survey, "email", at=NOW), consented.value).is_allowed


@pytest.mark.parametrize("value", ["jan@poczta.example", "+48 601 602 603"])
def test_a_letter_goes_to_no_number_and_no_e_mail(consented: SimpleNamespace, value: str) -> None:
    purpose = PurposeFactory(service=True)
    assert judge_one(ask(purpose, "post"), value).reasons == ("invalid_contact",)


def test_a_number_retired_twice_at_once_is_answered_once(consented: SimpleNamespace) -> None:
    retired = {"retired_at": NOW, "retired_for": "reassigned"}
    for _ in range(2):
        PointFactory(value="ola@poczta.example", **retired)
    question = ask(consented.purpose, "email", at=NOW - timedelta(days=1))
    assert len(judge(question, ["ola@poczta.example"])) == 1


# Of the consent ----------------------------------------------------------------------------------


def test_another_channel_needs_its_own_consent(consented: SimpleNamespace) -> None:
    phone = PointFactory(phone=True, subject=consented.subject)
    assert judge_one(ask(consented.purpose, "voice"), phone.value).reasons == ("no_consent",)


@pytest.mark.parametrize(("verb", "code"), [("refuse", "refused"), ("withdraw", "withdrawn")])
def test_a_no_closes_until_the_person_says_yes_again(
    consented: SimpleNamespace, verb: str, code: str
) -> None:
    later = {**consented.told, "occurred_at": GIVEN_AT + timedelta(days=1)}
    getattr(services, verb)(consented.point, consented.purpose, "email", **later)
    assert reasons(consented) == (code,)
    assert reasons(consented, at=GIVEN_AT) == ()
    give(consented.point, consented, occurred_at=GIVEN_AT + timedelta(days=2))
    assert reasons(consented) == ()


def test_what_was_not_known_then_closed_nothing_then(consented: SimpleNamespace) -> None:
    before = timezone.now()
    services.withdraw(consented.point, consented.purpose, "email", **consented.told)
    known = ask(consented.purpose, "email", known_at=before)
    assert judge_one(known, consented.value).reasons == ()
    assert reasons(consented) == ("withdrawn",)


def test_an_unconfirmed_consent_is_none(consented: SimpleNamespace) -> None:
    point = PointFactory(value="ola@poczta.example")
    event = services.give(
        point, consented.purpose, "email", needs_confirmation=True, **consented.told
    )
    question = ask(consented.purpose, "email")
    assert judge_one(question, point.value).reasons == ("unconfirmed",)
    services.confirm(event, method="link", evidence="klik")
    assert judge_one(ask(consented.purpose, "email"), point.value).is_allowed


def test_a_consent_runs_out_at_its_end(consented: SimpleNamespace) -> None:
    point = PointFactory(value="ola@poczta.example")
    give(point, consented, valid_until=NOW)
    assert judge_one(
        ask(consented.purpose, "email", at=NOW - timedelta(seconds=1)), point.value
    ).is_allowed
    assert judge_one(ask(consented.purpose, "email", at=NOW), point.value).reasons == ("expired",)


def test_a_consent_to_nobody_knows_what_is_none(consented: SimpleNamespace) -> None:
    point = PointFactory(value="ola@poczta.example")
    give(point, consented, source=SourceFactory())
    assert judge_one(ask(consented.purpose, "email"), point.value).reasons == ("wording_unknown",)


def test_a_wording_of_another_purpose_is_no_wording_of_this_one(consented: SimpleNamespace) -> None:
    point = PointFactory(value="ola@poczta.example")
    stray = WordingFactory(channel=Channel.EMAIL)
    NamedControllerFactory(wording=stray)
    give(point, consented, wording=stray)
    assert judge_one(ask(consented.purpose, "email"), point.value).reasons == ("wording_unknown",)


def test_the_wording_names_the_controller(consented: SimpleNamespace) -> None:
    point = PointFactory(value="ola@poczta.example")
    give(point, consented, wording=WordingFactory(purpose=consented.purpose))
    question = ask(consented.purpose, "email")
    assert judge_one(question, point.value).reasons == ("controller_not_named",)


def review(wording: object, outcome: str, **facts: object) -> None:
    WordingReview.objects.create(
        wording=wording, regime="pke398", outcome=outcome, **BOXES, **facts
    )


@pytest.mark.parametrize(
    ("outcome", "found"),
    [("ok", ()), ("pending", ("wording_pending",)), ("defective", ("wording_defective",))],
)
def test_the_latest_review_decides(consented: SimpleNamespace, outcome: str, found: tuple) -> None:
    review(consented.wording, "defective", effective_from=GIVEN_AT)
    review(consented.wording, outcome, effective_from=NOW)
    assert reasons(consented) == found


def test_of_reviews_of_one_day_the_one_learnt_of_last_decides(consented: SimpleNamespace) -> None:
    review(consented.wording, "ok", effective_from=NOW)
    review(consented.wording, "defective", effective_from=NOW)
    assert reasons(consented) == ("wording_defective",)


def test_a_wording_shown_by_others_waits_for_its_review(consented: SimpleNamespace) -> None:
    vendor = OrganisationFactory(vendor=True)
    point = PointFactory(value="ola@poczta.example")
    give(
        point,
        consented,
        source=SourceFactory(kind="partner", vendor=vendor),
        wording=consented.wording,
    )
    question = ask(consented.purpose, "email")
    assert judge_one(question, point.value).reasons == ("wording_pending",)
    assert reasons(consented) == ()


def test_an_old_wording_waits_for_its_review_under_the_new_law(consented: SimpleNamespace) -> None:
    old = WordingFactory(purpose=consented.purpose, regime="pt172")
    NamedControllerFactory(wording=old)
    point = PointFactory(value="ola@poczta.example")
    give(point, consented, wording=old)
    question = ask(consented.purpose, "email")
    assert judge_one(question, point.value).reasons == ("wording_pending",)


def test_nobody_consents_for_another(consented: SimpleNamespace) -> None:
    point = PointFactory(value="ola@poczta.example")
    give(point, consented, giver="third_party")
    assert judge_one(ask(consented.purpose, "email"), point.value).reasons == ("giver_not_user",)


def test_a_letter_for_a_consent_purpose_needs_consent_too(consented: SimpleNamespace) -> None:
    letter = PointFactory(kind="postal", value="ul. Prosta 1", subject=consented.subject)
    by_interest = PurposeFactory(legitimate=True)
    approved_test(by_interest)
    assert judge_one(ask(consented.purpose, "post"), letter.value).reasons == ("no_consent",)
    assert judge_one(ask(by_interest, "post"), letter.value).is_allowed


def test_a_company_needs_the_consent_of_the_channel_and_no_basis(
    consented: SimpleNamespace,
) -> None:
    consented.subject.kind = SubjectKind.COMPANY
    consented.subject.save()
    by_interest = PurposeFactory(legitimate=True)
    approved_test(by_interest)
    letter = PointFactory(kind="postal", value="ul. Prosta 1", subject=consented.subject)
    assert judge_one(ask(by_interest, "email"), consented.value).reasons == ("no_consent",)
    assert judge_one(ask(consented.purpose, "post"), letter.value).is_allowed


def test_natural_persons_alone_were_protected_before_2024(consented: SimpleNamespace) -> None:
    """Art. 10 UŚUDE beside art. 172 PT: a message to a company's handle needed no consent."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    by_interest = PurposeFactory(legitimate=True)
    approved_test(by_interest, moment - timedelta(days=1))
    company = PointFactory(kind="handle", value="@firma", subject=consented.subject)
    question = ask(by_interest, Channel.MESSENGER, at=moment)
    assert judge_one(question, company.value).reasons == ("no_consent",)
    consented.subject.kind = SubjectKind.COMPANY
    consented.subject.save()
    assert judge_one(question, company.value).is_allowed


def test_all_reasons_are_told_in_order(consented: SimpleNamespace) -> None:
    consented.purpose.active_until = NOW
    consented.purpose.save()
    services.restrict(consented.point, "objection", words="dość")
    services.withdraw(consented.point, consented.purpose, "email", **consented.told)
    services.restrict(consented.point, RestrictionKind.DO_NOT_CONTACT, words="dość")
    assert reasons(consented) == ("purpose_inactive", "do_not_contact", "objection", "withdrawn")


def test_every_value_has_its_answer_in_its_place(consented: SimpleNamespace) -> None:
    values = ["", consented.value, "obcy@poczta.example", " JAN@Poczta.example "]
    answers = judge(ask(consented.purpose, "email"), values)
    assert [a.is_allowed for a in answers] == [False, True, False, True]


# Errors instead of verdicts, obligations ---------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "channel", "named"),
    [("marketin", "email", "marketing"), ("marketing", "emial", "email")],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    consented: SimpleNamespace, purpose: str, channel: str, named: str
) -> None:
    with pytest.raises(Unanswerable, match=rf"\b{named}\b"):
        ask(purpose, channel)


def test_a_channel_without_a_rule_is_refused(consented: SimpleNamespace) -> None:
    with pytest.raises(Unanswerable, match="2001-01-01"):
        ask(consented.purpose, "email", at=datetime(2001, 1, 1, 12, tzinfo=UTC))


def obligations(case: SimpleNamespace, purpose: object, channel: str, value: str) -> tuple:
    return judge_one(ask(purpose, channel), value).obligations


def test_a_commercial_email_is_marked(consented: SimpleNamespace) -> None:
    assert obligations(consented, consented.purpose, "email", consented.value) == (
        "mark_commercial",
    )
    service = PurposeFactory(service=True)
    assert obligations(consented, service, "email", consented.value) == ()


def test_on_legitimate_interest_the_right_to_object_is_told(consented: SimpleNamespace) -> None:
    interest = PurposeFactory(
        basis=Basis.LEGITIMATE_INTEREST, campaign=Campaign.MATTER, nature=Nature.SERVICE
    )
    approved_test(interest)
    assert obligations(consented, interest, "email", consented.value) == ("tell_right_to_object",)


def test_whoever_was_not_informed_is_informed_at_first_contact(consented: SimpleNamespace) -> None:
    partner = SourceFactory(kind="partner", vendor=OrganisationFactory(vendor=True))
    acquisition = services.acquire(consented.point, partner, obtained_on=timezone.localdate())
    service = PurposeFactory(service=True)
    assert obligations(consented, service, "email", consented.value) == ("give_art14_notice",)
    acquisition.inform(on=timezone.localdate(), how="SMS")
    assert obligations(consented, service, "email", consented.value) == ()


def test_contact_hours_bind_what_rings(consented: SimpleNamespace, settings: object) -> None:
    settings.CONTACT_HOURS = "09:00-20:00"
    phone = PointFactory(phone=True, subject=consented.subject)
    service = PurposeFactory(service=True)
    assert obligations(consented, service, "voice", phone.value) == ("honour_hours",)
    assert obligations(consented, service, "email", consented.value) == ()


def test_a_denial_comes_without_obligations(consented: SimpleNamespace) -> None:
    services.restrict(consented.point, "objection", words="dość")
    assert obligations(consented, consented.purpose, "email", consented.value) == ()
