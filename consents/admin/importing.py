"""The import on screen: a file, its columns, what it would do, and only then the record of it."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from audit import access, progress
from audit.choices import AccessAction, JobState
from audit.forms import reason_of
from audit.reading.errors import Refused
from consents import jobs
from consents.admin.import_forms import ConfirmForm, ReadingForm, UploadForm
from consents.admin.import_look import (
    Look,
    preset_mapping,
    purposes_of,
    rejected,
    told,
    without_wording,
)
from consents.choices import ImportState
from consents.importing import picker, uploads
from consents.importing.plan import OWN_MAP
from consents.importing.rejects import HEADER, lines
from consents.models import ConsentImport, MappingPreset, StagedReject

PERMISSION = "consents.add_consentimport"
# A larger file is read by the worker: nobody waits that long for a page.
READ_AT_ONCE = 5 * 1024 * 1024
SECONDS_BETWEEN_LOOKS = "2"


def import_view(request: HttpRequest) -> HttpResponse:
    """Take a file, and show those that came before."""
    _check(request)
    form = UploadForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            upload = form.save(request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _read(upload)
            return _to(upload)
    earlier = ConsentImport.objects.select_related("source", "owner").order_by("-pk")[:20]
    context = {"title": _("Import"), "form": form, "earlier": [told(each) for each in earlier]}
    return _page(request, "admin/consents/import.html", context)


def import_file_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One file: its preview, its progress, or its outcome."""
    _check(request)
    upload = _own(request, uuid)
    if upload.state == ImportState.UPLOADED and not _is_read_later(upload):
        return HttpResponseRedirect(reverse("admin:consents_import_columns", args=[uuid]))
    context = {
        **told(upload),
        "title": upload.file_name,
        **_columns(upload),
        "rejected": rejected(upload),
        "unknown": list(without_wording(upload)) if upload.applied_at else [],
        "progress": progress.of(upload.job) if upload.job else None,
        "confirm": ConfirmForm(initial={"sha256": upload.sha256}, label_suffix=""),
    }
    response = _page(request, "admin/consents/import_file.html", context)
    if _is_at_work(upload):
        response["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


def import_columns_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what the columns mean, and how the file is read."""
    _check(request)
    upload = _own(request, uuid)
    if upload.state not in (ImportState.UPLOADED, ImportState.STAGED):
        raise Http404
    form = ReadingForm(request.POST or None)
    look = Look(upload, form)
    form.initial = _reading(upload, look)
    if request.method == "POST" and form.is_valid():
        try:
            _correct(request, upload, form, look)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _to(upload)
    context = {
        **told(upload),
        "title": upload.file_name,
        "form": form,
        "problem": upload.counts.get("problem", ""),
        "picked": list(look.picked()),
        "choices": list(picker.choices(purposes_of(upload))),
        "encodings": look.encodings(),
    }
    return _page(request, "admin/consents/import_columns.html", context)


def import_confirm_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Record what was previewed: the same bytes, by the same person, on the same day."""
    _check_post(request)
    upload = _own(request, uuid)
    if upload.state == ImportState.APPLYING and upload.job.state != JobState.RUNNING:
        jobs.go_on(upload)
        return _to(upload)
    if upload.state != ImportState.STAGED or _is_expired(upload) or not _is_same(request, upload):
        context = {**told(upload), "title": upload.file_name}
        return _page(request, "admin/consents/import_changed.html", context, status=409)
    try:
        jobs.confirm(upload, reason=reason_of(request.POST))
    except Refused:
        context = {**told(upload), "title": upload.file_name}
        return _page(request, "admin/consents/import_changed.html", context, status=409)
    return _to(upload)


def import_abandon_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Erase the file and what was read of it."""
    _check_post(request)
    upload = _own(request, uuid)
    if upload.state not in (ImportState.UPLOADED, ImportState.STAGED):
        raise Http404
    uploads.abandon(upload)
    messages.success(request, _("The file is erased. Nothing of it was recorded."))
    return HttpResponseRedirect(reverse("admin:consents_import"))


def import_rejects_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The rows that are left out, as a file: posted for, since each look at it is logged."""
    _check_post(request)
    upload = _own(request, uuid)
    rows = StagedReject.objects.filter(upload=upload).count()
    event = access.opened(AccessAction.EXPORT, f"import:{upload.uuid}", columns=HEADER)
    body = (line.encode() for line in lines(upload))
    response = StreamingHttpResponse(
        access.Outgoing(event, body, rows), content_type="text/csv; charset=utf-8"
    )
    name = f"{upload.file_name.rpartition('.')[0] or upload.file_name}-odrzucone.csv"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _columns(upload: ConsentImport) -> dict[str, Any]:
    """Columns that are read, and how many are not."""
    if upload.state != ImportState.STAGED:
        return {}
    picked = list(Look(upload).picked())
    columns = [column for column in picked if column.is_read]
    return {"columns": columns, "unread": len(picked) - len(columns)}


# What the forms do -------------------------------------------------------------------------------


def _reading(upload: ConsentImport, look: Look) -> dict[str, Any]:
    mapping = upload.mapping or preset_mapping(upload)
    # Before its encoding is known there are no columns to choose from.
    own = upload.mapping or (not upload.preset and look.rows)
    return {
        "format": OWN_MAP if own else upload.preset,
        "encoding": upload.encoding,
        "delimiter": mapping.get("delimiter", ""),
        "header": mapping.get("header", True),
        "as_of": upload.as_of,
        "time_zone": upload.time_zone,
    }


def _correct(request: HttpRequest, upload: ConsentImport, form: ReadingForm, look: Look) -> None:
    data = form.cleaned_data
    own = data["format"] == OWN_MAP
    mapping = _mapping(request, data, look) if own else None
    uploads.correct(
        upload,
        preset="" if own else data["format"],
        mapping=mapping,
        encoding=data["encoding"],
        time_zone=data["time_zone"],
        as_of=timezone.localtime(data["as_of"]).isoformat() if data["as_of"] else "",
    )
    if mapping and data["save_as"]:
        _save_preset(data["save_as"], mapping)
    _read(upload)


def _mapping(request: HttpRequest, data: dict[str, Any], look: Look) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for picked in look.picked():
        option = request.POST.get(f"meaning-{picked.number}", "field:ignore")
        if option == picker.KEEP and picked.meaning:
            columns[picked.name] = picked.meaning
            continue
        columns[picked.name] = picker.meaning_of(
            option,
            pattern=request.POST.get(f"format-{picked.number}", "").strip(),
            yes=request.POST.get(f"yes-{picked.number}", ""),
            no=request.POST.get(f"no-{picked.number}", ""),
        )
    mapping: dict[str, Any] = {"header": data["header"], "columns": columns}
    if data["delimiter"]:
        mapping["delimiter"] = data["delimiter"]
    if data["encoding"]:
        mapping["encoding"] = data["encoding"]
    return mapping


def _save_preset(slug: str, mapping: dict[str, Any]) -> None:
    known = dict(mapping)
    if mapping["header"]:
        known["recognise"] = {"columns": list(mapping["columns"])}
    preset = MappingPreset(slug=slug, name_pl=slug, name_en=slug, mapping=known)
    preset.full_clean()
    preset.save()


def _read(upload: ConsentImport) -> None:
    if upload.size > READ_AT_ONCE:
        jobs.enqueue_for(upload, jobs.READ)
    else:
        jobs.read_now(upload)


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _check_post(request: HttpRequest) -> None:
    _check(request)
    if request.method != "POST":
        raise Http404


def _own(request: HttpRequest, uuid: UUID) -> ConsentImport:
    """The upload of whoever asks: to everybody else it does not exist."""
    uploads_ = ConsentImport.objects.select_related("source", "purpose", "job", "owner")
    upload = uploads_.filter(uuid=uuid, owner=request.user).first()
    if upload is None:
        raise Http404
    return upload


def _is_same(request: HttpRequest, upload: ConsentImport) -> bool:
    """The posted hash is the previewed one, and the kept bytes still have it."""
    if request.POST.get("sha256") != upload.sha256 or not upload.stored_as:
        return False
    try:
        with uploads.kept_file(upload) as path:
            return uploads.sha256_of(path) == upload.sha256
    except FileNotFoundError:
        return False


def _is_expired(upload: ConsentImport) -> bool:
    return upload.expires_at is not None and upload.expires_at <= timezone.now()


def _is_at_work(upload: ConsentImport) -> bool:
    return bool(upload.job) and upload.job.state in (JobState.QUEUED, JobState.RUNNING)


def _is_read_later(upload: ConsentImport) -> bool:
    return _is_at_work(upload) and "problem" not in upload.counts


def _to(upload: ConsentImport) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:consents_import_file", args=[upload.uuid]))


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), **context}, status=status
    )
