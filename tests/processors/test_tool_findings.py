"""Each condition before use, both ways: broken and mended, as a gate and as a finding."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from audit import rules
from processors.choices import Diligence, ToolKind
from processors.models import AutomationTool, Organisation
from tests.factories import AgreementFactory, OrganisationFactory, ToolFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_rules_of_this_room")]

SAYS_PL, SAYS_EN = "Zdanie.", "A sentence."
BOTH = "pl en"


def sentence(name: str, languages: str = BOTH) -> dict[str, str]:
    said = {"pl": SAYS_PL, "en": SAYS_EN}
    return {f"{name}_{each}": said[each] for each in languages.split()}


def unmet(tool: AutomationTool) -> set[str]:
    return {rule.code for rule in rules.unmet(tool, "put_in_use")}


def found(tool: AutomationTool) -> set[str]:
    return {finding.rule.code for finding in rules.findings_for(tool)}


# code, facts that break it, facts that mend it
CASES = [
    ("tool_disclosure_missing", {"disclosure_pl": ""}, sentence("disclosure")),
    ("tool_disclosure_missing", {"disclosure_en": ""}, sentence("disclosure")),
    (
        "tool_recording_unannounced",
        {"records_calls": True, **sentence("recording_sentence", "pl")},
        sentence("recording_sentence"),
    ),
    ("tool_recording_unannounced", {"records_calls": True}, {"records_calls": False}),
    (
        "tool_decisions_unguarded",
        {"automated_decisions": True},
        {"decision_safeguards": "Zgoda; odwołanie do kierownika zmiany."},
    ),
    (
        "tool_ai_undisclosed",
        {"kind": ToolKind.VOICEBOT, **sentence("ai_sentence", "pl")},
        sentence("ai_sentence"),
    ),
    (
        "tool_ai_undisclosed",
        {"kind": ToolKind.CHATBOT, **sentence("ai_sentence", "en")},
        sentence("ai_sentence"),
    ),
    ("tool_ai_undisclosed", {"kind": ToolKind.IVR, "uses_ai": True}, {"uses_ai": False}),
    ("tool_ai_not_in_contract", {"kind": ToolKind.CHATBOT}, {"ai_vendor_clause": "§ 7"}),
    (
        "tool_emotion_of_agents",
        {"emotion_agents_voice": True},
        {"emotion_agents_voice": False},
    ),
    ("tool_emotion_of_agents", {"emotion_agents_face": True}, {"emotion_agents_face": False}),
    (
        "tool_emotion_of_both",
        {"emotion_agents_text": True, "emotion_customers_text": True},
        {"emotion_agents_text": False},
    ),
    *(
        (
            "tool_emotion_undisclosed",
            {f"emotion_customers_{source}": True, **sentence("emotion_notice", "pl")},
            sentence("emotion_notice"),
        )
        for source in ("voice", "face", "text")
    ),
    (
        "tool_emotion_without_dpia",
        {"emotion_customers_voice": True},
        {"dpia_location": "EOD, DPIA/2026/3"},
    ),
]


def changed(tool: AutomationTool, facts: dict[str, Any]) -> AutomationTool:
    for name, value in facts.items():
        setattr(tool, name, value)
    tool.save()
    return tool


@pytest.mark.parametrize(("code", "broken", "mended"), CASES)
def test_a_condition_closes_the_gate_until_it_is_mended(
    code: str, broken: dict[str, Any], mended: dict[str, Any]
) -> None:
    tool = ToolFactory(verified=True, **broken)
    assert code in unmet(tool)
    assert code not in unmet(changed(tool, mended))


@pytest.mark.parametrize(("code", "broken", "mended"), CASES)
def test_and_is_a_finding_on_a_tool_in_use(
    code: str, broken: dict[str, Any], mended: dict[str, Any]
) -> None:
    tool = ToolFactory(in_use=True, **broken)
    assert code in found(tool)
    assert code not in found(changed(tool, mended))


@pytest.mark.parametrize("state", ["answered", "verified", "retired"])
def test_what_is_not_in_use_has_no_findings_of_use(state: str) -> None:
    tool = ToolFactory(**{state: True}, disclosure_pl="", data_returned="zwrócone")
    assert found(tool) == set()


def test_what_is_whole_waits_for_nothing() -> None:
    assert unmet(ToolFactory(verified=True)) == set()
    assert unmet(ToolFactory(verified=True, bot=True)) == set()


def said_of(tool: AutomationTool) -> set[str]:
    return {str(words) for words in rules.conditions(tool, "put_in_use").met}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, {"no emotion inference"}),
        (
            {"emotion_customers_text": True},
            {
                "only customers' emotions are inferred",
                "agents' emotions are not read from voice or face",
            },
        ),
        (
            {"emotion_agents_text": True},
            {
                "only agents' emotions are inferred",
                "agents' emotions are not read from voice or face",
            },
        ),
        ({"emotion_agents_voice": True}, {"only agents' emotions are inferred"}),
        ({"emotion_agents_voice": True, "emotion_customers_voice": True}, set()),
    ],
)
def test_what_is_met_about_emotions_is_what_is_so(facts: dict[str, Any], words: set[str]) -> None:
    with translation.override("en"):
        said = said_of(ToolFactory(verified=True, **facts))
    assert {each for each in said if "emotion" in each} == words


def test_a_menu_of_keys_is_no_bot() -> None:
    assert unmet(ToolFactory(verified=True, kind=ToolKind.IVR)) == set()


def test_emotions_of_agents_read_from_text_alone_are_not_prohibited() -> None:
    assert unmet(ToolFactory(verified=True, emotion_agents_text=True)) == set()


def test_each_finding_leads_to_a_page(client: Client) -> None:
    client.force_login(UserFactory())
    facts = {"kind": ToolKind.VOICEBOT, "records_calls": True, "automated_decisions": True}
    emotions = {"emotion_agents_voice": True, "emotion_customers_voice": True}
    tool = changed(ToolFactory(disclosure_pl="", **facts, **emotions), {})
    met = rules.conditions(tool, "put_in_use")
    assert len(met.unmet) >= 9
    for finding in met.unmet:
        url = finding.mend_url.partition("#")[0]
        assert client.get(url).status_code == 200, finding.rule.code
        assert finding.meta
        assert finding.mend_label


def test_a_sentence_leads_to_the_language_that_is_missing() -> None:
    tool = ToolFactory(verified=True, disclosure_en="")
    [finding] = rules.conditions(tool, "put_in_use").unmet
    assert finding.mend_url.endswith("#id_disclosure_en")
    assert finding.detail == "Polish is ready, English is missing."


# The agreement -----------------------------------------------------------------------------------


@pytest.fixture
def vendor() -> Organisation:
    return OrganisationFactory(
        vendor=True, diligence=Diligence.SUFFICIENT, diligence_on=date(2025, 1, 2)
    )


def needing(vendor: Organisation, **facts: Any) -> AutomationTool:
    return ToolFactory(verified=True, vendor=vendor, agreement_needed=True, **facts)


def test_somebody_must_have_answered_whether_an_agreement_is_needed() -> None:
    tool = ToolFactory()
    assert unmet(tool) == {"tool_agreement_undecided"}
    tool.decide_agreement(by=UserFactory(), needed=False, reason="Własny serwer.")
    assert unmet(tool) == set()


def test_an_answer_about_another_vendor_is_none(vendor: Organisation) -> None:
    tool = changed(ToolFactory(verified=True), {"vendor": OrganisationFactory(slug="nowy")})
    assert {"tool_agreement_undecided", "tool_vendor_changed"} <= unmet(tool)


def test_a_needed_agreement_must_be_in_force(vendor: Organisation) -> None:
    tool = needing(vendor)
    assert unmet(tool) == {"tool_without_agreement"}
    AgreementFactory(processor=vendor)
    assert unmet(tool) == set()


@pytest.mark.parametrize(
    "trait",
    [
        {"draft": True},
        {"in_force_until": date(2025, 2, 1)},
        {"terminated_on": date(2025, 2, 1)},
        {"complete": False},
        {"taken": True},
    ],
)
def test_no_other_agreement_will_do(vendor: Organisation, trait: dict[str, Any]) -> None:
    AgreementFactory(**({} if "taken" in trait else {"processor": vendor}), **trait)
    assert "tool_without_agreement" in unmet(needing(vendor))


def test_the_agreement_that_the_tool_names_counts_alone(vendor: Organisation) -> None:
    AgreementFactory(processor=vendor)
    tool = needing(vendor, agreement=AgreementFactory(processor=vendor, draft=True))
    [finding] = rules.conditions(tool, "put_in_use").unmet
    assert finding.rule.code == "tool_without_agreement"
    assert finding.detail == f"{tool.agreement.reference}: Draft."


def test_an_agreement_with_another_company_is_none(vendor: Organisation) -> None:
    other = AgreementFactory(processor=OrganisationFactory(slug="inna"))
    [finding] = rules.conditions(needing(vendor, agreement=other), "put_in_use").unmet
    assert "another company" in finding.detail


def test_an_agreement_that_ends_is_a_finding_on_the_tool_in_use(vendor: Organisation) -> None:
    agreement = AgreementFactory(processor=vendor)
    tool = ToolFactory(in_use=True, vendor=vendor, agreement_needed=True, agreement=agreement)
    assert found(tool) == set()
    agreement.in_force_until = timezone.localdate()
    agreement.save()
    assert found(tool) == {"tool_without_agreement"}


def test_an_agreement_that_ends_tomorrow_still_stands(vendor: Organisation) -> None:
    AgreementFactory(processor=vendor, in_force_until=timezone.localdate() + timedelta(days=1))
    assert unmet(needing(vendor)) == set()


def test_a_change_of_vendor_is_a_finding_on_the_tool_in_use() -> None:
    tool = changed(ToolFactory(in_use=True), {"vendor": OrganisationFactory(slug="nowy")})
    assert found(tool) == {"tool_agreement_undecided", "tool_vendor_changed"}
    tool.verify(by=UserFactory())
    tool.decide_agreement(by=UserFactory(), needed=False, reason="Bez dostępu do danych.")
    assert found(tool) == set()


@pytest.mark.parametrize(
    ("diligence", "codes"),
    [
        (Diligence.NOT_CHECKED, {"tool_vendor_without_guarantees"}),
        (Diligence.INSUFFICIENT, {"tool_vendor_without_guarantees"}),
        (Diligence.CONDITIONAL, set()),
        (Diligence.SUFFICIENT, set()),
    ],
)
def test_a_processor_must_give_guarantees(diligence: str, codes: set[str]) -> None:
    day = None if diligence == Diligence.NOT_CHECKED else date(2025, 1, 2)
    vendor = OrganisationFactory(vendor=True, diligence=diligence, diligence_on=day)
    AgreementFactory(processor=vendor)
    assert unmet(needing(vendor)) == codes


def test_a_finding_on_a_missing_agreement_leads_to_a_new_one(vendor: Organisation) -> None:
    [finding] = rules.conditions(needing(vendor), "put_in_use").unmet
    assert finding.mend_url.endswith(f"/add/?processor={vendor.pk}")
    assert vendor.name in finding.detail


# Afterwards --------------------------------------------------------------------------------------


def test_a_retired_tool_says_what_became_of_the_data() -> None:
    tool = ToolFactory(retired=True)
    assert found(tool) == {"tool_data_unaccounted"}
    assert found(changed(tool, {"data_returned": "Zwrócone 3.02."})) == set()


def test_a_tool_that_was_never_used_has_no_data_to_return() -> None:
    tool = ToolFactory(verified=True)
    tool.retire(by=UserFactory())
    assert found(tool) == set()


def test_conditions_are_read_in_a_fixed_number_of_queries(
    vendor: Organisation, django_assert_max_num_queries: Any
) -> None:
    tool = needing(vendor, bot=True)
    guarding = [rule for rule in rules.registered() if "put_in_use" in rule.guards]
    with django_assert_max_num_queries(len(guarding) + 6):
        rules.conditions(AutomationTool.objects.get(pk=tool.pk), "put_in_use")
