from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from audit.choices import AccessAction
from audit.models import AccessEvent
from audit.plots import Series, above_and_below, round_up
from ccgdpr import dashboard
from ccgdpr.first_day import first_day
from ccgdpr.flow import consent_flow
from consents.choices import EventKind, EvidenceKind, ImportState, Method
from consents.models import ConsentEvent, ConsentImport, ContactPoint, Evidence
from processing.choices import Basis, Channel
from processing.models import Purpose
from tests.factories import (
    NoticeFactory,
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    ToolFactory,
    UserFactory,
    WordingFactory,
)

pytestmark = pytest.mark.django_db
BUDGET = 64
NOW = datetime(2026, 11, 24, 8, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def dpo() -> User:
    return UserFactory()


def record(kind: str, at: datetime, point: ContactPoint | None = None) -> ConsentEvent:
    evidence = Evidence.of(EvidenceKind.WORDS, "proszę dzwonić")
    evidence.save()
    return ConsentEvent.objects.create(
        contact_point=point or PointFactory(),
        purpose=Purpose.objects.first() or PurposeFactory(),
        channel=Channel.EMAIL,
        kind=kind,
        occurred_at=at,
        method=Method.FORM,
        source=SourceFactory(),
        evidence_id=evidence.pk,
        evidence_sha256=evidence.sha256,
    )


def applied_import() -> ConsentImport:
    return ConsentImport.objects.create(
        source=SourceFactory(),
        purpose=PurposeFactory(),
        file_name="formularz.csv",
        sha256="0" * 64,
        state=ImportState.APPLIED,
    )


def states() -> list[str]:
    return [step.state for step in first_day(UserFactory())]


def state_of(page: str) -> str:
    """Where the step stands that leads to the form for a new ``page``."""
    url = reverse(f"admin:{page}_add")
    (found,) = [step.state for step in first_day(UserFactory()) if step.url == url]
    return found


def shown_to(**trait: bool) -> set[str]:
    """The parts that the dashboard of a new user has."""
    return set(dashboard.dashboard(UserFactory(**trait)))


# First day ---------------------------------------------------------------------------------------


def test_an_empty_house_begins_with_the_organisation() -> None:
    where_they_apply = ["optional"] * 3
    assert states() == ["now", *["later"] * 4, *where_they_apply, *["later"] * 3]


def test_the_checklist_leads_on_from_what_is_there() -> None:
    OrganisationFactory()
    assert states()[:2] == ["done", "now"]


def test_a_gap_is_the_next_step_even_where_a_later_one_is_done() -> None:
    SourceFactory()
    assert states()[:5] == ["done", "now", "later", "later", "done"]


def test_another_company_asks_for_an_agreement() -> None:
    assert state_of("processors_processingagreement") == "optional"
    OrganisationFactory(vendor=True)
    assert state_of("processors_processingagreement") == "later"


def test_a_legitimate_interest_asks_for_a_balance_test() -> None:
    PurposeFactory()
    assert state_of("legitimate_interest_balancetest") == "optional"
    PurposeFactory(slug="claims", basis=Basis.LEGITIMATE_INTEREST)
    assert state_of("legitimate_interest_balancetest") == "later"


def test_no_tool_holds_nobody_up() -> None:
    furnish()
    assert state_of("processors_automationtool") == "optional"
    assert "now" in states()


def test_a_tool_that_is_there_is_done() -> None:
    ToolFactory()
    assert state_of("processors_automationtool") == "done"


def test_a_notice_is_asked_for_before_the_first_import() -> None:
    SourceFactory()
    WordingFactory()
    assert state_of("notices_notice") == "now"


def test_the_first_list_is_the_last_step() -> None:
    furnish()
    assert states()[-3:] == ["done", "done", "now"]


def furnish() -> None:
    """Everything that a house needs before its first list, without a tool."""
    WordingFactory()
    NoticeFactory()
    applied_import()


def test_the_checklist_is_gone_once_a_list_has_left_the_house() -> None:
    AccessEvent.objects.create(action=AccessAction.LIST, subject="newsletter")
    assert first_day(UserFactory()) == []


def test_the_checklist_is_gone_once_a_second_file_came_in() -> None:
    applied_import()
    applied_import()
    assert first_day(UserFactory()) == []


def test_nobody_is_led_to_a_room_that_is_closed_to_them() -> None:
    assert first_day(UserFactory(auditor=True)) == []


def test_who_cannot_import_sees_no_checklist() -> None:
    assert "steps" not in shown_to(auditor=True)


# Registers ---------------------------------------------------------------------------------------


def test_registers_are_counted(dpo: User) -> None:
    OrganisationFactory()
    counts = {register.url: register.count for register in dashboard.register_counts(dpo)}
    assert counts[reverse("admin:processors_organisation_changelist")] == 1


@pytest.mark.parametrize(
    "register",
    [
        "processors_processingagreement",
        "processors_automationtool",
        "legitimate_interest_balancetest",
        "notices_notice",
    ],
)
@pytest.mark.parametrize("trait", [{}, {"approver": True}, {"auditor": True}])
def test_the_registers_of_the_desk_are_counted(register: str, trait: dict[str, bool]) -> None:
    counted = [each.url for each in dashboard.register_counts(UserFactory(**trait))]
    assert reverse(f"admin:{register}_changelist") in counted


def test_a_big_register_is_only_about_counted(dpo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "about", lambda model: 48_000)
    assert {register.is_about for register in dashboard.register_counts(dpo)} == {True}


def test_a_supervisor_sees_no_register() -> None:
    assert dashboard.register_counts(UserFactory(supervisor=True)) == []


def test_a_supervisor_sees_neither_findings_nor_consents() -> None:
    assert not shown_to(supervisor=True) & {"findings", "flow", "steps"}


def test_an_approver_sees_findings_but_no_consents() -> None:
    shown = shown_to(approver=True)
    assert "findings" in shown
    assert "flow" not in shown


# Consents by channel and month -------------------------------------------------------------------


def test_consents_are_counted_by_the_month_in_which_the_person_acted() -> None:
    record(EventKind.GIVEN, datetime(2026, 10, 3, tzinfo=UTC))
    record(EventKind.WITHDRAWN, datetime(2026, 11, 3, tzinfo=UTC))
    flow = consent_flow()
    assert flow is not None
    assert flow.rows == [("E-mail", 1, 1)]


def test_a_month_begins_at_local_midnight() -> None:
    record(EventKind.GIVEN, datetime(2026, 5, 31, 22, 30, tzinfo=UTC))
    flow = consent_flow()
    assert flow is not None
    assert flow.rows == [("E-mail", 1, 0)]


def test_what_is_older_than_six_months_is_left_out() -> None:
    record(EventKind.GIVEN, datetime(2026, 5, 31, 21, 30, tzinfo=UTC))
    assert consent_flow() is None


def test_refusals_are_neither_given_nor_withdrawn() -> None:
    record(EventKind.REFUSED, datetime(2026, 11, 3, tzinfo=UTC))
    assert consent_flow() is None


@pytest.mark.parametrize(("value", "top"), [(0, 2), (3, 4), (5, 10), (41, 100), (4001, 10_000)])
def test_the_top_of_a_plot_is_a_round_even_number(value: int, top: int) -> None:
    assert round_up(value) == top


def test_both_sides_of_a_plot_have_the_same_scale() -> None:
    plot = above_and_below([Series("SMS", [10], [5])], ["Nov"])
    above, below = plot.bars
    assert above.height == 2 * below.height


def test_one_consent_among_thousands_is_still_seen() -> None:
    plot = above_and_below([Series("SMS", [9000, 1], [0, 0])], ["Oct", "Nov"])
    assert [bar.height for bar in plot.bars] == [72, 1]


def test_bars_stay_within_the_plot_for_every_channel() -> None:
    series = [Series(channel.label, [5] * 6, [5] * 6) for channel in Channel]
    plot = above_and_below(series, ["m"] * 6)
    assert max(bar.x + bar.width for bar in plot.bars) <= plot.width
    assert max(bar.y + bar.height for bar in plot.bars) <= plot.height


# The page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", [{}, {"approver": True}, {"supervisor": True}, {"auditor": True}])
def test_the_dashboard_opens_for_every_role(client: Client, trait: dict[str, bool]) -> None:
    client.force_login(UserFactory(**trait))
    assert client.get(reverse("admin:index")).status_code == 200


def test_more_records_cost_no_more_queries(
    client: Client, dpo: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(dpo)
    for _number in range(20):
        record(EventKind.GIVEN, NOW)
        applied_import()
    with django_assert_max_num_queries(BUDGET):
        client.get(reverse("admin:index"))
