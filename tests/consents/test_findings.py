"""Each finding of the room, both ways: it is found where it stands, and gone once it is mended."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import rules
from consents import services
from consents.models import ConsentEvent, ConsentWording, Evidence, LeadSource, WordingReview
from tests.consents.screens import LAST_YEAR, give, given
from tests.factories import (
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    WordingFactory,
)

pytestmark = pytest.mark.django_db

CHECKLIST = {
    "distinguishable": True,
    "not_conditional": True,
    "no_preticked_box": True,
    "told_of_withdrawal": True,
    "channels_apart": True,
    "controller_named": True,
    "meets_recital_171": True,
}


def found(code: str) -> list[Any]:
    rule = next(each for each in rules.registered() if each.code == code)
    return list(rule.records())


def reviewed(wording: ConsentWording, outcome: str, regime: str = "pke398") -> WordingReview:
    review = WordingReview(wording=wording, regime=regime, outcome=outcome, **CHECKLIST)
    review.save()
    return review


def shown(**wording: Any) -> ConsentWording:
    return SourceWordingFactory(wording__channel="email", **wording).wording


# Wordings ----------------------------------------------------------------------------------------


def test_a_defective_wording_in_use_is_found_until_reviewed_ok() -> None:
    wording = shown()
    reviewed(wording, "defective")
    assert found("wording_defective") == [wording]
    reviewed(wording, "ok")
    assert found("wording_defective") == []


def test_a_wording_of_an_earlier_law_waits_for_a_review_under_the_present_one() -> None:
    wording = shown(wording__regime="usude10")
    assert found("wording_pending") == [wording]
    reviewed(wording, "ok", regime="usude10")
    assert found("wording_pending") == [wording]
    reviewed(wording, "ok")
    assert found("wording_pending") == []


def test_a_wording_of_the_present_law_shown_by_us_counts_as_ok() -> None:
    shown(wording__regime="pke398")
    assert found("wording_pending") == []


def test_a_wording_that_others_showed_waits_for_a_review() -> None:
    wording = shown(wording__regime="pke398", source=SourceFactory(purchased=True))
    assert found("wording_pending") == [wording]


def test_a_wording_that_nobody_ever_saw_is_no_finding() -> None:
    reviewed(WordingFactory(), "defective")
    assert found("wording_defective") == []


def test_a_wording_no_longer_shown_is_found_while_consents_rest_on_it() -> None:
    point, source, purpose = PointFactory(), SourceFactory(), PurposeFactory()
    wording = SourceWordingFactory(
        source=source,
        wording__purpose=purpose,
        wording__regime="usude10",
        shown_until=LAST_YEAR + timedelta(days=1),
    ).wording
    assert found("wording_pending") == []
    give(point, purpose, source=source)
    assert found("wording_pending") == [wording]
    services.withdraw(
        point, purpose, "email", source=source, method="call", evidence="proszę nie pisać"
    )
    assert found("wording_pending") == []


def test_where_no_law_asks_for_consent_the_gdpr_is_asked() -> None:
    wording = SourceWordingFactory(wording__channel="post", wording__regime="gdpr").wording
    assert found("wording_defective") == []
    reviewed(wording, "defective", regime="gdpr")
    assert found("wording_defective") == [wording]


def test_a_purpose_whose_consents_have_no_text_is_found() -> None:
    consent = given()
    assert found("purpose_without_wording") == [consent.purpose]
    WordingFactory(purpose=consent.purpose, channel="email")
    assert found("purpose_without_wording") == []


def test_a_purpose_that_nobody_consented_to_needs_no_text() -> None:
    PurposeFactory()
    assert found("purpose_without_wording") == []


# Sources -----------------------------------------------------------------------------------------


def purchased(**fields: Any) -> LeadSource:
    return SourceFactory(purchased=True, **fields)


def test_a_source_whose_people_were_not_told_in_time_is_found() -> None:
    source = purchased()
    day = timezone.localdate() - timedelta(days=60)
    row = services.acquire(PointFactory(), source, obtained_on=day)
    assert found("art14_overdue") == [source]
    row.inform(on=timezone.localdate(), how="list")
    assert found("art14_overdue") == []


def test_a_source_within_its_month_is_not_overdue() -> None:
    services.acquire(PointFactory(), purchased(), obtained_on=timezone.localdate())
    assert found("art14_overdue") == []


def test_an_own_form_owes_nobody_an_art_14_notice() -> None:
    day = timezone.localdate() - timedelta(days=60)
    services.acquire(PointFactory(), SourceFactory(), obtained_on=day)
    assert found("art14_overdue") == []


def test_a_bought_database_needs_proof() -> None:
    source = purchased()
    assert found("source_unproven") == [source]
    source.names_controller, source.proof, source.proof_on = True, "umowa 4", LAST_YEAR.date()
    source.save()
    assert found("source_unproven") == []


def test_an_own_form_needs_no_proof_of_another() -> None:
    SourceFactory()
    assert found("source_unproven") == []


def test_consents_on_unknown_words_are_found_until_the_source_says_what_it_showed() -> None:
    consent = given()
    source = consent.event.source
    assert found("wording_unknown") == [source]
    SourceWordingFactory(source=source, wording__purpose=consent.purpose)
    assert found("wording_unknown") == []


def test_a_wording_shown_only_later_explains_nothing() -> None:
    consent = given()
    SourceWordingFactory(
        source=consent.event.source,
        wording__purpose=consent.purpose,
        shown_from=LAST_YEAR + timedelta(seconds=1),
    )
    assert found("wording_unknown") == [consent.event.source]


# A yes beside a standing no ----------------------------------------------------------------------


def test_a_consent_after_a_do_not_contact_is_found_until_it_is_lifted() -> None:
    point = PointFactory()
    stop = services.restrict(
        point, "do_not_contact", words="nie", effective_at=LAST_YEAR - timedelta(days=1)
    )
    give(point, PurposeFactory())
    assert found("consent_beside_do_not_contact") == [stop]
    services.lift(stop, reason="zadzwonił i odwołał")
    assert found("consent_beside_do_not_contact") == []


@pytest.mark.parametrize("channel", ["email", None])
def test_a_consent_before_a_do_not_contact_is_no_finding(channel: str | None) -> None:
    point = PointFactory()
    give(point, PurposeFactory())
    services.restrict(point, "do_not_contact", words="nie", channel=channel)
    assert found("consent_beside_do_not_contact") == []


def test_a_do_not_contact_of_another_channel_is_no_finding() -> None:
    point = PointFactory(phone=True)
    before = LAST_YEAR - timedelta(days=1)
    services.restrict(point, "do_not_contact", words="nie", channel="sms", effective_at=before)
    give(point, PurposeFactory(), channel="voice")
    assert found("consent_beside_do_not_contact") == []


def test_a_consent_of_somebody_suppressed_is_found_until_taken_off() -> None:
    point = PointFactory(value="anna@poczta.example")
    entry = services.suppress(
        point.controller, "email", "Anna@Poczta.example", origin="do_not_call", scope="all"
    )
    assert found("consent_beside_suppression") == []
    give(point, PurposeFactory(), occurred_at=timezone.now())
    assert found("consent_beside_suppression") == [entry]
    services.lift_suppression(entry, reason="prośba osoby")
    assert found("consent_beside_suppression") == []


def test_every_finding_leads_to_its_mend() -> None:
    ours = [rule for rule in rules.registered() if rule.model._meta.app_label == "consents"]
    assert len(ours) == 11
    assert all(rule.mend_label and rule.article for rule in ours)
    source = purchased()
    assert [f.mend_url for f in rules.findings_for(source)] == [
        f"/admin/consents/leadsource/{source.pk}/change/"
    ]


# Bundled, retired, and proof that ends -----------------------------------------------------------


def test_a_clause_for_several_channels_is_found_while_it_is_shown() -> None:
    shown_now = SourceWordingFactory(wording__bundled=True)
    assert found("wording_bundled") == [shown_now.wording]
    shown_now.shown_until = timezone.now()
    shown_now.save()
    assert found("wording_bundled") == []


def test_a_bundled_clause_of_before_is_found_until_somebody_reviews_it() -> None:
    point, purpose = PointFactory(), PurposeFactory()
    before = SourceWordingFactory(
        wording__purpose=purpose,
        wording__bundled=True,
        shown_until=LAST_YEAR + timedelta(days=1),
    )
    give(point, purpose, source=before.source)
    assert found("wording_bundled") == [before.wording]
    reviewed(before.wording, "ok")
    assert found("wording_bundled") == []


def test_one_clause_for_one_channel_is_no_finding() -> None:
    SourceWordingFactory()
    assert found("wording_bundled") == []


def test_consents_on_a_retired_wording_are_found_until_somebody_looks_at_it() -> None:
    point, purpose = PointFactory(), PurposeFactory()
    retired = SourceWordingFactory(
        wording__purpose=purpose, shown_until=LAST_YEAR + timedelta(days=1)
    )
    assert found("wording_retired") == []
    give(point, purpose, source=retired.source)
    assert found("wording_retired") == [retired.wording]
    reviewed(retired.wording, "ok")
    assert found("wording_retired") == []


def test_a_wording_that_another_source_still_shows_is_not_retired() -> None:
    point, purpose = PointFactory(), PurposeFactory()
    retired = SourceWordingFactory(
        wording__purpose=purpose, shown_until=LAST_YEAR + timedelta(days=1)
    )
    give(point, purpose, source=retired.source)
    SourceWordingFactory(wording=retired.wording)
    assert found("wording_retired") == []


def spoken(days: int | None, **event: Any) -> LeadSource:
    """The source of a consent given in a call whose recording is kept for ``days`` from today."""
    source = SourceFactory()
    consent = give(PointFactory(), PurposeFactory(), source=source, method="call", **event)
    evidence = Evidence.objects.get(pk=consent.evidence_id)
    evidence.expires_on = timezone.localdate() + timedelta(days=days) if days is not None else None
    evidence.save()
    return source


@pytest.mark.parametrize(("days", "is_found"), [(-1, True), (60, True), (61, False), (None, False)])
def test_proof_of_a_spoken_consent_that_ends_first_is_found_sixty_days_ahead(
    days: int | None, is_found: bool
) -> None:
    source = spoken(days)
    assert found("voice_proof_ending") == ([source] if is_found else [])


def test_proof_that_outlives_the_consent_is_no_finding() -> None:
    spoken(30, valid_until=timezone.now() + timedelta(days=20))
    assert found("voice_proof_ending") == []


def test_proof_of_what_was_withdrawn_may_go() -> None:
    source = spoken(30)
    event = ConsentEvent.objects.get(source=source)
    services.withdraw(
        event.contact_point,
        event.purpose,
        "email",
        source=source,
        method="call",
        evidence="proszę nie pisać",
    )
    assert found("voice_proof_ending") == []


# Consents that nobody knows the text of: every gap ------------------------------------------------


def test_a_consent_given_before_the_first_text_is_found() -> None:
    point, purpose, source = PointFactory(), PurposeFactory(), SourceFactory()
    give(point, purpose, source=source)
    assert found("wording_unknown") == [source]
    SourceWordingFactory(
        source=source, wording__purpose=purpose, shown_from=LAST_YEAR + timedelta(days=1)
    )
    assert found("wording_unknown") == [source]
    SourceWordingFactory(
        source=source,
        wording__purpose=purpose,
        shown_from=LAST_YEAR,
        shown_until=LAST_YEAR + timedelta(days=1),
    )
    assert found("wording_unknown") == []


def test_a_consent_given_between_two_texts_is_found() -> None:
    point, purpose, source = PointFactory(), PurposeFactory(), SourceFactory()
    give(point, purpose, source=source)
    for start, end in ((-9, -1), (1, 9)):
        SourceWordingFactory(
            source=source,
            wording__purpose=purpose,
            shown_from=LAST_YEAR + timedelta(days=start),
            shown_until=LAST_YEAR + timedelta(days=end),
        )
    assert found("wording_unknown") == [source]
    SourceWordingFactory(
        source=source, wording__purpose=purpose, shown_from=LAST_YEAR - timedelta(days=2)
    )
    assert found("wording_unknown") == []


def test_a_consent_given_after_the_last_text_went_is_found() -> None:
    point, purpose, source = PointFactory(), PurposeFactory(), SourceFactory()
    give(point, purpose, source=source)
    SourceWordingFactory(
        source=source,
        wording__purpose=purpose,
        shown_from=LAST_YEAR - timedelta(days=9),
        shown_until=LAST_YEAR,
    )
    assert found("wording_unknown") == [source]


def test_a_text_for_another_channel_or_purpose_or_source_says_nothing() -> None:
    point, purpose, source = PointFactory(), PurposeFactory(), SourceFactory()
    give(point, purpose, source=source)
    SourceWordingFactory(source=source, wording__purpose=purpose, wording__channel="sms")
    SourceWordingFactory(source=source)
    SourceWordingFactory(wording__purpose=purpose)
    assert found("wording_unknown") == [source]
