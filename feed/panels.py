"""How fast a client hears of a no: on its own page and on that of it as a follower."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import ApiClient
from audit.panels import Panel, register
from feed import shown
from feed.following import heard_by
from feed.models import Follower


@register(Follower)
def delays(follower: Follower, user: Any) -> Panel | None:
    held = {"waits": shown.waits(heard_by(follower)), "limit": shown.wait(shown.limit())}
    # Translators: "Od sprzeciwu do potwierdzenia, ostatnie 30 dni"
    return Panel(_("From a no to its acknowledgement, last 30 days"), "admin/feed/waits.html", held)


@register(ApiClient)
def following(client: ApiClient, user: Any) -> Panel | None:
    """None for a client that acknowledged nothing yet."""
    follower = Follower.objects.filter(client=client).select_related("client").first()
    if follower is None or not user.has_perm("feed.view_follower"):
        return None
    panel = delays(follower, user)
    return panel and Panel(panel.title, panel.template, {**panel.holds, "follower": follower})
