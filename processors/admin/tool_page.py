"""Everything about one tool around its form: where it stands, its agreement, what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import display
from audit.steps import Step, newest_first
from processors.admin import shown
from processors.choices import ToolState
from processors.models import AutomationTool, ProcessingAgreement

TONES = {
    ToolState.PROPOSED: ("off", "pencil"),
    ToolState.VERIFIED: ("warn", "clock"),
    ToolState.IN_USE: ("ok", "check"),
    ToolState.RETIRED: ("off", "minus"),
}


def state_badge(tool: AutomationTool) -> SafeString:
    tone, icon = TONES[ToolState(tool.state)]
    return display.badge(tool.get_state_display(), tone, icon)


def answer_badge(tool: AutomationTool) -> SafeString:
    """The recorded answer; one about another vendor is none."""
    if tool.agreement_needed is None or tool.answered_for_id != tool.vendor_id:
        return display.badge(pgettext("agreement", "not answered"), "warn", "question")
    if tool.agreement_needed:
        return display.badge(pgettext("agreement", "needed"), "info")
    return display.badge(pgettext("agreement", "not needed"), "off")


# Where it stands ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One of the four steps of a tool's life: done, now or later; a gated one may be locked."""

    title: Any
    state: str
    at: datetime | None = None
    who: Any = ""
    note: Any = ""
    is_gated: bool = False


def stages(tool: AutomationTool) -> list[Stage]:
    """Its life as four steps."""
    return [
        Stage(pgettext("tool", "Proposed"), "done", tool.proposed_at, tool.proposed_by or ""),
        _verified(tool),
        _in_use(tool),
        _retired(tool),
    ]


def _verified(tool: AutomationTool) -> Stage:
    title = pgettext("tool", "Verified")
    if tool.verified_at:
        return Stage(title, "done", tool.verified_at, tool.verified_by)
    if tool.is_retired:
        return Stage(title, "later", note=_("was never verified"))
    return Stage(title, "now", note=_("waits for the data protection officer"))


def _in_use(tool: AutomationTool) -> Stage:
    title = pgettext("tool", "In use")
    if tool.in_use_from:
        return Stage(title, "done", tool.in_use_from, tool.approved_by)
    if tool.is_retired:
        return Stage(title, "later", note=_("was never used"))
    if tool.verified_at:
        return Stage(title, "now", note=_("waits for an approver"), is_gated=True)
    return Stage(title, "later", note=_("once it is verified"), is_gated=True)


def _retired(tool: AutomationTool) -> Stage:
    title = pgettext("tool", "Retired")
    if tool.retired_at:
        return Stage(title, "done", tool.retired_at, tool.retired_by)
    return Stage(title, "later", note=_("after the data are returned or deleted"))


# Its agreement -----------------------------------------------------------------------------------


def agreements(tool: AutomationTool) -> list["Beside"]:
    """The agreement that the tool names, else those of ours with its vendor, the latest first."""
    if tool.agreement_id:
        found = ProcessingAgreement.objects.filter(pk=tool.agreement_id)
    else:
        found = ProcessingAgreement.objects.given().filter(processor=tool.vendor_id)
    rows = found.with_completeness().select_related("controller", "processor")
    return [Beside(each, shown.status(each)) for each in rows.order_by("-in_force_from", "-pk")]


@dataclass(frozen=True)
class Beside:
    """An agreement beside its badge."""

    agreement: ProcessingAgreement
    badge: SafeString


# What happened -----------------------------------------------------------------------------------


def timeline(tool: AutomationTool) -> list[Step]:
    """The dated facts of its life, the newest first."""
    return newest_first(_steps(tool))


def _steps(tool: AutomationTool) -> Iterator[Step]:
    yield Step(
        tool.proposed_at, "off", "pencil", pgettext("tool", "Proposed"), tool.proposed_by or ""
    )
    if tool.agreement_decided_at:
        answer = _("Agreement needed") if tool.agreement_needed else _("No agreement needed")
        said = f"{tool.agreement_decided_by} · {tool.agreement_reason}"
        yield Step(tool.agreement_decided_at, "info", "question", answer, said)
    if tool.verified_at:
        said = f"{tool.verified_by} · {tool.verification_note}".removesuffix(" · ")
        yield Step(tool.verified_at, "ok", "check", pgettext("tool", "Verified"), said)
    if tool.in_use_from:
        yield Step(
            tool.in_use_from, "ok", "check", pgettext("happened", "Put in use"), tool.approved_by
        )
    if tool.retired_at:
        said = f"{tool.retired_by} · {tool.data_returned}".removesuffix(" · ")
        yield Step(tool.retired_at, "off", "minus", pgettext("tool", "Retired"), said)
