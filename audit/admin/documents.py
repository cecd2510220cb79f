"""A record as a document to take away: a PDF by permission, logged before the first byte."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit import access, pdf
from audit.admin import packs
from audit.admin.files import TYPED
from audit.choices import AccessAction
from audit.verbs import Link


def as_pdf(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    subject: str,
    name: str,
    rows: int = 1,
    action: str = AccessAction.DOWNLOAD,
) -> HttpResponse:
    """``template`` as an attachment called ``name`` (.pdf), in the access log as ``subject``.

    Drawn before the log is opened, so that a machine without Pango answers 503 and logs nothing.
    ``?language=`` takes another language than the reader's. ``subject`` holds ids and slugs only.
    """
    language = language_of(request)
    try:
        document = pdf.render(template, context, language=language)
    except pdf.PdfUnavailable as why:
        return TemplateResponse(request, "pdf/unavailable.html", {"why": why}, status=503)
    asked = {name: "***" if name in TYPED else value for name, value in request.GET.items()}
    filters = {**asked, "format": "pdf", "language": language}
    event = access.opened(action, subject, filters=filters)
    outgoing = access.Outgoing(event, [document], rows=lambda: rows)
    response = StreamingHttpResponse(outgoing, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}.pdf"'
    response["Content-Length"] = str(len(document))
    return response


def language_of(request: HttpRequest) -> str:
    """The language that ``?language=`` asks for, else the reader's own."""
    asked = request.GET.get("language", "")
    known = dict(settings.LANGUAGES)
    return asked if asked in known else (get_language() or settings.LANGUAGE_CODE)


class PdfMixin(admin.ModelAdmin):
    """Offers a record's page as a PDF at ``<key>/pdf/`` to whoever may see the record.

    Comes before ``AuditedAdmin``. The template extends ``pdf/base.html``.
    """

    pdf_template = ""

    def pdf_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What the document shows; ``title`` and ``controller`` stand on every page."""
        return {"record": record, "title": str(record)}

    def pdf_name(self, record: Any) -> str:
        """The file's name without its ending: no name of a person, no contact value."""
        return f"{self.opts.model_name}-{record.uuid}"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/pdf/", wrap(self.pdf_view), name=self._pdf_url_name()),
            path("pdf/", wrap(self.pack_view), name=self._pack_url_name()),
            *super().get_urls(),
        ]

    def _pdf_url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_pdf"

    def _pack_url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_pdf_export"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        pack_url = reverse(f"admin:{self._pack_url_name()}")
        context = {"pack_url": pack_url, **(extra_context or {})}
        return super().changelist_view(request, context)

    def pack_view(self, request: HttpRequest) -> HttpResponse:
        """Have the worker draw the document of each record on the list, as one ZIP."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        if any(request.GET.get(name) for name in TYPED):
            # A job keeps no words that somebody typed: they may be a person's.
            messages.error(request, _("A pack is made by filters alone. Clear the search."))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        job = packs.order(request, self, language=language_of(request))
        messages.success(request, _("The documents are being made. You can download them here."))
        return redirect("admin:audit_job_change", job.pk)

    def offered_verbs(self, request: HttpRequest, record: models.Model) -> Sequence[Any]:
        url = reverse(f"admin:{self._pdf_url_name()}", args=[record.pk])
        return [*super().offered_verbs(request, record), Link(_("PDF"), url, "download")]  # type: ignore[misc]

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "GET" or not self.has_view_permission(request, record):
            raise PermissionDenied
        return as_pdf(
            request,
            self.pdf_template,
            self.pdf_context(request, record),
            subject=f"{self.opts.label_lower}:{record.uuid}",
            name=self.pdf_name(record),
        )
