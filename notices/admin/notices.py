"""Notices: what each audience is told now, what is being prepared, and what has moved since."""

from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from audit import display
from audit.admin import AuditedAdmin, AuditedImportExportMixin, Link, Verb, VerbForm, VerbsAdmin
from audit.lists import RegisterList, SavedView
from notices.admin import shown
from notices.admin.forms import DraftForm
from notices.choices import VersionState, VersionStatus
from notices.models import Notice, NoticeVersion
from notices.resources import NoticeResource
from notices.staleness import differences_of, stale_notices
from processing.admin.shown import several_controllers

IN_THE_MAKING = (VersionStatus.DRAFT, VersionStatus.SUBMITTED, VersionStatus.APPROVED)


class StandFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("in_force", _("In force")),
            ("stale", _("Stale")),
            ("none", _("Never published")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "in_force":
            current = NoticeVersion.objects.in_force()
            return queryset.filter(pk__in=current.values("notice"))
        if self.value() == "stale":
            return queryset.filter(pk__in=stale_notices(Notice.objects.all()))
        if self.value() == "none":
            published = NoticeVersion.objects.published()
            return queryset.exclude(pk__in=published.values("notice"))
        return queryset


class MakingFilter(admin.SimpleListFilter):
    # Translators: "w przygotowaniu"
    title = _("in the making")
    parameter_name = "making"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        states = (VersionState.DRAFT, VersionState.SUBMITTED, VersionState.APPROVED)
        return [(state.value, state.label) for state in states]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        making = NoticeVersion.objects.filter(state=self.value())
        return queryset.filter(pk__in=making.values("notice"))


def _stale_count() -> int:
    return len(set(stale_notices(Notice.objects.all())))


def _waiting_count() -> int:
    return NoticeVersion.objects.filter(state=VersionState.SUBMITTED).count()


def _has_open(notice: Notice) -> Any:
    """Why no draft can be made: the last one is not finished."""
    making = [version for version in notice.versions.all() if version.status in IN_THE_MAKING]
    return (
        _("Version %(number)s is still in the making.") % {"number": making[0].number}
        if (making)
        else ""
    )


@admin.register(Notice)
class NoticeAdmin(AuditedImportExportMixin, RegisterList, VerbsAdmin, AuditedAdmin):
    parts = ("notices.noticeversion", "notices.changeannouncement")
    resource_classes = (NoticeResource,)
    list_display = ("label", "state", "making", "duty", "since")
    list_filter = (StandFilter, MakingFilter, "article")
    list_select_related = ("controller",)
    search_fields = ("name_pl", "name_en", "slug", "audience_pl", "audience_en")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Stale"), {"state": "stale"}, _stale_count),
        SavedView(_("Drafts"), {"making": VersionState.DRAFT.value}),
        SavedView(_("Awaiting approval"), {"making": VersionState.SUBMITTED.value}, _waiting_count),
        SavedView(_("Never published"), {"state": "none"}),
    )
    fieldsets = (
        (
            None,
            {
                "classes": ("pairs",),
                "fields": (
                    ("name_pl", "name_en"),
                    ("audience_pl", "audience_en"),
                    *("controller", "article", "slug"),
                ),
            },
        ),
    )
    verbs = (
        Verb(
            "draft",
            # Translators: "Przygotuj wersję z rejestrów"
            _("Draft from the registers"),
            "notices.add_noticeversion",
            DraftForm,
            _("The draft is written. Read it, complete what is missing, and submit it."),
            says=_(
                "Writes the next version in Polish and English from what the registers say of "
                "these purposes. What they lack is marked, never invented."
            ),
            blocked=_has_open,
            tone="primary",
        ),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css", "ccgdpr/notices.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        # Without the texts: a list of notices would carry them all.
        slim = NoticeVersion.objects.defer("text_pl", "text_en", "basis").order_by("-number")
        rows = super().get_queryset(request).prefetch_related(Prefetch("versions", slim))
        if not request.path.endswith(reverse("admin:notices_notice_changelist")):
            return rows
        stale = Q(pk__in=list(stale_notices(Notice.objects.all())))
        return rows.annotate(is_stale=ExpressionWrapper(stale, BooleanField()))

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return (*self.list_display, "controller") if several_controllers() else self.list_display

    def get_readonly_fields(
        self, request: HttpRequest, obj: Notice | None = None
    ) -> tuple[str, ...]:
        return ("controller", "article", "slug") if obj and obj.was_published else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Notice | None = None
    ) -> dict[str, Any]:
        return {} if obj else {"slug": ("name_pl",)}

    def requires_reason(self, record: Notice) -> bool:
        return _current(record) is not None

    def badge(self, record: Notice) -> SafeString:
        return self.state(record)

    def offered_verbs(self, request: HttpRequest, record: Notice) -> list[Link]:
        links = list(super().offered_verbs(request, record))
        if record.was_published:
            links.append(Link(_("Public page"), reverse("notice", args=[record.slug]), "eye"))
        return links

    def answer(self, request: HttpRequest, record: Any, verb: Verb, form: VerbForm) -> HttpResponse:
        super().answer(request, record, verb, form)
        return HttpResponseRedirect(
            reverse("admin:notices_noticeversion_change", args=[form.result.pk])
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if notice := options.get("obj"):
            context |= _page(notice)
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("Name"), ordering="name_pl")
    def label(self, notice: Notice) -> SafeString:
        return format_html('{}<span class="meta">{}</span>', notice.name, notice.audience)

    @admin.display(description=_("Duty"), ordering="article")
    def duty(self, notice: Notice) -> Any:
        # Translators: "art. 13", "art. 14"
        return _("Art. %(number)s") % {"number": notice.article}

    @admin.display(description=_("State"))
    def state(self, notice: Notice) -> SafeString:
        if getattr(notice, "is_stale", False):
            return display.badge(pgettext("notice", "Stale"), "warn", "warning")
        if current := _current(notice):
            return shown.status(current)
        published = [v for v in notice.versions.all() if v.is_published]
        if published:
            return shown.status(published[0])
        return display.badge(_("Never published"), "bad")

    @admin.display(description=_("In the making"))
    def making(self, notice: Notice) -> SafeString | str:
        found = [v for v in notice.versions.all() if v.status in IN_THE_MAKING]
        return shown.status(found[0]) if found else ""

    @admin.display(description=_("Since"))
    def since(self, notice: Notice) -> SafeString | str:
        current = _current(notice)
        return display.day(current.effective_from) if current else ""


def _current(notice: Notice) -> NoticeVersion | None:
    in_force = (v for v in notice.versions.all() if v.status == VersionStatus.IN_FORCE)
    return next(in_force, None)


def _page(notice: Notice) -> dict[str, Any]:
    current = _current(notice)
    moved = differences_of(NoticeVersion.objects.filter(pk=current.pk)) if current else {}
    named = current.purposes_named.select_related("purpose") if current else ()
    return {
        "current": current,
        "differences": moved.get(current.pk, []) if current else [],
        "versions": [(each, shown.status(each)) for each in notice.versions.all()],
        "told": [link.purpose for link in named],
    }
