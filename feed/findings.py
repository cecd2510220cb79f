"""Followers that do not hear in time."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from feed.models import Follower, FollowerQuerySet


def _lagging(followers: FollowerQuerySet) -> FollowerQuerySet:
    minutes = timedelta(minutes=settings.FEED_LAG_MINUTES)
    return followers.lagging(timezone.now() - minutes)


def _page(follower: Follower) -> str:
    return reverse("admin:feed_follower_change", args=[follower.pk])


register(
    Rule(
        code="follower_lags",
        severity=Severity.IMPORTANT,
        # Translators: "art. 7 ust. 3, art. 21 ust. 3 RODO"
        article=_("Art. 7(3), 21(3) GDPR"),
        message=_("Does not confirm that it heard of withdrawals and objections."),
        model=Follower,
        broken=_lagging,
        standing=Q(client__is_active=True, client__may_read=True),
        # Translators: "Zobacz, dokąd doszedł"
        mend_label=_("See how far it is"),
        mend_url=_page,
    )
)
