"""Seven tools, from one that is only proposed to one that is over, and what the client accepted."""

from typing import Any

from accounts.choices import Role
from accounts.models import User
from ccgdpr.demo.making import content, days_ago, make
from processors.choices import ToolState
from processors.models import AutomationTool, Organisation, ProcessingAgreement, ToolAcceptance


def create(team: dict[str, User]) -> None:
    for facts in content("tools")["tool"]:
        _tool(team, **facts)


def _tool(
    team: dict[str, User],
    *,
    slug: str,
    vendor: str,
    agreement: str = "",
    acceptance: tuple[dict[str, Any], ...] = (),
    **facts: Any,
) -> None:
    named = ProcessingAgreement.objects.filter(reference=agreement).first()
    company = Organisation.objects.get(slug=vendor)
    life = _life(team, company, facts)
    tool, _is_new = make(
        AutomationTool, {"slug": slug}, vendor=company, agreement=named, **life, **facts
    )
    for each in acceptance:
        _accepted(tool, **each)


def _life(team: dict[str, User], vendor: Organisation, facts: dict[str, Any]) -> dict[str, Any]:
    """The dated facts of its life, taken out of ``facts``: who did what, how many days ago."""
    dpo, approver = team[Role.DPO], team[Role.APPROVER]
    life = {"proposed_at": days_ago(-facts.pop("proposed_in")), "proposed_by": dpo}
    if "answered_in" in facts:
        life |= {
            "agreement_needed": facts.pop("needed"),
            "agreement_reason": facts.pop("why"),
            "agreement_decided_at": days_ago(-facts.pop("answered_in")),
            "agreement_decided_by": dpo,
            "answered_for": vendor,
        }
    if "verified_in" in facts:
        life |= {
            "state": ToolState.VERIFIED,
            "verified_at": days_ago(-facts.pop("verified_in")),
            "verified_by": dpo,
            "verified_vendor": vendor,
            "verification_note": facts.pop("note"),
        }
    if "used_in" in facts:
        used = days_ago(-facts.pop("used_in"))
        life |= {"state": ToolState.IN_USE, "in_use_from": used, "approved_by": approver}
    if "retired_in" in facts:
        retired = days_ago(-facts.pop("retired_in"))
        life |= {"state": ToolState.RETIRED, "retired_at": retired, "retired_by": approver}
    return life


def _accepted(tool: AutomationTool, *, client: str, accepted_in: int, **facts: Any) -> None:
    key = {"tool": tool, "client": Organisation.objects.get(slug=client)}
    make(ToolAcceptance, key, accepted_on=days_ago(-accepted_in).date(), **facts)
