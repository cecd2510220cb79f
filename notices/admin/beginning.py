"""Where a version begins that tells people of a purpose or a tool: the screen that drafts it."""

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from notices.models import Notice, NoticeVersion
from processing.models import ActivityTool, ProcessingActivity


def address(asked: QueryDict) -> str:
    """The only notice that could tell of ``?purpose=`` or ``?tool=``, a new one, or the list."""
    activities = _activities(asked)
    notices = list(_could_tell(activities)[:2])
    if len(notices) == 1:
        return _draft_of(notices[0])
    controllers = set(activities.values_list("controller", flat=True))
    if not notices and len(controllers) == 1:
        return f"{reverse('admin:notices_notice_add')}?controller={controllers.pop()}"
    return reverse("admin:notices_notice_changelist")


def _activities(asked: QueryDict) -> QuerySet[ProcessingActivity]:
    """Our own that the purpose belongs to, or that use the tool."""
    uses = ActivityTool.objects.running().filter(tool=_key(asked, "tool"))
    meant = Q(purposes=_key(asked, "purpose")) | Q(pk__in=uses.values("activity"))
    return ProcessingActivity.objects.filter(meant, controller__is_own=True).distinct()


def _key(asked: QueryDict, name: str) -> int:
    given = asked.get(name, "")
    # Longer is no key, and more than the database can compare.
    return int(given) if given.isdecimal() and len(given) < 16 else 0


def _could_tell(activities: QuerySet[ProcessingActivity]) -> QuerySet[Notice]:
    """Those that tell of these activities already, or else all of their controllers."""
    telling = NoticeVersion.objects.in_force().filter(
        purposes_named__purpose__activity__in=activities
    )
    if telling.exists():
        return Notice.objects.filter(pk__in=telling.values("notice"))
    return Notice.objects.filter(controller__in=activities.values("controller"))


def _draft_of(notice: Notice) -> str:
    """The version in the making, or the verb that begins one."""
    if version := notice.versions.open().first():
        return reverse("admin:notices_noticeversion_change", args=[version.pk])
    return reverse("admin:notices_notice_draft", args=[notice.pk])
