"""What the registers close for a whole purpose, and what they make the floor say: both ways."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from legitimate_interest.choices import Outcome
from processing.choices import Channel
from processing.models import Purpose
from processors.choices import ToolKind
from screening.question import Unanswerable, ask
from tests.factories import (
    ActivityFactory,
    AgreementFactory,
    OrganisationFactory,
    PurposeFactory,
)
from tests.screening.registers import approved_test, tool_in_use, used_by

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
DAY = timedelta(days=1)


# A client's instruction --------------------------------------------------------------------------


@pytest.fixture
def clients(db: None) -> Purpose:
    client = OrganisationFactory(client=True)
    return PurposeFactory(activity=ActivityFactory(controller=client), service=True)


def test_nobody_is_contacted_for_a_client_without_an_agreement(clients: Purpose) -> None:
    assert ask(clients, "email", at=NOON).reasons == ("no_instruction",)
    AgreementFactory(taken=True)
    assert ask(clients, "email", at=NOON).reasons == ()


def test_an_agreement_binds_from_its_day_to_the_day_before_its_end(clients: Purpose) -> None:
    AgreementFactory(taken=True, in_force_from=date(2026, 3, 2), in_force_until=date(2026, 3, 3))
    assert ask(clients, "email", at=NOON).reasons == ()
    for moment in (NOON - DAY, NOON + DAY):
        assert ask(clients, "email", at=moment).reasons == ("no_instruction",)


def test_an_agreement_by_which_the_client_is_our_vendor_instructs_nobody(clients: Purpose) -> None:
    AgreementFactory(processor=clients.activity.controller)
    assert ask(clients, "email", at=NOON).reasons == ("no_instruction",)


def test_a_draft_instructs_nobody(clients: Purpose) -> None:
    AgreementFactory(taken=True, draft=True)
    assert ask(clients, "email", at=NOON).reasons == ("no_instruction",)


# The balance test --------------------------------------------------------------------------------


def test_a_legitimate_interest_needs_an_approved_test() -> None:
    purpose = PurposeFactory(legitimate=True)
    assert ask(purpose, "post", at=NOON).reasons == ("balance_test_missing",)
    approved_test(purpose, NOON - DAY)
    assert ask(purpose, "post", at=NOON).reasons == ()


def test_a_test_opens_nothing_before_its_approval() -> None:
    purpose = PurposeFactory(legitimate=True)
    approved_test(purpose, NOON)
    assert ask(purpose, "post", at=NOON - DAY).reasons == ("balance_test_missing",)


def test_a_test_closes_with_its_review() -> None:
    purpose = PurposeFactory(legitimate=True)
    approved_test(purpose, NOON - 30 * DAY, lasts=30 * DAY)
    assert ask(purpose, "post", at=NOON - DAY).reasons == ()
    assert ask(purpose, "post", at=NOON).reasons == ("balance_test_expired",)


def test_a_test_that_says_no_opens_nothing() -> None:
    purpose = PurposeFactory(legitimate=True)
    approved_test(purpose, NOON - DAY, outcome=Outcome.NOT_RELY)
    assert ask(purpose, "post", at=NOON).reasons == ("balance_test_missing",)


def test_a_balance_test_never_opens_a_channel_that_needs_consent(
    consented: SimpleNamespace,
) -> None:
    purpose = PurposeFactory(legitimate=True)
    approved_test(purpose, NOON - DAY)
    question = ask(purpose, "email", at=NOON)
    assert question.reasons == ()
    assert question.needs_consent(natural=True)


# The tool ----------------------------------------------------------------------------------------


def test_an_unknown_tool_is_refused_with_the_nearest() -> None:
    tool_in_use("voicebot")
    with pytest.raises(Unanswerable, match="voicebot"):
        ask(PurposeFactory(), "email", tool="voicebt")


def test_a_named_tool_must_be_in_use_at_the_moment() -> None:
    purpose, tool = PurposeFactory(service=True), tool_in_use("dialler", NOON)
    used_by(purpose.activity, tool)
    assert ask(purpose, "voice", at=NOON, tool=tool).reasons == ()
    assert ask(purpose, "voice", at=NOON - DAY, tool=tool).reasons == ("tool_not_in_use",)


def test_a_named_tool_must_be_one_of_the_activity() -> None:
    purpose, tool = PurposeFactory(service=True), tool_in_use("dialler")
    assert ask(purpose, "voice", tool="dialler").reasons == ("tool_not_in_use",)
    used_by(purpose.activity, tool, until=NOON)
    assert ask(purpose, "voice", at=NOON - DAY, tool=tool).reasons == ()
    assert ask(purpose, "voice", at=NOON, tool=tool).reasons == ("tool_not_in_use",)


def test_without_a_named_tool_no_tool_closes_anything() -> None:
    purpose = PurposeFactory(service=True)
    assert ask(purpose, "voice").reasons == ()


# What must be said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "said"), [(Channel.VOICE, ("announce_recording",)), (Channel.EMAIL, ())]
)
def test_a_tool_that_records_is_announced_where_people_talk(channel: str, said: tuple) -> None:
    purpose = PurposeFactory(service=True)
    used_by(purpose.activity, tool_in_use("rejestrator", records_calls=True))
    assert ask(purpose, channel).obligations == said


def test_a_bot_says_what_it_is_where_it_may_be_the_one_to_speak() -> None:
    purpose = PurposeFactory(service=True)
    bot = tool_in_use("voicebot", kind=ToolKind.VOICEBOT)
    used_by(purpose.activity, bot)
    assert ask(purpose, Channel.AUTOMATED_CALL).obligations == ("announce_ai",)
    assert ask(purpose, Channel.VOICE).obligations == ()
    assert ask(purpose, Channel.VOICE, tool=bot).obligations == ("announce_ai",)


def test_of_several_diallers_the_named_one_decides_what_is_said() -> None:
    purpose = PurposeFactory(service=True)
    plain = tool_in_use("dialler", kind=ToolKind.DIALLER)
    recording = tool_in_use("dialler-2", kind=ToolKind.DIALLER, records_calls=True)
    for tool in (plain, recording):
        used_by(purpose.activity, tool)
    assert ask(purpose, Channel.VOICE).obligations == ("announce_recording",)
    assert ask(purpose, Channel.VOICE, tool=plain).obligations == ()


def test_a_recorder_beside_the_named_dialler_is_announced() -> None:
    purpose = PurposeFactory(service=True)
    dialler = tool_in_use("dialler", kind=ToolKind.DIALLER)
    recorder = tool_in_use("rejestrator", kind=ToolKind.SPEECH_TO_TEXT, records_calls=True)
    for tool in (dialler, recorder):
        used_by(purpose.activity, tool)
    assert ask(purpose, Channel.VOICE, tool=dialler).obligations == ("announce_recording",)


# Evidence ----------------------------------------------------------------------------------------


def test_the_registers_are_read_once_for_a_batch(
    django_assert_num_queries: object, consented: SimpleNamespace
) -> None:
    purpose = PurposeFactory(legitimate=True)
    test = approved_test(purpose, NOON - DAY)
    question = ask(purpose, "post", at=NOON)
    assert (question.reasons, question.balance_test) == ((), test)
    with django_assert_num_queries(0):
        assert question.reasons == ()
        assert question.balance_test == test
