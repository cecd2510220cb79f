"""What Art. 13 and 14 ask a notice to say: data that the DPO may edit."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin
from audit.lists import RegisterList, SavedView
from notices.models import NoticeElement
from notices.resources import NoticeElementResource


@admin.register(NoticeElement)
class NoticeElementAdmin(AuditedImportExportMixin, RegisterList, AuditedAdmin):
    resource_classes = (NoticeElementResource,)
    list_display = ("label", "article", "provision_text", "origin", "state")
    list_filter = ("article", "active")
    search_fields = ("name_pl", "name_en", "slug")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Art. 13"), {"article__exact": "13"}),
        SavedView(_("Art. 14"), {"article__exact": "14"}),
    )
    fieldsets = (
        (
            None,
            {
                "classes": ("pairs",),
                "fields": (
                    *("article", "slug"),
                    *(("name_pl", "name_en"), ("provision_pl", "provision_en")),
                    *("topic", "position", "active"),
                ),
            },
        ),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css",)}

    def get_readonly_fields(
        self, request: HttpRequest, obj: NoticeElement | None = None
    ) -> tuple[str, ...]:
        # Checklists of versions already point at it.
        return ("article", "slug", "topic") if obj else ()

    def requires_reason(self, record: NoticeElement) -> bool:
        return record.active

    def badge(self, record: NoticeElement) -> SafeString:
        return self.state(record)

    @admin.display(description=_("Name"), ordering="name_pl")
    def label(self, element: NoticeElement) -> str:
        return element.name

    @admin.display(description=_("Provision"))
    def provision_text(self, element: NoticeElement) -> str:
        return element.provision

    @admin.display(description=_("Written"), ordering="topic")
    def origin(self, element: NoticeElement) -> Any:
        return _("from the registers") if element.topic else _("by hand")

    @admin.display(description=_("State"), ordering="active")
    def state(self, element: NoticeElement) -> SafeString:
        if element.active:
            return display.badge(_("Asked for"), "ok")
        return display.badge(_("Not asked for"), "off")
