"""The screens of the two records: to read, to print, to take away and bring back as a workbook."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from import_export.formats.base_formats import XLSX

from audit import access, books
from audit.admin.documents import as_pdf, language_of
from audit.admin.incoming import LARGEST
from audit.choices import AccessAction
from audit.reading.errors import Refused
from audit.uploads import OwnUploads
from processing.record import Kind, Page, book, page_of
from processing.record.cells import contacts
from processors.models import Organisation

VIEW = "processing.view_processingactivity"
EXPORT = "processing.export_processingactivity"


def _require(request: HttpRequest, *permissions: str) -> None:
    if not request.user.has_perms(permissions):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, title: Any, **context: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/processing/record/{template}.html", context)


def _asked(request: HttpRequest, kind: Kind) -> Page:
    client = request.GET.get("client", "") if kind == Kind.RKCP else ""
    return page_of(kind, client=client, with_ended=request.GET.get("ended") == "1")


# To read and to take away -------------------------------------------------------------------------


@require_safe
def record_view(request: HttpRequest, kind: Kind) -> HttpResponse:
    _require(request, VIEW)
    page = _asked(request, kind)
    return _page(
        request,
        "page",
        kind.label,
        page=page,
        holder=contacts(page.holder) if page.holder else [],
        clients=_clients(kind),
        query=request.GET.urlencode(),
        may_print=request.user.has_perm(EXPORT),
        may_export=request.user.has_perms(book.permissions("export")),
        may_import=request.user.has_perms(book.permissions("import")),
    )


def _clients(kind: Kind) -> list[Organisation]:
    """Worth a choice where there is more than one."""
    if kind == Kind.RCP:
        return []
    found = list(Organisation.objects.filter(is_own=False, activities__isnull=False).distinct())
    return found if len(found) > 1 else []


def pdf_view(request: HttpRequest, kind: Kind) -> HttpResponse:
    if request.method != "GET":
        raise PermissionDenied
    _require(request, EXPORT)
    with translation.override(language_of(request)):
        page = _asked(request, kind)
        context = {
            "page": page,
            "title": str(kind.label),
            "subtitle": kind.article,
            "controller": str(page.holder or ""),
            "holder": contacts(page.holder) if page.holder else [],
            "landscape": True,
        }
    return as_pdf(
        request,
        "pdf/record.html",
        context,
        subject=f"processing.{kind.value}",
        name=_name(page),
        rows=len(page.rows),
        action=AccessAction.EXPORT,
    )


def book_view(request: HttpRequest, kind: Kind) -> HttpResponse:
    if request.method != "GET":
        raise PermissionDenied
    _require(request, *book.permissions("export"))
    page = _asked(request, kind)
    content, rows = books.write(book.tables(page))
    event = access.opened(
        AccessAction.EXPORT,
        f"processing.{kind.value}",
        filters={**request.GET.dict(), "format": "xlsx"},
        columns=[sheet.name for sheet in book.SHEETS],
    )
    outgoing = access.Outgoing(event, [content], rows=lambda: rows)
    response = StreamingHttpResponse(outgoing, content_type=XLSX.CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{_name(page)}.xlsx")
    return response


def _name(page: Page) -> str:
    client = f"-{page.client.slug}" if page.client else ""
    return f"{page.kind.value}{client}-{timezone.localdate():%Y-%m-%d}"


# To bring back ------------------------------------------------------------------------------------


class BookForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Workbook (XLSX)"),
        help_text=gettext_lazy("As the record was exported, with your changes in its cells."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(_("This file is larger than 2 MB. Split it."))
        return file


class ConfirmForm(forms.Form):
    """Which upload, and what its preview showed."""

    upload = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def import_view(request: HttpRequest) -> HttpResponse:
    """A workbook, and what it would change; nothing is kept but the file, for a day."""
    _require(request, *book.permissions("import"))
    form = BookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            return _previewed(request, content, books.previewed(content, book.SHEETS))
        except Refused as why:
            form.add_error("file", str(why))
    return _page(request, "import", _("Import of the record"), form=form, sheets=book.SHEETS)


def _previewed(request: HttpRequest, content: bytes, preview: books.BookPreview) -> HttpResponse:
    confirm = None
    if preview.is_clean and (preview.new or preview.changed):
        uploads = OwnUploads()
        uploads.save(content)
        confirm = ConfirmForm(initial={"upload": uploads.name, "seen": preview.digest})
    return _page(
        request, "import", _("Import of the record"), preview=preview, confirm_form=confirm
    )


@require_POST
def confirm_view(request: HttpRequest) -> HttpResponse:
    """Keep what the preview showed, and nothing else."""
    _require(request, *book.permissions("import"))
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return redirect("admin:processing_record_import")
    uploads = _upload(form.cleaned_data["upload"])
    try:
        kept = books.confirmed(uploads.read(), book.SHEETS, seen=form.cleaned_data["seen"])
    except Refused as why:
        messages.error(request, str(why))
        return redirect("admin:processing_record_import")
    if not kept:
        messages.error(
            request,
            _("The register has changed since the preview. Nothing was imported: look again."),
        )
        return redirect("admin:processing_record_import")
    uploads.remove()
    messages.success(request, _("The record was imported, as one entry of the trail."))
    return redirect("admin:processing_rcp")


def _upload(name: UUID) -> OwnUploads:
    uploads = OwnUploads(read_mode="rb")
    uploads.name = str(name)
    return uploads
