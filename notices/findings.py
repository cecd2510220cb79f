"""What is wrong with what people are told (Art. 12–14), and what may not start before they are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from notices.choices import Coverage, VersionState
from notices.models import (
    ChangeAnnouncement,
    ElementCheck,
    Notice,
    NoticeElement,
    NoticeVersion,
    VersionPurpose,
    VersionTool,
)
from notices.staleness import stale_notices
from notices.writing.pen import MARKS
from processing.models import ActivityTool, Purpose
from processors.choices import ToolState
from processors.models import AutomationTool

LASTING = Q(state=VersionState.PUBLISHED, archived_at=None)
MARKED = Q(
    *(Q(**{f"text_{code}__contains": mark}) for code, mark in MARKS.items()), _connector="OR"
)


def _begin(name: str) -> Callable[[Any], str]:
    """Where a version is drafted that tells of the record, asked for by its ``name``."""
    return lambda record: f"{reverse('admin:notices_noticeversion_add')}?{name}={record.pk}"


def _notice_page(notice: Notice) -> str:
    return reverse("admin:notices_notice_change", args=[notice.pk])


def _version_page(version: NoticeVersion) -> str:
    return reverse("admin:notices_noticeversion_change", args=[version.pk])


def _untold(purposes: Any) -> QuerySet:
    """Active purposes of our own that no version in force names."""
    told = VersionPurpose.objects.filter(
        version__in=NoticeVersion.objects.in_force(), purpose=OuterRef("pk")
    )
    return purposes.active().filter(~Exists(told), activity__controller__is_own=True)


def _incomplete(versions: Any) -> QuerySet:
    """An element is missing or was never looked at, or a gap still stands in the text."""
    checks = ElementCheck.objects.filter(version=OuterRef("pk"))
    missing = checks.filter(coverage=Coverage.MISSING, element__active=True)
    seen = ElementCheck.objects.filter(version=OuterRef(OuterRef("pk")), element=OuterRef("pk"))
    asked = NoticeElement.objects.filter(active=True, article=OuterRef("notice__article"))
    return versions.filter(Exists(missing) | Exists(asked.filter(~Exists(seen))) | MARKED)


def _stale(notices: Any) -> QuerySet:
    return notices.filter(pk__in=stale_notices(notices))


def _unannounced(versions: Any) -> QuerySet:
    """Material changes, long enough in effect, of which no message of its own was recorded.

    The message about a later version tells people of this one too; a notice that no longer tells
    anybody anything needs none.
    """
    notice, long_ago = (
        OuterRef("notice"),
        timezone.now() - timedelta(settings.CHANGE_ANNOUNCED_DAYS),
    )
    published = NoticeVersion.objects.published().filter(notice=notice)
    told = ChangeAnnouncement.objects.reaching().filter(version__notice=notice)
    return versions.filter(
        Exists(published.filter(number__lt=OuterRef("number"))),
        Exists(published.filter(archived_at=None)),
        ~Exists(told.filter(version__number__gte=OuterRef("number"))),
        is_material=True,
        effective_from__lte=long_ago,
        published_at__lte=long_ago,
    )


def _announce_page(version: NoticeVersion) -> str:
    return reverse("admin:notices_noticeversion_announce", args=[version.pk])


def _undisclosed(tools: Any) -> QuerySet:
    """Used in an activity of our own whose people no version in force tells of the tool.

    On clients' work it is the client who tells people: there its acceptance is asked for.
    """
    telling = VersionTool.objects.filter(
        version__in=NoticeVersion.objects.in_force(),
        version__purposes_named__purpose__activity=OuterRef("activity"),
        tool=OuterRef("tool"),
    )
    return tools.filter(Exists(_own_uses().filter(~Exists(telling), tool=OuterRef("pk"))))


def _own_uses() -> QuerySet:
    return ActivityTool.objects.running().filter(activity__controller__is_own=True)


def _disclosed(tool: AutomationTool) -> Any:
    return _("a notice in force tells of it") if _own_uses().filter(tool=tool).exists() else ""


def _complete(version: NoticeVersion) -> Any:
    words = _("every element of Art. %(number)s is covered")
    return words % {"number": version.notice.article}


register(
    Rule(
        code="purpose_without_notice",
        severity=Severity.BLOCKING,
        article=_("Art. 13, 14 GDPR"),
        # Translators: "Żadna obowiązująca klauzula informacyjna nie mówi o tym celu."
        message=_("No privacy notice in force tells people about this purpose."),
        model=Purpose,
        broken=_untold,
        mend_label=_("Draft a notice"),
        mend_url=_begin("purpose"),
    )
)
register(
    Rule(
        code="notice_incomplete",
        severity=Severity.BLOCKING,
        article=_("Art. 13(1)–(2), 14(1)–(2) GDPR"),
        # Translators: "W klauzuli brakuje elementów, których wymaga art. 13 lub 14 RODO."
        message=_("The notice lacks elements that Art. 13 or 14 GDPR asks for."),
        model=NoticeVersion,
        broken=_incomplete,
        standing=LASTING,
        guards=("submit", "publish"),
        mend_label=_("Complete it"),
        mend_url=_version_page,
        met=_complete,
    )
)
register(
    Rule(
        code="notice_stale",
        severity=Severity.IMPORTANT,
        article=_("Art. 5(1)(a), 12(1) GDPR"),
        # Translators: "Klauzula nie nadąża za rejestrami: …"
        message=_("The registers have moved since the notice was written."),
        model=Notice,
        broken=_stale,
        mend_label=_("See what moved"),
        mend_url=_notice_page,
    )
)
register(
    Rule(
        code="change_not_announced",
        severity=Severity.IMPORTANT,
        article=_("Art. 5(2), 12(1), 13, 14 GDPR"),
        # Translators: "Brak zapisu, jak zawiadomiono osoby o tej istotnej zmianie."
        message=_("No record says how people were told of this material change."),
        model=NoticeVersion,
        broken=_unannounced,
        standing=Q(state=VersionState.PUBLISHED),
        # Translators: "Odnotuj zawiadomienie"
        mend_label=_("Record how people were told"),
        mend_url=_announce_page,
    )
)
register(
    Rule(
        code="tool_without_notice",
        severity=Severity.BLOCKING,
        article=_("Art. 13, 14 GDPR; Art. 50 AI Act"),
        # Translators: "O tym narzędziu nie mówi żadna obowiązująca klauzula informacyjna."
        message=_("No privacy notice in force tells the people of its activity about this tool."),
        model=AutomationTool,
        broken=_undisclosed,
        standing=Q(state=ToolState.IN_USE),
        guards=("put_in_use",),
        mend_label=_("Draft a notice"),
        mend_url=_begin("tool"),
        met=_disclosed,
    )
)
