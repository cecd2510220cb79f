"""Versions of notices: written, submitted, approved by somebody else, published, archived."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from audit.admin import (
    AuditedAdmin,
    AuditedImportExportMixin,
    AuditedInline,
    Link,
    Verb,
    VerbsAdmin,
)
from audit.admin.documents import PdfMixin, language_of
from audit.lists import RegisterList, SavedView
from notices.admin import beginning, forms, shown
from notices.choices import VersionState, VersionStatus
from notices.models import ElementCheck, NoticeVersion
from notices.public import Asked
from notices.reading import difference, html_of
from notices.resources import NoticeVersionResource
from notices.staleness import differences_of
from notices.writing.draft import LANGUAGES

WORDS = (("text_pl", "text_en"), ("change_pl", "change_en"), "is_material")


class ElementCheckInline(AuditedInline):
    """The checklist: an element for each letter, ticked or explained while it is a draft."""

    model = ElementCheck
    readonly_fields = ("element_name", "coverage_badge", "gap_text")
    # Translators: "Elementy, których wymaga art. 13 lub 14 RODO"
    verbose_name_plural = _("elements that Art. 13 or 14 GDPR asks for")

    def get_fields(self, request: HttpRequest, obj: NoticeVersion | None = None) -> Any:
        writes = self.has_change_permission(request, obj)
        coverage = "coverage" if writes else "coverage_badge"
        columns = ("element_name", coverage, "gap_text", "reason")
        return (*columns, "seen_version") if writes else columns

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("element", "version")
        return rows.order_by("element__position", "id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: NoticeVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    @admin.display(description=_("Element"))
    def element_name(self, check: ElementCheck) -> SafeString:
        return render_to_string("admin/notices/element.html", {"check": check})

    @admin.display(description=_("Coverage"))
    def coverage_badge(self, check: ElementCheck) -> SafeString:
        return shown.coverage(check)

    @admin.display(description=_("What is missing"))
    def gap_text(self, check: ElementCheck) -> str:
        return check.gap


def _is(*states: VersionState) -> Any:
    return lambda version: version.state in states


def _can_end(version: NoticeVersion) -> bool:
    return version.is_published and version.archived_at is None


@admin.register(NoticeVersion)
class NoticeVersionAdmin(
    AuditedImportExportMixin, RegisterList, PdfMixin, VerbsAdmin, AuditedAdmin
):
    resource_classes = (NoticeVersionResource,)
    pdf_template = "pdf/notice.html"
    list_display = ("label", "state_badge", "period", "material", "author", "approved_by")
    list_filter = ("state", "is_material", "notice")
    list_select_related = ("notice__controller", "author", "approved_by")
    search_fields = ("notice__name_pl", "notice__name_en", "notice__slug")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Published"), {"state__exact": VersionState.PUBLISHED.value}),
        SavedView(_("Drafts"), {"state__exact": VersionState.DRAFT.value}),
        SavedView(_("Awaiting approval"), {"state__exact": VersionState.SUBMITTED.value}),
        SavedView(_("Approved"), {"state__exact": VersionState.APPROVED.value}),
    )
    inlines = (ElementCheckInline,)
    verbs = (
        Verb(
            "submit",
            # Translators: "Przekaż do zatwierdzenia"
            _("Submit for approval"),
            "notices.change_noticeversion",
            forms.SubmitForm,
            _("The version awaits approval."),
            says=_("Its text stays as it is until it is approved or sent back."),
            guarded_as="submit",
            offered=_is(VersionState.DRAFT),
            tone="primary",
        ),
        Verb(
            "approve",
            _("Approve"),
            "notices.approve_noticeversion",
            forms.ApproveForm,
            _("The version is approved. The data protection officer can publish it."),
            says=_("You approve both texts for the controller, as they stand."),
            offered=_is(VersionState.SUBMITTED),
            tone="primary",
            whose=_("An approver approves it."),
        ),
        Verb(
            "publish",
            _("Publish"),
            "notices.publish_noticeversion",
            forms.PublishForm,
            _("The version is public."),
            says=_(
                "From then on nobody can change it, and the version before it ends where this one "
                "begins."
            ),
            guarded_as="publish",
            offered=_is(VersionState.APPROVED),
            tone="primary",
        ),
        Verb(
            "announce",
            _("Record how people were told"),
            "notices.add_changeannouncement",
            forms.AnnounceForm,
            _("How people were told is recorded."),
            says=_(
                "People are told of a material change by a message of its own, not together with "
                "marketing. This is the proof of it, and stays as it is."
            ),
            offered=lambda version: version.changes_materially,
            icon="person",
        ),
        Verb(
            "take-back",
            # Translators: "Cofnij do projektu"
            _("Take back to draft"),
            "notices.change_noticeversion",
            forms.ReopenForm,
            _("The version is a draft again."),
            offered=_is(VersionState.SUBMITTED, VersionState.APPROVED),
        ),
        Verb(
            "send-back",
            # Translators: "Zwróć do poprawy"
            _("Send back"),
            "notices.approve_noticeversion",
            forms.ReopenForm,
            _("The version is a draft again."),
            says=_("Say what has to change: the author reads it in the history."),
            offered=_is(VersionState.SUBMITTED, VersionState.APPROVED),
        ),
        Verb(
            "discard",
            _("Discard"),
            "notices.change_noticeversion",
            forms.DiscardForm,
            _("The draft is discarded. Its number goes to the next one."),
            offered=_is(VersionState.DRAFT, VersionState.SUBMITTED, VersionState.APPROVED),
            tone="danger",
        ),
        Verb(
            "archive",
            _("Archive"),
            "notices.publish_noticeversion",
            forms.ArchiveForm,
            _("The version is archived."),
            says=_(
                "From now on this notice tells people nothing: what rests on it needs another one. "
                "Its text stays public as an earlier version."
            ),
            offered=_can_end,
            tone="danger",
        ),
    )

    class Media:
        css = {"all": ("ccgdpr/registers.css", "ccgdpr/notices.css")}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        name = "notices_noticeversion_preview"
        return [path("<int:pk>/preview/", view, name=name), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A version begins on its notice, from the registers, or in a file.
        return False

    def add_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Where findings lead to: on to the notice that tells of ``?purpose=`` or ``?tool=``."""
        if request.method != "GET" or not request.user.has_perm("notices.add_noticeversion"):
            raise PermissionDenied
        return HttpResponseRedirect(beginning.address(request.GET))

    def has_change_permission(self, request: HttpRequest, obj: NoticeVersion | None = None) -> bool:
        # Asked of a verb without a record, and of a record that is no draft any more.
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeVersion]:
        rows = super().get_queryset(request).select_related("notice__controller")
        return rows.prefetch_related("purposes_named__purpose")

    def get_fieldsets(self, request: HttpRequest, obj: NoticeVersion | None = None) -> Any:
        life = ("notice", "author", "approval", "publication", "digest")
        words = WORDS if self.has_change_permission(request, obj) else ("reading", *WORDS[1:])
        return (
            (_("Text"), {"classes": ("pairs",), "fields": words}),
            (_("Who and when"), {"fields": life}),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: NoticeVersion | None = None
    ) -> tuple[str, ...]:
        return ("notice", "author", "approval", "publication", "digest", "reading")

    def requires_reason(self, record: NoticeVersion) -> bool:
        return False

    def record_title(self, record: NoticeVersion) -> str:
        return self.label(record)

    def badge(self, record: NoticeVersion) -> SafeString:
        return shown.status(record)

    def offered_verbs(self, request: HttpRequest, record: NoticeVersion) -> list[Link]:
        links = list(super().offered_verbs(request, record))
        if record.is_published:
            links.append(Link(_("Public page"), shown.public_url(record), "eye"))
        else:
            url = reverse("admin:notices_noticeversion_preview", args=[record.pk])
            links.append(Link(_("Preview"), url, "eye"))
        return links

    def timeline(self, record: NoticeVersion) -> list[dict[str, Any]]:
        steps = (
            (record.archived_at, "off", "minus", _("Archived"), ""),
            (record.effective_from, "ok", "check", _("In force"), ""),
            (record.published_at, "info", "eye", _("Published"), record.published_by),
            (record.approved_at, "ok", "check", _("Approved"), record.approved_by),
            (record.submitted_at, "warn", "clock", _("Submitted"), record.author),
            (record.created_at, "off", "pencil", _("Drafted"), record.author),
        )
        done = [dict(zip(("at", "tone", "icon", "title", "meta"), s, strict=True)) for s in steps]
        return sorted((s for s in done if s["at"]), key=lambda step: step["at"], reverse=True)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        if version := options.get("obj"):
            context |= _page(version)
        return super().render_change_form(request, context, *args, **options)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The version as the public will see it, before anybody does."""
        version = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "GET" or not self.has_view_permission(request, version):
            raise PermissionDenied
        language = request.GET.get("lang", "")
        language = language if language in LANGUAGES else language_of(request)
        asked = Asked(version.notice, version, [], language, timezone.now())
        languages = [(code, f"?lang={code}") for code in LANGUAGES]
        with translation.override(language):
            page = {"asked": asked, "languages": languages, "is_preview": True}
            return HttpResponse(render_to_string("notices/page.html", page))

    def pdf_context(self, request: HttpRequest, record: NoticeVersion) -> dict[str, Any]:
        language = language_of(request)
        with translation.override(language):
            name, change, status = record.notice.name, record.change, record.status.label
        return {
            "record": record,
            "title": name,
            "controller": record.notice.controller.name,
            "status": status,
            "change": change,
            "html": html_of(getattr(record, f"text_{language[:2]}")),
        }

    def pdf_name(self, record: NoticeVersion) -> str:
        return f"{record.notice.slug}-v{record.number}"

    @admin.display(description=_("Version"), ordering="notice__name_pl")
    def label(self, version: NoticeVersion) -> str:
        return f"{version.notice.name}, v{version.number}"

    @admin.display(description=_("State"), ordering="state")
    def state_badge(self, version: NoticeVersion) -> SafeString:
        return shown.status(version)

    @admin.display(description=_("In force"), ordering="effective_from")
    def period(self, version: NoticeVersion) -> SafeString | str:
        if version.effective_from is None:
            return ""
        return render_to_string("notices/period.html", {"version": version})

    @admin.display(description=_("Material change"), ordering="is_material")
    def material(self, version: NoticeVersion) -> Any:
        return display.badge(_("material"), "info") if version.is_material else _("no")

    @admin.display(description=_("Text"))
    def reading(self, version: NoticeVersion) -> str:
        texts = [(code, html_of(getattr(version, f"text_{code}"))) for code in LANGUAGES]
        return render_to_string("admin/notices/reading.html", {"texts": texts})

    @admin.display(description=_("SHA-256"))
    def digest(self, version: NoticeVersion) -> SafeString:
        return format_html('<code class="sha256">{}</code>', version.sha256)

    @admin.display(description=_("Approved"))
    def approval(self, version: NoticeVersion) -> str:
        return _who_and_when(version.approved_by, version.approved_at)

    @admin.display(description=_("Published"))
    def publication(self, version: NoticeVersion) -> str:
        return _who_and_when(version.published_by, version.published_at)


def _who_and_when(who: Any, when: Any) -> str:
    context = {"who": who, "when": when}
    return render_to_string("admin/notices/who.html", context) if when else str(_("not yet"))


def _page(version: NoticeVersion) -> dict[str, Any]:
    """What the registers say now, what it names, and how it differs from the one before."""
    before = version.notice.versions.standing().filter(number__lt=version.number)
    before = before.order_by("-number").first()
    moved = differences_of(NoticeVersion.objects.filter(pk=version.pk))
    is_read = version.status not in (VersionStatus.ARCHIVED, VersionStatus.DISCARDED)
    return {
        "differences": moved[version.pk] if is_read else [],
        "told": [link.purpose for link in version.purposes_named.all()],
        "tools": [link.tool for link in version.tools_named.select_related("tool")],
        "recipients": [
            link.recipient for link in version.recipients_named.select_related("recipient")
        ],
        "announcements": list(version.announcements.latest_first()),
        "before": before,
        "compared": [(code, _compared(before, version, code)) for code in LANGUAGES]
        if before
        else [],
    }


def _compared(before: NoticeVersion, version: NoticeVersion, code: str) -> Any:
    return difference(getattr(before, f"text_{code}"), getattr(version, f"text_{code}"))
