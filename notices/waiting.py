"""Versions of notices that wait for somebody."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.waiting import Waiting, register
from notices.choices import VersionState
from notices.models import NoticeVersion


def _list(state: str) -> str:
    return f"{reverse('admin:notices_noticeversion_changelist')}?state__exact={state}"


register(
    Waiting(
        code="notices_to_approve",
        # Translators: "Klauzule do zatwierdzenia"
        label=_("Notices to approve"),
        permission="notices.approve_noticeversion",
        records=lambda user: NoticeVersion.objects.filter(state=VersionState.SUBMITTED).exclude(
            author=user
        ),
        url=lambda: _list(VersionState.SUBMITTED),
    )
)
register(
    Waiting(
        code="notices_to_publish",
        # Translators: "Klauzule do opublikowania"
        label=_("Notices to publish"),
        permission="notices.publish_noticeversion",
        records=lambda user: NoticeVersion.objects.filter(state=VersionState.APPROVED),
        url=lambda: _list(VersionState.APPROVED),
    )
)
