"""Which notices tell people about a purpose or a tool: on the pages of those."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.panels import Panel, register
from notices.models import NoticeVersion
from processing.models import Purpose
from processors.models import AutomationTool


@register(Purpose)
def purpose_notices(purpose: Purpose, user: Any) -> Panel | None:
    return _panel(NoticeVersion.objects.filter(purposes_named__purpose=purpose), user)


@register(AutomationTool)
def tool_notices(tool: AutomationTool, user: Any) -> Panel | None:
    return _panel(NoticeVersion.objects.filter(tools_named__tool=tool), user)


def _panel(versions: Any, user: Any) -> Panel | None:
    """Versions in force and in the making; earlier ones are found on the notice."""
    if not user.has_perm("notices.view_notice"):
        return None
    shown = (versions.in_force() | versions.open()).distinct().select_related("notice")
    slim = shown.defer("text_pl", "text_en", "basis").order_by("notice__name_pl", "-number")
    title = _("Notices that tell people about it")
    return Panel(title, "admin/notices/telling.html", {"versions": list(slim)})
