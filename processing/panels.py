"""On the page of an API client: the purposes that it may use."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from audit.panels import Panel, register
from processing.admin.shown import grant_state
from processing.models import ClientGrant


@register(ApiClient)
def purposes_of_client(client: ApiClient, user: Any) -> Panel | None:
    """Those that it has or had, the ended ones last."""
    if not user.has_perm("processing.view_clientgrant"):
        return None
    grants = ClientGrant.objects.filter(client=client).select_related("purpose__activity")
    ordered = sorted(grants, key=lambda grant: (grant.is_ended, grant.purpose.name))
    return Panel(
        _("Purposes that it may use"),
        "admin/processing/purposes_of_client.html",
        {
            "client": client,
            "grants": [(grant, grant_state(grant)) for grant in ordered],
            "may_add": client.is_active and user.has_perm("processing.add_clientgrant"),
        },
    )
