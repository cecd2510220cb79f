"""How balance tests read on screen."""

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit import display
from legitimate_interest.choices import Outcome, TestStatus
from legitimate_interest.models import BalanceTest

SOON = 30  # days
STATUSES = {
    TestStatus.DRAFT: ("off", "pencil"),
    TestStatus.SUBMITTED: ("warn", ""),
    TestStatus.REJECTED: ("bad", ""),
    TestStatus.SCHEDULED: ("info", "clock"),
    TestStatus.IN_FORCE: ("ok", ""),
    TestStatus.EXPIRED: ("bad", "clock"),
    TestStatus.SUPERSEDED: ("off", ""),
}
OUTCOMES = {
    Outcome.RELY: "ok",
    Outcome.RELY_WITH_SAFEGUARDS: "ok",
    Outcome.NOT_RELY: "bad",
    Outcome.DPIA_REQUIRED: "warn",
}


def status(test: BalanceTest) -> SafeString:
    """The badge of a test: where it stands, and amber where its review is near."""
    stands = test.status
    if stands == TestStatus.IN_FORCE and test.review_on:
        left = (test.review_on - timezone.localdate()).days
        if left <= SOON:
            words = ngettext("Review in %(days)d day", "Review in %(days)d days", left)
            return display.badge(words % {"days": left}, "warn")
    tone, icon = STATUSES[stands]
    return display.badge(stands.label, tone, icon)


def outcome(test: BalanceTest) -> SafeString | str:
    if not test.outcome:
        return "—"
    return display.badge(test.get_outcome_display(), OUTCOMES[Outcome(test.outcome)])


def title(test: BalanceTest) -> str:
    """The test by its purpose; reads ``test.purpose``."""
    return str(_("Balance test")) + f": {test.purpose.name}, v{test.version}"


def versions(test: BalanceTest) -> SafeString:
    """Every version of the purpose's test with its badge, the newest first; one query."""
    every = BalanceTest.objects.filter(purpose=test.purpose_id).order_by("-version")
    return format_html_join(" ", "{}", ((_version(each, test),) for each in every))


def _version(each: BalanceTest, shown: BalanceTest) -> SafeString:
    if each.pk == shown.pk:
        return format_html("<strong>v{}</strong> {}", each.version, status(each))
    url = reverse("admin:legitimate_interest_balancetest_change", args=[each.pk])
    return format_html('<a href="{}">v{}</a> {}', url, each.version, status(each))


def short_title(test: BalanceTest) -> str:
    """The purpose and the version; reads ``test.purpose``."""
    return f"{test.purpose.name}, v{test.version}"
