"""Who follows the feed, how far each is, and how long a no takes to it."""

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import ReadOnlyAdmin
from audit.lists import RegisterList
from feed import shown
from feed.models import FeedEntry, FeedHead, Follower


def _unheard() -> QuerySet[FeedEntry]:
    """What ends contact and the follower of the outer query has not acknowledged."""
    return (
        FeedEntry.objects.ending()
        .filter(seq__gt=OuterRef("seq"))
        .seen_by(OuterRef(OuterRef("client")))
    )


@admin.register(Follower)
class FollowerAdmin(RegisterList, ReadOnlyAdmin):
    list_display = ("client_name", "state", "behind", "since", "acknowledged", "up_to")
    list_select_related = ("client",)
    search_fields = ("client__name",)
    search_help_text = _("Client")
    empty_says = _(
        "Nobody follows the feed yet. A client appears here once it acknowledges what it read."
    )
    fields = ("client", "up_to", "latest", "behind", "since", "acknowledged")
    # Translators: "Przesuwa ją tylko sam klient, …"
    why_read_only = _("The client alone moves it, by acknowledging what it read.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        late = timezone.now() - shown.limit()
        counts = _unheard().order_by().values("ends_contact").annotate(n=Count("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                unheard=Coalesce(Subquery(counts.values("n")), 0),
                unheard_since=Subquery(_unheard().order_by("seq").values("numbered_at")[:1]),
                lags=Exists(_unheard().filter(numbered_at__lte=late)),
            )
        )

    def badge(self, record: Follower) -> SafeString:
        return self.state(record)

    @admin.display(description=_("API client"), ordering="client__name")
    def client_name(self, follower: Follower) -> str:
        return follower.client.name

    @admin.display(description=_("State"), ordering="-lags")
    def state(self, follower: Follower) -> SafeString:
        return shown.state(follower, follower.lags, follower.unheard)

    # Translators: "Niepotwierdzone wycofania i sprzeciwy"
    @admin.display(description=_("Not acknowledged yet"), ordering="unheard")
    def behind(self, follower: Follower) -> str:
        return display.number(follower.unheard)

    @admin.display(description=_("Oldest of them"), ordering="unheard_since")
    def since(self, follower: Follower) -> SafeString | str:
        return display.moment(follower.unheard_since) or "\N{EN DASH}"

    @admin.display(description=_("Last acknowledged"), ordering="acknowledged_at")
    def acknowledged(self, follower: Follower) -> SafeString | str:
        return display.moment(follower.acknowledged_at)

    @admin.display(description=_("Acknowledged up to"), ordering="seq")
    def up_to(self, follower: Follower) -> str:
        return f"#{display.number(follower.seq)}"

    @admin.display(description=_("Latest in the feed"))
    def latest(self, follower: Follower) -> str:
        return f"#{display.number(FeedHead.now().last)}"
