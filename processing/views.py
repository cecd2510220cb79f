"""The screens of the two records: to read, to print, to take away and bring back as a workbook."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from import_export.formats.base_formats import XLSX

from audit import access, books
from audit.admin.as_of import ON, DayForm, asked_day
from audit.admin.documents import as_pdf, language_of
from audit.admin.incoming import LARGEST
from audit.choices import AccessAction
from audit.reading.errors import Refused
from audit.uploads import OwnUploads
from processing.record import Kind, Page, book, page_of
from processing.record.cells import contacts

VIEW = "processing.view_processingactivity"
EXPORT = "processing.export_processingactivity"
LOOK_BACK = "audit.view_trail"


def _require(request: HttpRequest, *permissions: str) -> None:
    if not request.user.has_perms(permissions):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, title: Any, **context: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/processing/record/{template}.html", context)


def _day_form(request: HttpRequest) -> DayForm:
    """The day that is asked for, for whoever may see the past; unbound for the record of now."""
    form = DayForm()
    if request.GET.get(ON):
        _require(request, LOOK_BACK)
        form = asked_day(request)
    form.fields[ON].required = False  # without a day it is the record of now
    return form


def _asked(request: HttpRequest, kind: Kind, day: date | None) -> Page:
    client = request.GET.get("client", "") if kind == Kind.RKCP else ""
    return page_of(kind, client=client, with_ended=request.GET.get("ended") == "1", day=day)


def _page_asked(request: HttpRequest, kind: Kind) -> Page:
    """For a file. Raises Http404 for a day that is none or has not come."""
    form = _day_form(request)
    if form.errors:
        raise Http404
    return _asked(request, kind, _day_of(form))


def _day_of(form: DayForm) -> date | None:
    return form.cleaned_data[ON] if form.is_bound and form.is_valid() else None


# To read and to take away -------------------------------------------------------------------------


@require_safe
def record_view(request: HttpRequest, kind: Kind) -> HttpResponse:
    _require(request, VIEW)
    form = _day_form(request)
    # A day that is none shows nothing but what is wrong with it.
    page = _asked(request, kind, _day_of(form))
    return _page(
        request,
        "page",
        kind.label,
        kind=kind,
        form=form,
        page=page,
        day=page.day,
        holder=contacts(page.holder) if page.holder else [],
        # Worth a choice where there is more than one.
        clients=page.clients if len(page.clients) > 1 else [],
        query=request.GET.urlencode(),
        may_look_back=request.user.has_perm(LOOK_BACK),
        may_print=request.user.has_perm(EXPORT),
        may_export=request.user.has_perms(book.permissions("export")),
        may_import=request.user.has_perms(book.permissions("import")),
    )


def pdf_view(request: HttpRequest, kind: Kind) -> HttpResponse:
    if request.method != "GET":
        raise PermissionDenied
    _require(request, EXPORT)
    with translation.override(language_of(request)):
        page = _page_asked(request, kind)
        context = {
            "page": page,
            "day": page.day,
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
    page = _page_asked(request, kind)
    content, rows = books.write(book.tables(page), told=book.told(page))
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
    if page.day is None:
        return f"{page.kind.value}{client}-{timezone.localdate():%Y-%m-%d}"
    # Translators: "stan-na", in the name of a file before a day
    stood = _("as-of")
    return f"{page.kind.value}{client}-{stood}-{page.day:%Y-%m-%d}"


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
