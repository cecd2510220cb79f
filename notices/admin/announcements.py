"""How people were told of changes: one list of proof over all notices."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import ReadOnlyAdmin
from audit.lists import RegisterList, SavedView
from notices.choices import Means
from notices.models import ChangeAnnouncement


@admin.register(ChangeAnnouncement)
class ChangeAnnouncementAdmin(RegisterList, ReadOnlyAdmin):
    list_display = ("version_name", "day", "means", "whom", "count", "recorded")
    list_filter = ("means",)
    list_select_related = ("version__notice", "recorded_by")
    fields = ("of_version", "day", "means", "whom", "count", "evidence", "recorded", "by")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("By text on the website alone"), {"means__exact": Means.WEBSITE.value}),
    )
    why_read_only = _("It is proof: what was done later is recorded beside it.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("Version"), ordering="version__notice__name_pl")
    def version_name(self, announcement: ChangeAnnouncement) -> str:
        return f"{announcement.version.notice.name}, v{announcement.version.number}"

    @admin.display(description=_("Version"))
    def of_version(self, announcement: ChangeAnnouncement) -> SafeString:
        url = reverse("admin:notices_noticeversion_change", args=[announcement.version_id])
        return format_html('<a href="{}">{}</a>', url, self.version_name(announcement))

    @admin.display(description=_("Told on"), ordering="told_on")
    def day(self, announcement: ChangeAnnouncement) -> str:
        return display.day(announcement.told_on)

    @admin.display(description=_("People"), ordering="people")
    def count(self, announcement: ChangeAnnouncement) -> str:
        return display.number(announcement.people) if announcement.people else ""

    @admin.display(description=_("Recorded"), ordering="recorded_at")
    def recorded(self, announcement: ChangeAnnouncement) -> str:
        return display.moment(announcement.recorded_at)

    @admin.display(description=_("Who"))
    def by(self, announcement: ChangeAnnouncement) -> str:
        who = announcement.recorded_by or announcement.recorded_name
        return str(who or announcement.get_way_display())
