"""What closes a purpose for everybody, and what must be said on every allow (verdict.md §2).

Each is asked once for a whole batch. The order of ``GATES`` and ``DUTIES`` is that of the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from processing.choices import Basis, Channel

if TYPE_CHECKING:
    from screening.question import Question

Gate = Callable[["Question"], bool]
# Channels on which the hours of a centre matter: those that ring.
RINGING = (Channel.VOICE, Channel.AUTOMATED_CALL, Channel.SMS)
SPOKEN = (Channel.VOICE, Channel.AUTOMATED_CALL)
# Where a machine may be the one that speaks, if nobody says which tool it is.
BY_MACHINE = (Channel.AUTOMATED_CALL, Channel.MESSENGER)


def is_inactive(question: Question) -> bool:
    purpose, at = question.purpose, question.at
    return at < purpose.active_from or (
        purpose.active_until is not None and at >= purpose.active_until
    )


def lacks_instruction(question: Question) -> bool:
    """The activity is a client's, and no agreement with them is in force (Art. 28(3)(a), 29)."""
    controller = question.purpose.activity.controller
    return not controller.is_own and controller.pk not in question.registers.instructed


def rests_on_legitimate_interest(question: Question) -> bool:
    return question.purpose.basis == Basis.LEGITIMATE_INTEREST


def lacks_balance_test(question: Question) -> bool:
    return _untested(question) and not _was_tested(question)


def has_outlived_balance_test(question: Question) -> bool:
    return _untested(question) and _was_tested(question)


def _untested(question: Question) -> bool:
    return rests_on_legitimate_interest(question) and question.balance_test is None


def _was_tested(question: Question) -> bool:
    """One that the purpose relied on still stands, but its review has passed."""
    return question.purpose.pk in question.registers.outlived


def names_unused_tool(question: Question) -> bool:
    """A tool was named that is not in use at the moment, or not for this activity."""
    return question.tool is not None and question.tool not in question.tools_in_use


def asks_where_consent_is_required(question: Question) -> bool:
    return question.purpose.asks_for_consent and any(r.consent_required for r in question.rules)


GATES: tuple[tuple[str, Gate], ...] = (
    ("purpose_inactive", is_inactive),
    ("no_instruction", lacks_instruction),
    ("balance_test_missing", lacks_balance_test),
    ("balance_test_expired", has_outlived_balance_test),
    ("tool_not_in_use", names_unused_tool),
    ("consent_request_blocked", asks_where_consent_is_required),
)


# What comes with every allow ---------------------------------------------------------------------


def is_recorded(question: Question) -> bool:
    """Also by a tool that nobody names: a recorder runs beside whatever makes the call."""
    return question.channel in SPOKEN and any(tool.records_calls for tool in question.tools)


def talks_by_machine(question: Question) -> bool:
    """The named tool talks to people itself; unnamed, where a machine may be the one to speak."""
    may_be = question.tool is not None or question.channel in BY_MACHINE
    return may_be and any(tool.talks_to_people for tool in question.carriers)


def is_commercial_email(question: Question) -> bool:
    return question.is_commercial and question.channel == Channel.EMAIL


def has_hours(question: Question) -> bool:
    return bool(settings.CONTACT_HOURS) and question.channel in RINGING


DUTIES: tuple[tuple[str, Gate], ...] = (
    ("tell_right_to_object", rests_on_legitimate_interest),
    ("announce_recording", is_recorded),
    ("announce_ai", talks_by_machine),
    ("mark_commercial", is_commercial_email),
    ("honour_hours", has_hours),
)
