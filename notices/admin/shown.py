"""How notices and their versions read on screens."""

from django.urls import reverse
from django.utils.safestring import SafeString

from audit import display
from notices.choices import Coverage, VersionStatus
from notices.models import ElementCheck, NoticeVersion

TONES = {
    VersionStatus.DRAFT: ("off", "pencil"),
    VersionStatus.SUBMITTED: ("warn", "clock"),
    VersionStatus.APPROVED: ("info", "check"),
    VersionStatus.SCHEDULED: ("warn", "clock"),
    VersionStatus.IN_FORCE: ("ok", "check"),
    VersionStatus.ARCHIVED: ("off", "minus"),
    VersionStatus.DISCARDED: ("off", "cross"),
}
COVERAGE_TONES = {
    Coverage.COVERED: "ok",
    Coverage.MISSING: "bad",
    Coverage.NOT_APPLICABLE: "off",
}


def status(version: NoticeVersion) -> SafeString:
    tone, icon = TONES[version.status]
    return display.badge(version.status.label, tone, icon)


def coverage(check: ElementCheck) -> SafeString:
    return display.badge(check.get_coverage_display(), COVERAGE_TONES[Coverage(check.coverage)])


def public_url(version: NoticeVersion) -> str:
    """Where anybody reads this version; ``version.notice`` is selected."""
    url = reverse("notice", args=[version.notice.slug])
    return url if version.status == VersionStatus.IN_FORCE else f"{url}?version={version.number}"
