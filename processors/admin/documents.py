"""Signed documents: listed, handed out as they came, and what their checks found."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import access, display
from audit.admin import ReadOnlyAdmin
from audit.choices import AccessAction
from audit.lists import RegisterList, SavedView
from processors.admin import shown
from processors.choices import DocumentState
from processors.documents import storing
from processors.models import AgreementDocument, DocumentCheck

DOWNLOAD = "processors.download_agreementdocument"
# Whatever a reader does with the file, it runs nothing and reaches nothing (security.md 32).
HEADERS = {
    "Content-Type": "application/pdf",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


def as_uploaded(document: AgreementDocument) -> StreamingHttpResponse:
    """The bytes of ``document`` as an attachment, logged before the first one leaves."""
    event = access.opened(AccessAction.DOWNLOAD, f"{document._meta.label_lower}:{document.uuid}")
    outgoing = access.Outgoing(event, storing.content(document), rows=1)
    name = slugify(f"{document.agreement.reference}-{document.pk}")
    return StreamingHttpResponse(
        outgoing,
        headers={
            **HEADERS,
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Content-Length": str(document.original_size),
        },
    )


@admin.register(AgreementDocument)
class AgreementDocumentAdmin(RegisterList, ReadOnlyAdmin):
    list_display = ("reference", "what", "state", "page_count", "size", "recorded")
    list_select_related = ("agreement", "recorded_by")
    fields = ("agreement_link", "what", "state", "page_count", "size", "hash", "recorded", "by")
    saved_views = (SavedView(_("All")),)
    why_read_only = _("Stored once: a new version is attached beside it.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_latest_state()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        name = "processors_agreementdocument_file"
        return [path("<int:pk>/file/", view, name=name), *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "GET" or not request.user.has_perm(DOWNLOAD):
            raise PermissionDenied
        document = get_object_or_404(self.get_queryset(request), pk=pk)
        if storing.found(document)[0] == DocumentState.INTACT:
            return as_uploaded(document)
        return self._withheld(request, document)

    def _withheld(self, request: HttpRequest, document: AgreementDocument) -> HttpResponse:
        """What is not what was uploaded goes to nobody; it becomes a finding at once."""
        storing.check(document)
        messages.error(
            request,
            _("The stored file is not the one that was attached. Restore it from a backup."),
        )
        page = "admin:processors_processingagreement_change"
        return HttpResponseRedirect(reverse(page, args=[document.agreement_id]))

    @admin.display(description=_("Agreement"), ordering="agreement__reference")
    def reference(self, document: AgreementDocument) -> str:
        return document.agreement.reference

    @admin.display(description=_("Agreement"))
    def agreement_link(self, document: AgreementDocument) -> SafeString:
        page = "admin:processors_processingagreement_change"
        url = reverse(page, args=[document.agreement_id])
        return format_html('<a href="{}">{}</a>', url, document.agreement.reference)

    @admin.display(description=_("What it is"))
    def what(self, document: AgreementDocument) -> str:
        return document.title

    @admin.display(description=_("Latest check"))
    def state(self, document: AgreementDocument) -> SafeString:
        return shown.document_state(document.latest_state)

    @admin.display(description=_("Pages"))
    def page_count(self, document: AgreementDocument) -> str:
        return display.number(document.pages)

    @admin.display(description=_("Size"))
    def size(self, document: AgreementDocument) -> str:
        return filesizeformat(document.original_size)

    @admin.display(description=_("SHA-256"))
    def hash(self, document: AgreementDocument) -> SafeString:
        return format_html("<code>{}</code>", document.sha256)

    @admin.display(description=_("Attached"), ordering="recorded_at")
    def recorded(self, document: AgreementDocument) -> str:
        return display.moment(document.recorded_at)

    @admin.display(description=_("Who"))
    def by(self, document: AgreementDocument) -> str:
        return str(document.recorded_by or document.recorded_name or document.get_way_display())


@admin.register(DocumentCheck)
class DocumentCheckAdmin(RegisterList, ReadOnlyAdmin):
    list_display = ("reference", "what", "found", "recorded")
    list_filter = ("state",)
    list_select_related = ("document__agreement",)
    fields = ("reference", "what", "found", "sha256", "recorded")
    saved_views = (
        SavedView(_("All")),
        SavedView(pgettext_lazy("document", "Differs"), {"state__exact": DocumentState.DIFFERS}),
        SavedView(pgettext_lazy("document", "Missing"), {"state__exact": DocumentState.MISSING}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("Agreement"))
    def reference(self, check: DocumentCheck) -> str:
        return check.document.agreement.reference

    @admin.display(description=_("Document"))
    def what(self, check: DocumentCheck) -> str:
        return check.document.title

    @admin.display(description=_("Found"))
    def found(self, check: DocumentCheck) -> SafeString:
        return shown.document_state(check.state)

    @admin.display(description=_("Checked"), ordering="recorded_at")
    def recorded(self, check: DocumentCheck) -> str:
        return display.moment(check.recorded_at)
