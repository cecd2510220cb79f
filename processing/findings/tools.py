"""What keeps a tool from being used: the record does not know it, or a client did not accept it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from processing.models import ActivityTool, ProcessingActivity
from processors.choices import ToolState
from processors.models import AutomationTool, ToolAcceptance


def _new_acceptance(tool: AutomationTool) -> str:
    return f"{reverse('admin:processors_toolacceptance_add')}?tool={tool.pk}"


def _new_use(tool: AutomationTool) -> str:
    return f"{reverse('admin:processing_activitytool_add')}?tool={tool.pk}"


def _uses() -> QuerySet:
    """Tools on activities that are carried out, now."""
    return ActivityTool.objects.running().filter(
        activity__in=ProcessingActivity.objects.carried_out()
    )


def _tool_without_activity(tools: Any) -> QuerySet:
    return tools.exclude(pk__in=_uses().values("tool"))


def _used(tool: AutomationTool) -> Any:
    return _("an activity of the record uses it")


def _for_clients() -> QuerySet:
    return _uses().filter(activity__controller__is_own=False)


def _accepted(tool: AutomationTool) -> Any:
    return _("accepted by every client") if _for_clients().filter(tool=tool).exists() else ""


def _tool_not_accepted(tools: Any) -> QuerySet:
    accepted = ToolAcceptance.objects.valid(timezone.localdate()).filter(
        tool=OuterRef("tool"), client=OuterRef("activity__controller")
    )
    waiting = _for_clients().filter(~Exists(accepted))
    return tools.filter(pk__in=waiting.values("tool"))


register(
    Rule(
        code="tool_without_activity",
        severity=Severity.BLOCKING,
        article=_("Art. 30(1), 5(2) GDPR"),
        # Translators: "Żadna czynność nie korzysta z narzędzia."
        message=_("No activity of the record uses the tool."),
        model=AutomationTool,
        broken=_tool_without_activity,
        standing=Q(state=ToolState.IN_USE),
        guards=("put_in_use",),
        mend_label=_("Add it to an activity"),
        mend_url=_new_use,
        met=_used,
    )
)
register(
    Rule(
        code="tool_client_not_accepted",
        severity=Severity.BLOCKING,
        article=_("Art. 28(2), 28(3)(a) GDPR"),
        # Translators: "Narzędzie służy pracy dla klienta, który go nie zaakceptował."
        message=_("It serves a client that has not accepted it."),
        model=AutomationTool,
        broken=_tool_not_accepted,
        standing=Q(state=ToolState.IN_USE),
        guards=("put_in_use",),
        mend_label=_("Record the acceptance"),
        mend_url=_new_acceptance,
        met=_accepted,
    )
)
