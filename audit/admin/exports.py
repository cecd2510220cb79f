"""Exports that nobody waits for: the rows of a list, as a file made by the worker."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import exporting, jobs, results
from audit.admin import asked
from audit.admin.results import url_of
from audit.jobs import Failed, Work
from audit.models import Job, ResultFile

KIND = "audit.export"
CHUNKS = {"csv": exporting.csv_chunks, "xlsx": exporting.xlsx_chunks}
TELL_EVERY = 500  # rows


def is_large(rows: QuerySet) -> bool:
    """Whether a file of ``rows`` is made by the worker; counts no further than it must."""
    limit = settings.EXPORT_AT_ONCE_ROWS
    return rows[: limit + 1].count() > limit


def order(
    request: HttpRequest,
    model_admin: Any,
    *,
    extension: str,
    content_type: str,
    name: str,
    fields: Sequence[str] | None,
    access: dict[str, Any],
) -> Job:
    """Have the rows under the filters of ``request`` exported; ``access`` is logged at download."""
    params = {
        **asked.params_of(request, model_admin),
        "extension": extension,
        "content_type": content_type,
        "name": name,
        "fields": fields and list(fields),
        "access": access,
    }
    label = _("Export: {register}").format(register=model_admin.opts.verbose_name_plural)
    return jobs.enqueue(KIND, label=label, owner=request.user, params=params)


def _url(user: Any, result: ResultFile) -> str:
    """Its owner's alone, while they may still export the register."""
    job = result.job
    if job.owner_id != user.pk:
        return ""
    may = asked.admin_of(job).has_export_permission(asked.request_of(job, user))
    return url_of(result) if may else ""


@jobs.job_kind(KIND, label=gettext_lazy("Export of a register"), url=_url)
def export(work: Work) -> dict[str, int]:
    """Write the file row by row, in the rights that its owner has when it is written."""
    job, request = work.job, asked.request_of(work.job)
    model_admin = asked.admin_of(job)
    if not model_admin.has_export_permission(request):
        raise Failed(_("You may no longer export this register."))
    file = _File(work, model_admin, request)
    results.keep(
        job,
        name=job.params["name"],
        content_type=job.params["content_type"],
        chunks=CHUNKS[job.params["extension"]](file.headers, file.rows()),
        expires_at=timezone.now() + timedelta(hours=settings.RESULT_KEEP_HOURS),
        rows=lambda: file.written,
    )
    return {"rows": file.written}


class _File:
    """The rows of an export, told to whoever waits as they are read."""

    def __init__(self, work: Work, model_admin: Any, request: HttpRequest) -> None:
        self.work, self.written = work, 0
        self.queryset = model_admin.get_export_queryset(request)
        (resource, *_others) = model_admin.get_export_resource_classes(request)
        self.resource = resource(**model_admin.get_export_resource_kwargs(request))
        self.fields = work.job.params["fields"]

    @property
    def headers(self) -> list[str]:
        return self.resource.get_export_headers(selected_fields=self.fields)

    def rows(self) -> Iterator[list[Any]]:
        self.work.progress(0, total=self.queryset.count())
        for record in self.resource.iter_queryset(self.resource.filter_export(self.queryset)):
            yield self.resource.export_resource(record, selected_fields=self.fields)
            self.written += 1
            if self.written % TELL_EVERY == 0:
                self.work.tell(self.written)
        self.work.tell(self.written)
