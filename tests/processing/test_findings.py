"""Each rule both ways: silent where all is well, and speaking where it is broken."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from audit import rules
from processing.choices import SpecialCondition
from processing.models import ActivityTool, ProcessingActivity, Purpose
from processors.models import AutomationTool, Organisation, ToolAcceptance
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    ActivityProcessorFactory,
    AgreementFactory,
    OrganisationFactory,
    PurposeFactory,
    RetentionRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ENDED = {"active_until": LONG_AGO + timedelta(days=1)}


def found(record: object) -> set[str]:
    """What this room says of ``record``; upper rooms have their own rules over it."""
    ours = [f.rule for f in rules.findings_for(record) if is_ours(f.rule)]
    return {rule.code for rule in ours}


def is_ours(rule: rules.Rule) -> bool:
    return rule.broken.__module__.startswith("processing.")


@pytest.fixture
def activity() -> ProcessingActivity:
    activity = ActivityFactory()
    PurposeFactory(activity=activity)
    RetentionRuleFactory(activity=activity)
    return activity


def edit(activity: ProcessingActivity, **values: object) -> ProcessingActivity:
    for name, value in values.items():
        setattr(activity, name, value)
    activity.save()
    return activity


def test_a_whole_activity_has_no_findings(activity: ProcessingActivity) -> None:
    assert found(activity) == set()


def test_an_activity_without_a_purpose_is_found() -> None:
    assert found(RetentionRuleFactory().activity) == {"activity_without_purpose"}


def test_an_ended_purpose_is_none() -> None:
    activity = PurposeFactory(**ENDED).activity
    RetentionRuleFactory(activity=activity)
    assert found(activity) == {"activity_without_purpose"}


def test_an_ended_activity_needs_no_purpose() -> None:
    assert found(ActivityFactory(**ENDED)) == set()


def test_special_data_without_a_condition_are_found(activity: ProcessingActivity) -> None:
    edit(activity, special_data=True)
    assert found(activity) == {"activity_special_data_without_condition"}


def test_special_data_with_a_condition_are_fine(activity: ProcessingActivity) -> None:
    edit(activity, special_data=True)
    PurposeFactory(activity=activity, special_condition=SpecialCondition.EMPLOYMENT)
    assert found(activity) == set()


def test_a_needed_assessment_without_a_place_is_found(activity: ProcessingActivity) -> None:
    assert found(edit(activity, dpia_needed=True)) == {"activity_dpia_missing"}
    assert found(edit(activity, dpia_location="DPIA/2026/01")) == set()


@pytest.fixture
def for_client() -> ProcessingActivity:
    activity = ActivityFactory(controller=OrganisationFactory(client=True))
    PurposeFactory(activity=activity)
    RetentionRuleFactory(activity=activity)
    AgreementFactory(taken=True)
    return activity


def test_work_for_a_client_without_a_description_is_found(for_client: ProcessingActivity) -> None:
    assert found(for_client) == {"activity_for_client_undescribed"}


def test_described_work_for_a_client_is_fine(for_client: ProcessingActivity) -> None:
    assert found(edit(for_client, processing_pl="telefony", processing_en="calls")) == set()


def test_a_purpose_that_outlives_its_activity_is_found() -> None:
    purpose = PurposeFactory(activity=ActivityFactory(**ENDED))
    assert found(purpose) == {"purpose_outlives_activity"}


def test_a_purpose_of_an_activity_that_will_end_is_fine() -> None:
    activity = ActivityFactory(active_until=timezone.now() + timedelta(days=1))
    assert found(PurposeFactory(activity=activity)) == set()


def test_a_purpose_beside_one_with_a_condition_is_asked_for_its_own() -> None:
    activity = ActivityFactory(special_data=True)
    PurposeFactory(activity=activity, special_condition=SpecialCondition.EXPLICIT_CONSENT)
    silent = PurposeFactory(activity=activity)
    assert found(silent) == {"purpose_special_condition_missing"}
    silent.special_condition = SpecialCondition.CLAIMS
    silent.save()
    assert found(silent) == set()


def test_a_purpose_of_plain_data_needs_no_condition(activity: ProcessingActivity) -> None:
    PurposeFactory(activity=activity, special_condition=SpecialCondition.EXPLICIT_CONSENT)
    assert found(PurposeFactory(activity=activity)) == set()


def test_an_activity_without_a_retention_rule_is_found() -> None:
    assert found(PurposeFactory().activity) == {"activity_without_retention"}


def test_an_ended_retention_rule_is_none(activity: ProcessingActivity) -> None:
    activity.retention_rules.get().end()
    assert found(activity) == {"activity_without_retention"}


# Processors ---------------------------------------------------------------------------------------


def test_a_processor_without_an_agreement_is_found(activity: ProcessingActivity) -> None:
    ActivityProcessorFactory(activity=activity)
    assert found(activity) == {"activity_processor_without_agreement"}


def test_a_processor_under_an_agreement_in_force_is_fine(activity: ProcessingActivity) -> None:
    AgreementFactory()
    ActivityProcessorFactory(activity=activity)
    assert found(activity) == set()


def test_an_expired_agreement_covers_no_processor(activity: ProcessingActivity) -> None:
    AgreementFactory(in_force_until=date(2025, 6, 1))
    ActivityProcessorFactory(activity=activity)
    assert found(activity) == {"activity_processor_without_agreement"}


def test_a_named_agreement_must_itself_be_in_force(activity: ProcessingActivity) -> None:
    AgreementFactory()
    ActivityProcessorFactory(activity=activity, agreement=AgreementFactory(draft=True))
    assert found(activity) == {"activity_processor_without_agreement"}


def test_an_agreement_with_somebody_else_covers_nobody(activity: ProcessingActivity) -> None:
    AgreementFactory(processor=OrganisationFactory(slug="inna"))
    ActivityProcessorFactory(activity=activity)
    assert found(activity) == {"activity_processor_without_agreement"}


def test_a_processor_that_has_left_needs_no_agreement(activity: ProcessingActivity) -> None:
    ActivityProcessorFactory(activity=activity).end()
    assert found(activity) == set()


# Work for clients ---------------------------------------------------------------------------------


def test_work_for_a_client_without_an_agreement_is_found(for_client: ProcessingActivity) -> None:
    edit(for_client, processing_pl="telefony", processing_en="calls")
    agreement = for_client.controller.agreements_given.get()
    agreement.in_force_until = date(2025, 6, 1)
    agreement.save()
    assert found(for_client) == {"activity_without_instruction"}


def test_an_agreement_that_the_centre_gives_is_no_instruction() -> None:
    activity = ActivityFactory(controller=OrganisationFactory(client=True))
    AgreementFactory(processor=activity.controller)
    assert "activity_without_instruction" in found(activity)


def test_purposes_are_instructed_on_the_days_of_the_agreement() -> None:
    activity = ActivityFactory(controller=OrganisationFactory(client=True))
    purpose = PurposeFactory(activity=activity)
    AgreementFactory(taken=True, in_force_until=date(2025, 6, 1))
    days = (date(2025, 1, 1), date(2025, 1, 2), date(2025, 5, 31), date(2025, 6, 1))
    asked = [Purpose.objects.instructed(day).filter(pk=purpose.pk).exists() for day in days]
    assert asked == [False, True, True, False]


def test_own_work_needs_nobodys_instruction(activity: ProcessingActivity) -> None:
    assert activity in ProcessingActivity.objects.instructed(date(2001, 1, 1))


# Tools --------------------------------------------------------------------------------------------


@pytest.fixture
def tool() -> AutomationTool:
    vendor = OrganisationFactory(vendor=True)
    tool = AutomationTool(slug="bot", name="Bot", kind="chatbot", vendor=vendor)
    tool.save()
    return tool


def unmet(tool: AutomationTool) -> set[str]:
    ours = {"tool_without_activity", "tool_client_not_accepted"}
    return {rule.code for rule in rules.unmet(tool, "put_in_use")} & ours


def said_of(tool: AutomationTool) -> set[str]:
    """What the gate says of this room that the tool meets."""
    with translation.override("en"):
        met = {str(words) for words in rules.conditions(tool, "put_in_use").met}
    return met & {"an activity of the record uses it", "accepted by every client"}


def use(tool: AutomationTool, activity: ProcessingActivity) -> ActivityTool:
    use = ActivityTool(activity=activity, tool=tool, since=LONG_AGO)
    use.save()
    return use


def accept(tool: AutomationTool, client: Organisation, **values: object) -> None:
    ToolAcceptance(
        tool=tool,
        client=client,
        **{"accepted_on": date(2025, 1, 2), "accepted_by": "Prezes", **values},
    ).save()


def test_a_tool_that_no_activity_uses_is_held_back(tool: AutomationTool) -> None:
    assert unmet(tool) == {"tool_without_activity"}
    assert "tool_without_activity" not in found(tool)  # not yet in use: a gate, no finding


def test_a_tool_of_an_own_activity_is_let_through(
    tool: AutomationTool, activity: ProcessingActivity
) -> None:
    use(tool, activity)
    assert unmet(tool) == set()


def test_an_ended_use_is_none(tool: AutomationTool, activity: ProcessingActivity) -> None:
    use(tool, activity).end()
    assert unmet(tool) == {"tool_without_activity"}


def test_a_tool_for_a_client_waits_for_the_clients_acceptance(
    tool: AutomationTool, for_client: ProcessingActivity
) -> None:
    use(tool, for_client)
    assert unmet(tool) == {"tool_client_not_accepted"}
    accept(tool, for_client.controller)
    assert unmet(tool) == set()


def test_a_gate_says_that_the_record_knows_the_tool(
    tool: AutomationTool, activity: ProcessingActivity
) -> None:
    assert said_of(tool) == set()
    use(tool, activity)
    assert said_of(tool) == {"an activity of the record uses it"}


def test_a_gate_says_that_the_client_accepted_the_tool(
    tool: AutomationTool, for_client: ProcessingActivity
) -> None:
    use(tool, for_client)
    assert "accepted by every client" not in said_of(tool)
    accept(tool, for_client.controller)
    assert "accepted by every client" in said_of(tool)


def test_an_acceptance_that_ended_or_of_another_client_is_none(
    tool: AutomationTool, for_client: ProcessingActivity
) -> None:
    use(tool, for_client)
    accept(tool, for_client.controller, until=date(2025, 6, 1))
    accept(tool, OrganisationFactory(slug="bank"))
    assert unmet(tool) == {"tool_client_not_accepted"}


def test_a_vendor_that_the_record_does_not_name_is_found(
    tool: AutomationTool, activity: ProcessingActivity
) -> None:
    use(tool, activity)
    tool.decide_agreement(by=UserFactory(), needed=True, reason="ma dostęp do danych")
    assert found(activity) == {"activity_vendor_unnamed"}
    AgreementFactory()
    ActivityProcessorFactory(activity=activity)
    assert found(activity) == set()


def test_a_vendor_that_needs_no_agreement_is_not_asked_for(
    tool: AutomationTool, activity: ProcessingActivity
) -> None:
    use(tool, activity)
    tool.decide_agreement(by=UserFactory(), needed=False, reason="nie ma dostępu")
    assert found(activity) == set()


def test_a_mend_link_leads_to_a_page_that_opens(client: Client) -> None:
    client.force_login(UserFactory())
    ActivityFactory()
    PurposeFactory(activity=ActivityFactory(special_data=True, dpia_needed=True))
    ActivityFactory(controller=OrganisationFactory(client=True))
    ActivityProcessorFactory()
    ours = [f for f in rules.open_findings() if f.rule.model is ProcessingActivity]
    assert {f.rule.code for f in ours} >= {
        "activity_without_purpose",
        "activity_without_retention",
        "activity_processor_without_agreement",
        "activity_without_instruction",
        "activity_dpia_missing",
    }
    assert {client.get(finding.mend_url).status_code for finding in ours} == {200}
