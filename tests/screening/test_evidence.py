"""On what an allow rests, and what must be said with it, in both languages."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation

from consents import services
from consents.choices import SubjectKind
from processing.choices import Channel
from processors.choices import ToolKind
from screening.duties import duties
from screening.evidence import evidence
from screening.question import Question, ask
from screening.verdict import judge, judge_one, list_valid_until
from tests.factories import (
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
)
from tests.screening.conftest import GIVEN_AT, give
from tests.screening.registers import approved_test, tool_in_use, used_by

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


def of_one(question: Question, value: str) -> object:
    return evidence(question, [judge_one(question, value)])[0]


def test_an_allow_names_the_act_the_text_and_the_source_it_rests_on(
    consented: SimpleNamespace,
) -> None:
    found = of_one(ask("marketing", "email", at=NOON), consented.value)
    assert (found.basis, found.event) == ("6-1-a", consented.event.uuid)
    assert (found.since, found.source) == (GIVEN_AT, "formularz")
    assert found.wording == "marketing/email/pl/3"
    assert [rule.slug for rule in found.rules] == ["pke398-email-2024"]


def test_a_denial_has_no_evidence(consented: SimpleNamespace) -> None:
    question = ask("marketing", "email", at=NOON)
    verdicts = judge(question, ["obcy@poczta.example", consented.value])
    assert [e is None for e in evidence(question, verdicts)] == [True, False]


def test_a_legitimate_interest_rests_on_its_test(consented: SimpleNamespace) -> None:
    purpose = PurposeFactory(legitimate=True, slug="listy")
    test = approved_test(purpose, NOON - timedelta(days=1))
    letter = PointFactory(kind="postal", value="ul. Prosta 1", subject=consented.subject)
    found = of_one(ask(purpose, "post", at=NOON), letter.value)
    assert (found.balance_test, found.event, found.wording) == (test.reference, None, "")


def test_a_company_has_no_basis_and_its_own_rules(consented: SimpleNamespace) -> None:
    """Art. 10 UŚUDE protected natural persons alone."""
    consented.subject.kind = SubjectKind.COMPANY
    consented.subject.save()
    service, moment = PurposeFactory(service=True), datetime(2020, 1, 1, tzinfo=UTC)
    found = of_one(ask(service, "sms", at=moment), PointFactory(phone=True).value)
    company = PointFactory(phone=True, subject=consented.subject)
    companys = of_one(ask(service, "sms", at=moment), company.value)
    assert (found.basis, companys.basis) == (service.basis, "")
    assert {r.regime for r in found.rules} - {r.regime for r in companys.rules} == {"usude10"}


def test_a_list_says_until_when_it_holds(consented: SimpleNamespace) -> None:
    question = ask("marketing", "email", at=NOON)
    until = list_valid_until(question)
    [found] = evidence(question, [judge_one(question, consented.value)], valid_until=until)
    assert (found.as_of, found.valid_until) == (NOON, NOON + timedelta(hours=4))


def test_evidence_fits_a_column_and_a_json_answer(consented: SimpleNamespace) -> None:
    found = of_one(ask("marketing", "email", at=NOON), consented.value)
    assert found.as_text() == (
        f"rules=pke398-email-2024 event={consented.event.uuid} since=2025-03-01T12:00:00+00:00 "
        "wording=marketing/email/pl/3 source=formularz"
    )
    told = found.as_dict()
    assert told["as_of"] == "2026-03-02T11:00:00+00:00"
    assert (told["balance_test"], told["rules"][0]["regime"]) == (None, "pke398")


def test_a_batch_costs_as_many_queries_as_one(
    django_assert_num_queries: object, consented: SimpleNamespace
) -> None:
    values = [consented.value]
    for number in range(3):
        point = PointFactory(value=f"osoba{number}@poczta.example")
        give(point, consented)
        values.append(point.value)
    question = ask("marketing", "email", at=NOON)
    verdicts = judge(question, values)
    evidence(question, verdicts[:1])
    with django_assert_num_queries(0):
        assert len({found.event for found in evidence(question, verdicts)}) == 4


# What must be said -------------------------------------------------------------------------------


def said(question: Question, value: str) -> list[tuple[str, str, str]]:
    [found] = duties(question, [judge_one(question, value)])
    return [(duty.code, duty.sentence_pl, duty.sentence_en) for duty in found]


def test_a_tool_speaks_in_its_own_words_in_both_languages() -> None:
    purpose, point = PurposeFactory(service=True), PointFactory(phone=True)
    bot = tool_in_use(
        "voicebot",
        kind=ToolKind.VOICEBOT,
        ai_sentence_pl="Rozmawia Pani z botem Ania.",
        ai_sentence_en="This is Ania, a bot.",
    )
    used_by(purpose.activity, bot)
    question = ask(purpose, Channel.AUTOMATED_CALL, tool=bot)
    assert said(question, point.value) == [
        ("announce_ai", "„Rozmawia Pani z botem Ania.”", "“This is Ania, a bot.”")
    ]


def test_a_sentence_does_not_depend_on_the_active_language() -> None:
    purpose, point = PurposeFactory(service=True), PointFactory(phone=True)
    used_by(purpose.activity, tool_in_use("rejestrator", records_calls=True))
    heard = set()
    for language in ("pl", "en"):
        with translation.override(language):
            heard.add(tuple(said(ask(purpose, "voice"), point.value)))
    [[(code, polish, english)]] = heard
    assert (code, english) == ("announce_recording", "“This call is recorded.”")
    assert polish == "„Ta rozmowa jest nagrywana.”"


def test_whoever_was_not_informed_hears_which_sources_it_was(consented: SimpleNamespace) -> None:
    vendor = OrganisationFactory(vendor=True)
    partners = [
        SourceFactory(kind="partner", vendor=vendor, name_pl=f"Partner {n}", name_en=f"Ally {n}")
        for n in range(3)
    ]
    point = PointFactory(value="ola@poczta.example")
    for partner in partners:
        services.acquire(point, partner, obtained_on=date(2026, 3, 1))
    point.acquisitions.get(source=partners[1]).inform(on=date(2026, 3, 1), how="SMS")
    service = PurposeFactory(service=True)
    # Whoever was told of one source has been told.
    assert said(ask(service, "email", at=NOON), point.value) == []
    other = PointFactory(value="iza@poczta.example")
    for partner in partners[:2]:
        services.acquire(other, partner, obtained_on=date(2026, 3, 1))
    [(code, polish, english)] = said(ask(service, "email", at=NOON), other.value)
    assert code == "give_art14_notice"
    assert "Partner 0, Partner 1" in polish
    assert "Ally 0, Ally 1" in english


def test_a_source_of_later_is_not_named(consented: SimpleNamespace) -> None:
    vendor, point = OrganisationFactory(vendor=True), PointFactory(value="ola@poczta.example")
    for day, name in ((1, "Wcześniejszy"), (9, "Późniejszy")):
        partner = SourceFactory(kind="partner", vendor=vendor, name_pl=name)
        services.acquire(point, partner, obtained_on=date(2026, 3, day))
    [(_code, polish, _english)] = said(
        ask(PurposeFactory(service=True), "email", at=NOON), point.value
    )
    assert "Wcześniejszy" in polish
    assert "Późniejszy" not in polish


def test_a_denial_asks_nothing_of_anybody(consented: SimpleNamespace) -> None:
    assert said(ask("marketing", "email"), "obcy@poczta.example") == []


def test_duties_of_a_batch_cost_no_query_for_each(
    django_assert_num_queries: object, consented: SimpleNamespace
) -> None:
    vendor, values = OrganisationFactory(vendor=True), []
    partner = SourceFactory(kind="partner", vendor=vendor)
    for number in range(3):
        point = PointFactory(value=f"osoba{number}@poczta.example")
        services.acquire(point, partner, obtained_on=date(2026, 3, 1))
        values.append(point.value)
    question = ask(PurposeFactory(service=True), "email", at=NOON)
    verdicts = judge(question, values)
    with django_assert_num_queries(2):
        assert all(len(found) == 1 for found in duties(question, verdicts))
